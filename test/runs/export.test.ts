/** Runs as files. CSV is read back by a parser that knows nothing of ours. */
import { describe, expect, it } from 'vitest';
import { csv } from '../../src/runs/export/csv';
import { longCsv, readRunsJson, runsJson, wideCsv } from '../../src/runs/export/runs';
import { evaluation } from '../app/records';
import { storedRun } from './stored';

/** After the grammar of RFC 4180, character by character. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') {
        cell += '"';
        i++;
      } else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ',') {
      row.push(cell);
      cell = '';
    } else if (c === '\r' && text[i + 1] === '\n') {
      rows.push([...row, cell]);
      row = [];
      cell = '';
      i++;
    } else cell += c;
  }
  expect([row, cell, quoted]).toEqual([[], '', false]);
  return rows;
}

const a = storedRun(
  { id: 'a', name: 'say "hi", otter', settings: { seed: 3 }, experiment: { id: 'x', arm: 'a' } },
  [{ score: 0.25 }, { score: 0.5, kl: NaN }],
);
const b = storedRun({ id: 'b', name: 'two\r\nlines', evaluations: [evaluation(2, { score: 0.75 })] }, [{}]);

describe('the long table', () => {
  const [head, ...rows] = parse(longCsv([a, b]));
  it('has a line for every number there is, and only for those', () => {
    expect(head).toEqual(['run', 'id', 'experiment', 'arm', 'seed', 'step', 'metric', 'value']);
    const of = (id: string, metric: string): string[][] =>
      rows.filter((row) => row[1] === id && row[6] === metric).map((row) => row.slice(5));
    expect(of('a', 'score')).toEqual([
      ['1', 'score', '0.25'],
      ['2', 'score', '0.5'],
    ]);
    expect(of('a', 'kl')).toEqual([['1', 'kl', '0']]);
    expect(of('b', 'test/greedy/score')).toEqual([['2', 'test/greedy/score', '0.75']]);
    expect(rows.every((row) => row.length === 8 && row[7] !== '')).toBe(true);
  });
  it('keeps names whole', () => {
    expect(new Set(rows.map(([name]) => name))).toEqual(new Set([a.name, b.name]));
    expect(rows[0]?.slice(0, 5)).toEqual([a.name, 'a', 'x', 'a', '3']);
  });
});

describe('the wide table', () => {
  it('has a line for every step, and an empty cell where there is no number', () => {
    const [head, ...rows] = parse(wideCsv([a, b]));
    const at = (name: string): number => head!.indexOf(name);
    expect(rows).toHaveLength(3);
    expect(rows.every((row) => row.length === head!.length)).toBe(true);
    expect(rows.map((row) => [row[at('id')], row[at('step')], row[at('score')], row[at('kl')]])).toEqual([
      ['a', '1', '0.25', '0'],
      ['a', '2', '0.5', ''],
      ['b', '1', '0.5', '0'],
    ]);
  });
  it('has a head without runs', () => {
    expect(parse(wideCsv([]))).toHaveLength(1);
    expect(csv([])).toBe('');
  });
});

describe('the file of runs', () => {
  it('brings them back, and takes along what nobody can read', () => {
    const entries = [
      { ok: true as const, id: 'a', run: a },
      { ok: false as const, id: 'old', problem: 'too old', raw: { id: 'old', version: 0 } },
      { ok: true as const, id: 'b', run: b },
    ];
    const read = readRunsJson(runsJson(entries));
    expect(read).toMatchObject({ ok: true });
    if (!read.ok) return;
    expect(read.entries[0]).toEqual({ ok: true, id: 'a', run: a });
    expect(read.entries[1]).toMatchObject({ ok: false, id: 'old', raw: { id: 'old', version: 0 } });
    expect(read.entries[2]).toEqual({ ok: true, id: 'b', run: b });
  });
  it.each([
    ['no JSON', '{', /not JSON/],
    ['other JSON', '{"runs": []}', /no runs of Turnwise/],
    ['a list', '[]', /no runs of Turnwise/],
  ])('that is %s is refused in words', (_, text, problem) => {
    const read = readRunsJson(text);
    expect(read.ok).toBe(false);
    if (!read.ok) expect(read.problem).toMatch(problem);
  });
});
