/** A recorded run comes back from its file as it went in, but for the decimals that were let go; and what is no such file is refused in words. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  EndReason,
  EvaluationRecord,
  GroupRecord,
  RolloutRecord,
  TurnRecord,
} from '../../src/runs/record';
import { readRecording, RECORDING_VERSION, writeRecording, type Recording } from '../../src/runs/recording';
import { DEFAULT_SETTINGS } from '../../src/runs/settings';
import { evaluation, group, metrics } from '../app/records';

const amount = fc.double({ min: -50, max: 50, noNaN: true });
const words = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.constantFrom('how', 'many', '?'));
const few = <T>(item: fc.Arbitrary<T>, most = 4) => fc.array(item, { maxLength: most });

const turns: fc.Arbitrary<TurnRecord> = fc.record(
  {
    choice: fc.constantFrom(null, 'action' as const, 'search' as const, 'answer' as const),
    content: words,
    feedback: words,
    reward: amount,
    trainingReward: amount,
    credit: amount,
    advantage: amount,
    tokens: few(fc.record({ text: words, logProb: fc.double({ min: -30, max: 0, noNaN: true }) })),
    events: few(fc.oneof(fc.record({ name: words }), fc.record({ name: words, subject: words })), 2),
  },
  { requiredKeys: ['choice', 'content', 'feedback', 'reward', 'credit', 'advantage', 'tokens', 'events'] },
);
const rollouts: fc.Arbitrary<RolloutRecord> = fc.record({
  task: words,
  opening: words,
  turns: few(turns),
  hidden: few(fc.record({ label: words, value: words, weight: amount, found: fc.boolean() }), 2),
  reward: amount,
  score: amount,
  trajectoryScore: amount,
  advantage: amount,
  success: fc.boolean(),
  end: fc.constantFrom<EndReason>('success', 'turn-limit', 'plain-text', 'malformed', 'context'),
});
const groups: fc.Arbitrary<GroupRecord[]> = few(
  fc.record({ task: words, mean: amount, std: amount, rollouts: few(rollouts) }),
  2,
);
const evaluations: fc.Arbitrary<EvaluationRecord> = fc
  .tuple(fc.nat(100), fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean())
  .map(([step, score, several]) =>
    evaluation(step, {
      score,
      ...(several && { gyms: [{ gym: 'travel', episodes: 3, score, score_ci95: 0.1, success: score }] }),
    }),
  );
const recordings: fc.Arbitrary<Recording> = fc
  .record({
    steps: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }),
    kept: few(fc.record({ step: fc.nat(99), tasks: fc.nat(9), groups }), 2),
    looks: few(fc.record({ step: fc.nat(99), groups }), 2),
    evaluations: few(evaluations),
    seed: fc.nat(999),
  })
  .map(({ steps, seed, ...rest }) => ({
    ...rest,
    made: '2026-03-01',
    settings: { ...DEFAULT_SETTINGS, seed },
    device: { device: 'wasm', detail: 'SIMD', reason: 'asked for' },
    policy: {
      checkpoint: 'nano',
      parameters: 10,
      adapterParameters: 2,
      bytes: 12,
      vocabulary: 5,
      contextLength: 64,
      gyms: ['intention', 'telepathy'],
    },
    baselines: { random: 0.25, oracle: 1 },
    steps: steps.map((score, i) => metrics(i + 1, { score })),
  }));

/** The same with every number kept to `decimals` decimals. */
const rounded = (value: unknown, decimals: number): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, item: unknown) =>
      typeof item === 'number' ? Number(item.toFixed(decimals)) + 0 : item,
    ),
  );

async function reread(recording: Recording): Promise<Recording> {
  const parsed = await readRecording(writeRecording(recording));
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.recording;
}

