import { describe, expect, it } from 'vitest';
import { parseResult } from '../../bench/core/result';
import { example } from './example';

describe('a stored result', () => {
  it('comes back as it was written', () => expect(parseResult(JSON.stringify(example()))).toEqual(example()));

  it.each([
    ['not json', /not JSON/],
    ['[]', /not written by the bench/],
    ['null', /not written by the bench/],
    [JSON.stringify({ ...example(), format: 'other' }), /not written by the bench/],
    [JSON.stringify({ ...example(), version: 2 }), /version/],
    [JSON.stringify({ ...example(), date: 'yesterday' }), /date/],
  ])('says what is wrong with %s', (text, message) => expect(() => parseResult(text)).toThrow(message));

  it('names the place where a number is none', () => {
    const broken = example();
    broken.measurements[1]!.ms[2] = -1;
    expect(() => parseResult(JSON.stringify(broken))).toThrow(/measurements\.1\.ms\.2/);
  });
});
