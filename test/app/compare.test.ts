/** What is computed for a comparison: groups, names, statistics, lines, sentences, drafts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differences, differenceText, inText } from '../../src/app/compare/differences';
import {
  obstacle,
  planOf,
  settingsOf,
  splitRow,
  withoutRow,
  withRow,
  withValue,
} from '../../src/app/compare/draft';
import {
  cautions,
  groupRuns,
  latestSides,
  nameSides,
  placed,
  runsOf,
  toggled,
} from '../../src/app/compare/groups';
import { METRICS, metricNamed, FIRST_METRICS } from '../../src/app/compare/metrics';
import { draftOf, PRESETS } from '../../src/app/compare/presets';
import { compared, curveOf, meanOf, valueAt, type RunCurve, type View } from '../../src/app/compare/series';
import { sample, welch } from '../../src/app/compare/statistics';
import { verdictOf } from '../../src/app/compare/verdict';
import { DEFAULT_SETTINGS, SETTINGS, type Settings } from '../../src/runs/settings';
import type { StepMetrics } from '../../src/runs/record';
import type { StoredRun } from '../../src/runs/stored-run';
import { storedRun } from '../runs/stored';
import { evaluation } from './records';

const view: View = { axis: 'step', band: 'range', smoothing: 0, log: false };
const score = metricNamed('score')!;
/** A run whose score stands at `value` for `steps` steps. */
function flat(
  id: string,
  value: number,
  steps = 6,
  part: Parameters<typeof storedRun>[0] = {},
  metrics: Partial<StepMetrics> = {},
) {
  return storedRun(
    { ...part, id, name: id },
    Array.from({ length: steps }, () => ({ score: value, ...metrics })),
  );
}
const seeds = (values: readonly number[], part: Partial<Settings> = {}): StoredRun[] =>
  values.map((value, seed) =>
    flat(`${JSON.stringify(part)}${seed}`, value, 6, { settings: { seed, ...part } }),
  );

describe('differences', () => {
  it('are named in words, and the seed is none', () => {
    const b: Settings = {
      ...DEFAULT_SETTINGS,
      trajectoryMethod: 'mean',
      klCoefficient: 0.0001,
      seed: 9,
      round: true,
    };
    expect(differences(DEFAULT_SETTINGS, b).map(differenceText)).toEqual([
      'trajectory score: sum → mean',
      'round like UserRL: off → on',
      'KL coefficient (beta): 0.01 → 1e-4',
    ]);
  });
  it('leave names as they are', () => {
    expect(['LoRA rank', 'AdamW beta 1', 'Cold-started', 'k3', 'Sum'].map(inText)).toEqual([
      'LoRA rank',
      'AdamW beta 1',
      'cold-started',
      'k3',
      'sum',
    ]);
  });
});

describe('groups', () => {
  const sum = seeds([0.5, 0.6]);
  const mean = seeds([0.2, 0.3], { trajectoryMethod: 'mean' });
  it('hold runs that differ in nothing but the seed, by seed', () => {
    const groups = groupRuns([sum[1]!, mean[0]!, sum[0]!, mean[1]!]);
    expect(groups.map(({ title, runs }) => [title, runs.map(({ settings }) => settings.seed)])).toEqual([
      ['all at default', [0, 1]],
      ['trajectory score: mean', [0, 1]],
    ]);
  });
  it('keep a run apart whose settings were changed on the way, or that had a cold start', () => {
    const changed = { ...sum[0]!, changes: [{ step: 4, settings: { gamma: 0.5 } }] };
    const started = { ...sum[0]!, coldStart: 50 };
    expect(groupRuns([sum[0]!, changed, started]).map(({ title }) => title)).toEqual([
      'all at default',
      'settings changed after step 4',
      '50 cold-start updates',
    ]);
  });
  it('show the last experiment first, and without one the two kinds made last', () => {
    const of = (run: StoredRun, arm: 'a' | 'b', id: string): StoredRun => ({
      ...run,
      experiment: { id, arm },
    });
    expect(
      latestSides([mean[0]!, of(mean[1]!, 'b', 'new'), of(sum[0]!, 'a', 'new'), of(sum[1]!, 'a', 'old')]),
    ).toEqual({ a: [sum[0]!.id], b: [mean[1]!.id] });
    expect(latestSides([...mean, ...sum])).toEqual({
      a: mean.map(({ id }) => id),
      b: sum.map(({ id }) => id),
    });
    expect(latestSides([])).toEqual({ a: [], b: [] });
    expect(latestSides(sum)).toEqual({ a: sum.map(({ id }) => id), b: [] });
  });
  it('go to a side and off it; nothing is on both', () => {
    const sides = { a: ['1', '2'], b: ['3'] };
    expect(placed(sides, ['2', '4'], 'b')).toEqual({ a: ['1'], b: ['2', '4'] });
    expect(toggled(sides, '1', 'a')).toEqual({ a: ['2'], b: ['3'] });
    expect(toggled(sides, '1', 'b')).toEqual({ a: ['2'], b: ['3', '1'] });
  });
  it('are named by what differs', () => {
    expect(nameSides({ a: sum, b: mean })).toEqual({
      short: { a: 'A sum', b: 'B mean' },
      differ: ['trajectory score: sum → mean'],
    });
    const both = seeds([0.2], { trajectoryMethod: 'mean', gamma: 0.5 });
    expect(nameSides({ a: sum, b: both }).short).toEqual({ a: 'A', b: 'B' });
    expect(nameSides({ a: sum, b: [] })).toEqual({ short: { a: 'A', b: 'B' }, differ: [] });
  });
  it('are warned of where the reading would not be fair', () => {
    expect(cautions({ a: sum, b: mean })).toEqual([]);
    const changed = { ...mean[0]!, changes: [{ step: 4, settings: { gamma: 0.5 } }] };
    expect(cautions({ a: [...sum, mean[0]!], b: [changed] })).toHaveLength(2);
    expect(cautions({ a: sum, b: seeds([0.1], { gym: 'travel' }) })[0]).toMatch(/different tasks/);
  });
});