describe('a recording', () => {
  it('comes back as it was written, to the decimals that are kept', () =>
    fc.assert(
      fc.asyncProperty(recordings, async (recording) => {
        const back = await reread(recording);
        // Half of the last decimal either way: two decimals agree wherever three or more are kept, but at an edge.
        const close = (a: unknown, b: unknown): void => {
          if (typeof a === 'number') expect(Math.abs(a - (b as number))).toBeLessThanOrEqual(5.001e-4);
          else if (a !== null && typeof a === 'object') {
            expect(Object.keys(b as object).sort()).toEqual(Object.keys(a).sort());
            for (const [key, item] of Object.entries(a)) close(item, (b as Record<string, unknown>)[key]);
          } else expect(b).toEqual(a);
        };
        close(recording, back);
      }),
      { numRuns: 60 },
    ));

  it('is the same file when it is written again', () =>
    fc.assert(
      fc.asyncProperty(recordings, async (recording) => {
        const text = writeRecording(recording);
        expect(writeRecording(await reread(recording))).toBe(text);
      }),
      { numRuns: 30 },
    ));

  it('keeps a group that scores alike alike, and a shared text once', async () => {
    const same = group([1 / 3, 1 / 3, 1 / 3]);
    const recording = fc.sample(recordings, { numRuns: 1, seed: 1 })[0]!;
    const text = writeRecording({ ...recording, kept: [{ step: 1, tasks: 1, groups: [same] }], looks: [] });
    expect(text.split(same.rollouts[0]!.opening)).toHaveLength(2);
    const parsed = await readRecording(text);
    const scores = parsed.ok ? parsed.recording.kept[0]!.groups[0]!.rollouts : [];
    expect(new Set(scores.map(({ trajectoryScore }) => trajectoryScore)).size).toBe(1);
    expect(rounded(scores[0]!.trajectoryScore, 4)).toBe(0.3333);
  });

  it('made before a metric was there has no number for it', async () => {
    const recording = fc.sample(recordings, { numRuns: 1, seed: 2 })[0]!;
    const file = JSON.parse(writeRecording({ ...recording, steps: [metrics(1), metrics(2)] })) as {
      metrics: Record<string, number[]>;
    };
    delete file.metrics['entropy'];
    const parsed = await readRecording(JSON.stringify(file));
    expect(parsed.ok && parsed.recording.steps.map(({ entropy, score }) => [entropy, score])).toEqual([
      [NaN, 0.5],
      [NaN, 0.5],
    ]);
  });
});

describe('what is no recording', () => {
  const good = JSON.parse(
    writeRecording({
      ...fc.sample(recordings, { numRuns: 1, seed: 3 })[0]!,
      steps: [metrics(1), metrics(2)],
      kept: [{ step: 1, tasks: 1, groups: [group([1, 2])] }],
      looks: [{ step: 0, groups: [group([0, 1])] }],
    }),
  ) as Record<string, unknown> & {
    metrics: Record<string, number[]>;
    kept: { groups: number[] }[];
    looks: { groups: number[] }[];
  };
  const problemOf = async (text: string): Promise<string> => {
    const parsed = await readRecording(text);
    return parsed.ok ? 'none' : parsed.problem;
  };

  it.each<[string, unknown, RegExp]>([
    ['a page', undefined, /not JSON/],
    ['a list', [], /version/],
    [
      'of another version',
      { ...good, version: RECORDING_VERSION + 1 },
      /version: must be 1; another version/,
    ],
    ['without steps', { ...good, metrics: {} }, /metrics\.step/],
    ['with uneven columns', { ...good, metrics: { ...good.metrics, kl: [1] } }, /metrics\.kl: has 1 steps/],
    ['with words for numbers', { ...good, metrics: { step: ['one'] } }, /metrics\.step.*list of numbers/],
    [
      'with steps out of order',
      {
        ...good,
        metrics: Object.fromEntries(Object.entries(good.metrics).map(([k, c]) => [k, [...c].reverse()])),
      },
      /count from 1/,
    ],
    ['of an unknown gym', { ...good, settings: { gym: 'chess' } }, /gym: must be one of/],
    [
      'of an unknown device',
      { ...good, device: { device: 'abacus', detail: '', reason: '' } },
      /device\.device/,
    ],
    ['without texts', { ...good, texts: [] }, /the conversations: there is no text number \d+/],
    [
      'cut off in a conversation',
      { ...good, looks: [{ step: 0, groups: good.looks[0]!.groups.slice(0, -3) }] },
      /the conversations: a (row ends too early|list cannot have)/,
    ],
    [
      'with something behind a conversation',
      { ...good, kept: [{ ...good.kept[0], groups: [...good.kept[0]!.groups, 7] }] },
      /goes on for 1 numbers/,
    ],
    [
      'with a list as long as the universe',
      { ...good, looks: [{ step: 0, groups: [1e12] }] },
      /cannot have 1000000000000 items/,
    ],
    [
      'with broken numbers',
      { ...good, looks: [{ step: 0, groups: [0.5] }] },
      /0\.5, which is no whole number/,
    ],
  ])('%s is refused, and it is said why', async (_, file, reason) => {
    expect(await problemOf(file === undefined ? '<!doctype html>' : JSON.stringify(file))).toMatch(reason);
  });

  it('whatever else it holds, is refused without an exception', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: -5, max: 2000 }), { maxLength: 40 }), async (row) => {
        const problem = await problemOf(JSON.stringify({ ...good, looks: [{ step: 0, groups: row }] }));
        expect(problem).toMatch(/^none$|^the conversations: /);
      }),
      { numRuns: 200 },
    ));
});
