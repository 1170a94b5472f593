/** Records of runs: what is written comes back, and what is not a record is refused in words. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ColumnBuilder, METRIC_NAMES } from '../../src/runs/columns';
import { nameFor } from '../../src/runs/names';
import {
  DEFAULT_SETTINGS,
  SETTINGS,
  SETTING_KEYS,
  type SettingRow,
  type Settings,
} from '../../src/runs/settings';
import { migrate, parseStoredRun, type StoredRun } from '../../src/runs/stored-run';
import { evaluation, metrics } from '../app/records';
import { storedRun } from './stored';

function valueOf(row: SettingRow): fc.Arbitrary<string | number | boolean> {
  switch (row.kind) {
    case 'number':
      return row.integer
        ? fc.integer({ min: row.min, max: row.max })
        : fc.double({ min: row.min, max: row.max, noNaN: true }).map((value) => value + 0);
    case 'choice':
      return fc.constantFrom(...row.options.map(({ value }) => value));
    case 'switch':
      return fc.boolean();
    case 'terms':
      return fc.constantFrom('', 'repeated:-0.2');
  }
}
const settings = fc.record(
  Object.fromEntries(SETTING_KEYS.map((key) => [key, valueOf(SETTINGS[key])])),
) as unknown as fc.Arbitrary<Settings>;
const number = fc.oneof(
  fc.double({ min: -1e6, max: 1e6 }),
  fc.constantFrom(NaN, Infinity, -Infinity, 0, Number.MIN_VALUE),
);
const steps = fc.array(
  fc.record(Object.fromEntries(METRIC_NAMES.filter((name) => name !== 'step').map((name) => [name, number]))),
  { maxLength: 12 },
);
const text = fc.string({ maxLength: 40, unit: 'binary' });
const run: fc.Arbitrary<StoredRun> = fc
  .record({
    settings,
    steps,
    name: text.map((name) => name.trim() || 'quiet heron'),
    note: text,
    when: fc
      .date({ min: new Date('2020-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    coldStart: fc.nat(5000),
    experiment: fc.option(
      fc.record({ id: fc.constant('x'), arm: fc.constantFrom('a' as const, 'b' as const) }),
    ),
    change: fc.double({ min: 0, max: 1, noNaN: true }),
    score: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ steps: given, change, score, ...rest }) =>
    storedRun(
      {
        ...rest,
        changes: [{ step: 1, settings: { gamma: change + 0 } }],
        evaluations: [evaluation(1, { score: score + 0 })],
      },
      given,
    ),
  );

describe('a stored run', () => {
  it('comes back from JSON as it was, whatever was in it', () => {
    fc.assert(
      fc.property(run, (one) => {
        // JSON knows no −0, and the page has no use for it either.
        const plain: unknown = JSON.parse(JSON.stringify(one));
        expect(parseStoredRun(plain)).toEqual({ ok: true, run: plain });
        expect(Object.values(one.curves).flat()).not.toContain(NaN);
      }),
      { numRuns: 60 },
    );
  });

  it('comes back from a structured clone, as a database keeps it', () => {
    const one = storedRun({}, [{ kl: NaN }, { kl: 0.25 }]);
    expect(parseStoredRun(structuredClone(one))).toEqual({ ok: true, run: one });
    expect(one.curves.kl).toEqual([null, 0.25]);
  });

  it('may be older than a metric or a setting, which then takes the default', () => {
    const { peak_memory: _, ...curves } = storedRun().curves;
    const { std: __, ...older } = DEFAULT_SETTINGS;
    const parsed = parseStoredRun({ ...storedRun(), curves, settings: older });
    expect(parsed).toMatchObject({ ok: true, run: { settings: DEFAULT_SETTINGS } });
    if (parsed.ok) expect(parsed.run.curves.peak_memory).toEqual([null, null, null]);
  });

  const good = storedRun();
  it.each([
    ['nothing', null, /no version/],
    ['a number', 7, /no version/],
    ['a version that is none', { ...good, version: 'one' }, /no version/],
    ['a version to come', { ...good, version: 2 }, /newer version of Turnwise wrote it \(version 2/],
    ['no name', { ...good, name: ' ' }, /^name: /],
    ['a day that is none', { ...good, when: 'yesterday' }, /^when: /],
    ['a setting nobody knows', { ...good, settings: { warpFactor: 9 } }, /^settings: .*"warpFactor"/],
    ['a setting out of range', { ...good, settings: { gamma: 7 } }, /^settings: gamma: must be/],
    [
      'a change out of range',
      { ...good, changes: [{ step: 1, settings: { gamma: 7 } }] },
      /^changes\.0\.settings: gamma/,
    ],
    ['a device nobody knows', { ...good, device: { ...good.device, device: 'tpu' } }, /^device\.device: /],
    ['no steps', { ...good, curves: { score: [1] } }, /^curves: has no column "step"/],
    ['uneven columns', { ...good, curves: { ...good.curves, kl: [1] } }, /^curves: kl has 1 steps/],
    ['steps that fall', { ...good, curves: { ...good.curves, step: [1, 3, 2] } }, /^curves: step must/],
    ['a column nobody knows', { ...good, curves: { ...good.curves, luck: [1, 2, 3] } }, /"luck"/],
    ['a column with text', { ...good, curves: { ...good.curves, kl: [1, '2', 3] } }, /^curves\.kl: /],
    ['more than there should be', { ...good, extra: 1 }, /extra/],
    ['an arm that is none', { ...good, experiment: { id: 'x', arm: 'c' } }, /^experiment\.arm: /],
  ])('with %s is refused', (_, input, problem) => {
    const parsed = parseStoredRun(input);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.problem).toMatch(problem);
  });
});

describe('migrations', () => {
  const renamed = {
    1: (record: Readonly<Record<string, unknown>>) => ({ ...record, name: record['title'] }),
    2: (record: Readonly<Record<string, unknown>>) => ({ ...record, note: `was ${String(record['name'])}` }),
  };
  it('bring a record up to date one version at a time', () => {
    expect(migrate({ version: 1, title: 'otter' }, 3, renamed)).toEqual({
      ok: true,
      record: { version: 3, title: 'otter', name: 'otter', note: 'was otter' },
    });
    expect(migrate({ version: 3, name: 'otter' }, 3, renamed)).toMatchObject({
      record: { version: 3, name: 'otter' },
    });
  });
  it('say where the way is broken', () => {
    expect(migrate({ version: 1 }, 3, { 2: renamed[2] })).toMatchObject({ ok: false });
  });
});

describe('columns', () => {
  it('drop a step that does not come after the last', () => {
    const builder = new ColumnBuilder();
    for (const step of [1, 2, 2, 1, 5]) builder.append(metrics(step, { score: step / 10 }));
    expect(builder.snapshot().step).toEqual([1, 2, 5]);
    expect(builder.snapshot().score).toEqual([0.1, 0.2, 0.5]);
  });
  it('are copies, which later steps leave alone', () => {
    const builder = new ColumnBuilder();
    builder.append(metrics(1));
    const before = builder.snapshot();
    builder.append(metrics(2));
    expect(before.step).toEqual([1]);
  });
});

describe('names', () => {
  it('are two plain words, the same for the same seed', () => {
    for (let seed = 0; seed < 200; seed++) expect(nameFor(seed)).toMatch(/^[a-z]+ [a-z]+$/);
    expect(nameFor(7)).toBe(nameFor(7));
    expect(new Set(Array.from({ length: 200 }, (_, seed) => nameFor(seed))).size).toBeGreaterThan(180);
  });
  it('do not come twice', () => {
    const taken = new Set<string>();
    for (let i = 0; i < 300; i++) taken.add(nameFor(7, taken));
    expect(taken.size).toBe(300);
  });
});