describe('statistics', () => {
  it('have the sample deviation', () => {
    expect(sample([2, 4, 4, 4, 5, 5, 7, 9])).toMatchObject({ mean: 5, n: 8 });
    expect(sample([2, 4, 4, 4, 5, 5, 7, 9]).sd).toBeCloseTo(2.13809, 5);
    expect(sample([3])).toEqual({ mean: 3, sd: null, n: 1 });
  });
  it("have Welch's interval as R and SciPy give it", () => {
    // scipy.stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95), SciPy's own digits.
    const { difference, ci95 } = welch(
      [27.5, 21.0, 19.0, 23.6, 17.0, 17.9],
      [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8],
    );
    expect(difference).toBeCloseTo(-2.71428571, 6);
    expect(ci95![0]).toBeCloseTo(-6.94465, 4);
    expect(ci95![1]).toBeCloseTo(1.51608, 4);
  });
  it('turn round with the sides', () => {
    const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const [one, other] = [welch(a, b), welch(b, a)];
        expect(one.difference).toBeCloseTo(-other.difference, 9);
        if (one.ci95) expect(one.ci95[0]).toBeCloseTo(-other.ci95![1], 6);
      }),
    );
  });
  it('claim nothing from one seed, or from seeds that do not vary', () => {
    expect(welch([1], [0, 1]).ci95).toBeNull();
    expect(welch([1, 1], [0, 0])).toEqual({ difference: 1, ci95: null });
  });
});

