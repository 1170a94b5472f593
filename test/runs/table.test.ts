import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLink, writeLink } from '../../src/app/link';
import type { OwnTable, ThingsTable } from '../../src/gyms/own/table';
import { DEFAULT_SETTINGS, type Settings } from '../../src/runs/settings';
import { decodeTable, encodeTable, LONGEST_LINKED } from '../../src/runs/table';
import { deflateSync, strToU8 } from 'fflate';
import { instruments, repairs } from '../gyms/own/tables';

const own = { ...DEFAULT_SETTINGS, gym: 'own' } as const;
const link = (table: OwnTable | null, settings: Settings = own) =>
  writeLink({ settings, device: 'wasm', view: 'watch', table, other: { embed: '1' } });
const packed = (text: string) => Buffer.from(deflateSync(strToU8(text))).toString('base64url');

describe('a table in a link', () => {
  it.each([
    ['things', instruments()],
    ['tasks', repairs()],
  ])('comes back as it was: %s', (_kind, table) => {
    const text = encodeTable(table)!;
    expect(text).toMatch(/^[\w-]+$/);
    expect(text.length).toBeLessThan(2000);
    expect(decodeTable(text)).toEqual({ ok: true, table });
    expect(readLink(link(table))).toEqual({
      settings: own,
      device: 'wasm',
      asksToTrain: true,
      view: 'watch',
      table,
      other: { embed: '1' },
      problems: [],
    });
  });

  it('comes along only where the gym is made from it', () => {
    expect(link(instruments(), DEFAULT_SETTINGS)).not.toContain('own');
  });

  it('stays out where it is too large, and the receiver is told', () => {
    let seed = 1;
    const letters = () => {
      seed = (seed * 48271) % 2147483647;
      return seed.toString(36).replace(/\d/g, 'q');
    };
    const table = {
      kind: 'userrl',
      gym: 'search',
      items: Array.from({ length: 900 }, () => ({ question: letters() + letters(), answer: letters() })),
    } as const;
    expect(JSON.stringify(table).length).toBeGreaterThan(LONGEST_LINKED);
    expect(encodeTable({ ...table, items: [...table.items] })).toBeUndefined();
    const read = readLink(link({ ...table, items: [...table.items] }));
    expect(read.problems[0]).toMatch(/table is not in the link.*choose "Your own"/);
    expect(read.settings).toEqual(DEFAULT_SETTINGS);
  });

  it('is refused in words where it is damaged, wrong or far too large', () => {
    const [good] = [encodeTable(instruments())!];
    const saying = (text: string) => {
      const decoded = decodeTable(text);
      return decoded.ok ? 'fine' : decoded.problems.join();
    };
    expect(saying('')).toMatch(/damaged/);
    expect(saying('!!')).toMatch(/damaged/);
    expect(saying(good.slice(0, good.length / 2))).toMatch(/damaged/);
    expect(saying(packed('{"kind":"things"}'))).toMatch(/cannot be used/);
    const many: ThingsTable = { ...instruments(), things: Array(65).fill(instruments().things[0]) };
    expect(saying(packed(JSON.stringify(many)))).toMatch(/things: must be at most 64/);
    expect(saying(packed(`"${'a'.repeat(2_000_000)}"`))).toMatch(/damaged/);
  });

  it('never throws, whatever stands in the link', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.json().map(packed)), (text) => {
        expect(typeof decodeTable(text).ok).toBe('boolean');
      }),
    );
  });
});
