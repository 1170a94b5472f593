import { describe, expect, it } from 'vitest';
import {
  bytes,
  compact,
  count,
  fixed,
  inWords,
  mebibytes,
  percent,
  seconds,
  signed,
} from '../../src/app/format';

describe('numbers on the page', () => {
  it.each([
    [1.234, '+1.23'],
    [-1.234, '\u22121.23'],
    [0, '0.00'],
    [-0.001, '0.00'],
    [0.001, '0.00'],
    [Number.NaN, '–'],
    [null, '–'],
  ])('signed %s is %s', (value, text) => expect(signed(value)).toBe(text));

  it('writes shares as whole per cent', () => {
    expect(percent(0.456)).toBe('46\u00a0%');
    expect(percent(undefined)).toBe('–');
  });

  it.each([
    [0, '0'],
    [0.01234, '0.0123'],
    [12.345, '12.3'],
    [0.00012, '1.2e\u22124'],
    [-0.5, '\u22120.5'],
  ])('compact %s is %s', (value, text) => expect(compact(value)).toBe(text));

  it('chooses units', () => {
    expect(seconds(1.13)).toBe('1.1 s');
    expect(seconds(0.042)).toBe('42 ms');
    expect(bytes(241_000)).toBe('241 kB');
    expect(bytes(4_200_000)).toBe('4.2 MB');
    expect(mebibytes(42_000_000)).toBe('40.1\u00a0MiB');
    expect(mebibytes(null)).toBe('–');
    expect(count(218_400)).toBe('218 k');
    expect(count(512)).toBe('512');
    expect(fixed(2, 1)).toBe('2.0');
    expect(inWords(8)).toBe('eight');
    expect(inWords(64)).toBe('64');
  });
});