describe('lines', () => {
  const curve = (x: number[], values: (number | null)[]): RunCurve => ({
    id: '',
    name: '',
    seed: 0,
    arm: 'a',
    x,
    raw: values,
    smooth: values,
  });
  it('are averaged over the runs that reach a step, with the lowest and highest as bounds', () => {
    const { x, mean, low, high } = meanOf('a', [curve([1, 2, 3], [0, 1, 2]), curve([1, 2], [1, 3])], 'range');
    expect(x).toEqual([1, 2, 3]);
    expect(mean).toEqual([0.5, 2, 2]);
    expect(low).toEqual([0, 1, null]);
    expect(high).toEqual([1, 3, null]);
  });
  it('have a standard error as bounds where that is asked for', () => {
    const { mean, low, high } = meanOf('a', [curve([1], [0]), curve([1], [1]), curve([1], [2])], 'error');
    expect(mean[0]! - low[0]!).toBeCloseTo(1 / Math.sqrt(3), 9);
    expect(high[0]! - mean[0]!).toBeCloseTo(1 / Math.sqrt(3), 9);
  });
  it('go straight between their points, and over gaps', () => {
    const { x, mean } = meanOf('a', [curve([0, 10], [0, 1]), curve([0, 5, 10], [0, null, 3])], 'range');
    expect([x, mean]).toEqual([
      [0, 10],
      [0, 2],
    ]);
    const odd = meanOf('a', [curve([0, 10], [0, 1]), curve([0, 4, 10], [0, 4, 3])], 'range');
    expect(odd.mean[1]).toBeCloseTo((0.4 + 4) / 2, 9);
  });
  it('never leave the bounds', () => {
    const run = fc.array(fc.option(fc.double({ min: -5, max: 5, noNaN: true })), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.array(run, { minLength: 1, maxLength: 4 }), (lines) => {
        const { mean, low, high } = meanOf(
          'a',
          lines.map((values) =>
            curve(
              values.map((_, i) => i),
              values,
            ),
          ),
          'range',
        );
        for (const [i, value] of mean.entries()) {
          expect(Number.isFinite(value)).toBe(true);
          if (low[i] === null) continue;
          expect(value!).toBeGreaterThanOrEqual(low[i]! - 1e-9);
          expect(value!).toBeLessThanOrEqual(high[i]! + 1e-9);
        }
      }),
    );
  });

  const wavy = storedRun({ evaluations: [evaluation(0, { score: 0.1 }), evaluation(2, { score: 0.3 })] }, [
    { score: 0, step_time: 60, num_tokens: 100 },
    { score: NaN, step_time: 30, num_tokens: 200 },
    { score: 1, step_time: 30, num_tokens: 400 },
  ]);
  it('are smoothed without the bias of their beginning, and skip what is no number', () => {
    const { raw, smooth } = curveOf(wavy, 'a', score, { ...view, smoothing: 0.5 });
    expect(raw).toEqual([0, null, 1]);
    // Weights 1/4 and 1/2 of the two numbers there are, over their sum.
    expect(smooth).toEqual([0, null, 2 / 3]);
  });
  it('run over steps, minutes or tokens', () => {
    expect(curveOf(wavy, 'a', score, view).x).toEqual([1, 2, 3]);
    expect(curveOf(wavy, 'a', score, { ...view, axis: 'time' }).x).toEqual([1, 1.5, 2]);
    expect(curveOf(wavy, 'a', score, { ...view, axis: 'tokens' }).x).toEqual([100, 200, 400]);
  });
  it('have test scores where the tests were made, from before the first step on', () => {
    const spec = metricNamed('test/greedy/score')!;
    expect(curveOf(wavy, 'a', spec, { ...view, axis: 'time' })).toMatchObject({
      x: [0, 1.5],
      raw: [0.1, 0.3],
    });
    expect(curveOf(wavy, 'a', metricNamed('test/sampled/score')!, view).x).toEqual([]);
  });
  it('leave out on a logarithmic axis what has no place there', () => {
    expect(curveOf(wavy, 'a', score, { ...view, log: true }).raw).toEqual([null, null, 1]);
  });
  it('are smoothed before they are thinned', () => {
    // A spike at a step that is not drawn must still lift the ones after it.
    const values = Array.from({ length: 2500 }, (_, i) => ({ score: i === 1001 ? 1 : 0 }));
    const { x, smooth } = curveOf(storedRun({}, values), 'a', score, { ...view, smoothing: 0.9 });
    expect(x.length).toBeLessThan(1000);
    expect(x).not.toContain(1002);
    expect(Math.max(...smooth.map((value) => value ?? 0))).toBeGreaterThan(0.05);
    expect(x.at(-1)).toBe(2500);
  });
  it('have a value at the crosshair, and none beyond their ends', () => {
    expect([0, 1, 1.4, 1.6, 3, 4].map((at) => valueAt([1, 2, 3], [10, 20, 30], at))).toEqual([
      null,
      10,
      10,
      20,
      30,
      null,
    ]);
  });
  it('come for every metric from runs that have it', () => {
    for (const spec of METRICS) {
      const { runs, sides } = compared({ a: [wavy], b: [] }, spec, view);
      expect(runs).toHaveLength(1);
      expect(sides.map(({ arm }) => arm)).toEqual(['a', 'b']);
      expect(sides[1]!.x).toEqual([]);
    }
    expect(FIRST_METRICS.every((id) => metricNamed(id))).toBe(true);
    expect(new Set(METRICS.map(({ id }) => id)).size).toBe(METRICS.length);
  });
});

describe('the verdict', () => {
  const text = (a: readonly StoredRun[], b: readonly StoredRun[]): string => {
    const verdict = verdictOf({ a, b });
    return verdict ? [verdict.result, ...verdict.notes].join(' ') : '';
  };
  it('says who is ahead where the seeds agree', () => {
    expect(text(seeds([0.9, 0.92, 0.94]), seeds([0.6, 0.62, 0.64]))).toBe(
      'After 6 steps A earns 92\u00a0% ± 2 of the possible reward, B 62\u00a0% ± 2 (three seeds each, ± standard deviation between them; mean of steps 2 to 6). ' +
        'A is ahead by 30 points, more than chance would explain (95 % interval of A − B: 25 to 35 points (Welch)).',
    );
  });
  it('claims nothing where they do not', () => {
    expect(text(seeds([0.5, 0.9]), seeds([0.4, 0.8]))).toMatch(
      /do not tell the two apart.*lies within what chance/,
    );
    expect(text(seeds([0.9]), seeds([0.4]))).toMatch(/One seed on a side cannot tell that from luck/);
    expect(text(seeds([0.9, 0.9]), seeds([0.4, 0.4]))).toMatch(/how far chance reaches is not known/);
    for (const [a, b] of [
      [seeds([0.5, 0.9]), seeds([0.4, 0.8])],
      [seeds([0.9]), seeds([0.4])],
    ] as const)
      expect(text(a, b)).not.toMatch(/more than chance/);
  });
  it('compares as far as both have come, and says what it leaves out', () => {
    const a = [flat('1', 0.9, 6), flat('2', 0.1, 2, { settings: { seed: 1 } })];
    expect(text(a, [flat('3', 0.5, 4)])).toMatch(
      /^After 4 steps A earns 90\u00a0%.*B 50\u00a0% \(one seed each; mean of steps 1 to 4\).*One run has fewer than 4 steps/,
    );
    expect(text(a, [])).toBe('');
    expect(text([storedRun({}, [])], a)).toBe('');
  });
  it('speaks of turns where they differ for sure', () => {
    const with_ = (turns: number[], id: string): StoredRun[] =>
      turns.map((value, i) =>
        flat(`${id}${i}`, 0.5 + i / 100, 6, { settings: { seed: i } }, { turns: value }),
      );
    expect(text(with_([5.1, 5.2, 5.3], 'a'), with_([3, 3.1, 3.2], 'b'))).toContain(
      'B takes 2.1 turns fewer: 3.1 against 5.2.',
    );
    expect(text(with_([5.1, 3.2], 'a'), with_([3, 5], 'b'))).not.toContain('turns fewer');
  });
  it('adds the last tests that all have made', () => {
    const tested = (value: number, id: string, ...steps: number[]): StoredRun =>
      flat(id, 0.5, 6, { evaluations: steps.map((step) => evaluation(step, { score: value + step / 100 })) });
    expect(text([tested(0.8, 'a', 0, 3, 6)], [tested(0.4, 'b', 0, 3)])).toContain(
      'On test tasks after step 3, greedily: A 83\u00a0% of what the oracle earns, B 43\u00a0%.',
    );
    expect(text([tested(0.8, 'a', 0)], [tested(0.4, 'b', 0)])).not.toContain('test tasks');
  });
});

describe('a draft', () => {
  it.each(PRESETS)('of the preset "$question" differs in what it names, and can be run', (preset) => {
    const draft = draftOf(preset, 7);
    expect(obstacle(draft)).toBeNull();
    const { a, b, seeds: drawn, steps } = planOf(draft, DEFAULT_SETTINGS);
    expect(
      differences(a, b)
        .map(({ key }) => key)
        .sort(),
    ).toEqual(Object.keys(preset.b).sort());
    expect([drawn, steps]).toEqual([[7, 8, 9], preset.steps]);
    // A preset that offers what no policy knows would end in an error.
    expect(SETTINGS.gym.options.find(({ value }) => value === a.gym)).not.toHaveProperty('awaits');
  });
  it('begins from the settings of the page, whatever they are', () => {
    const settings = { ...DEFAULT_SETTINGS, gamma: 0.5, seed: 3 };
    let draft = withRow({ rows: [], steps: 5, seeds: 2, firstSeed: 0 }, 'gamma', settings);
    expect(obstacle(draft)).toMatch(/A and B are the same/);
    expect(withRow(draft, 'gamma', settings)).toBe(draft);
    draft = withValue(draft, 'gamma', 'b', 0.9);
    expect([settingsOf(draft, 'a', settings).gamma, settingsOf(draft, 'b', settings).gamma]).toEqual([
      0.5, 0.9,
    ]);
    expect(obstacle(draft)).toBeNull();
    expect(obstacle({ ...draft, firstSeed: SETTINGS.seed.max })).toMatch(/Seeds end at/);
    expect(withoutRow(draft, 'gamma').rows).toEqual([]);
    draft = withValue(draft, 'gamma', 'both', 0.7);
    expect([settingsOf(draft, 'a', settings).gamma, settingsOf(draft, 'b', settings).gamma]).toEqual([
      0.7, 0.7,
    ]);
  });
  it('sets what a preset has for both once, until they shall differ', () => {
    const draft = draftOf(PRESETS[0]!, 0);
    expect(draft.rows.map(({ key, split }) => [key, split])).toEqual([
      ['trajectoryMethod', true],
      ['turnMethod', false],
      ['evaluateEvery', false],
    ]);
    expect(splitRow(draft, 'turnMethod').rows[1]).toMatchObject({ split: true });
  });
});

describe('the choice of runs', () => {
  it('finds the runs of a choice by their ids, by seed', () => {
    const [one, two] = seeds([0.1, 0.2]);
    expect(runsOf({ a: [two!.id, one!.id], b: ['gone'] }, [two!, one!])).toEqual({ a: [one, two], b: [] });
  });
});
