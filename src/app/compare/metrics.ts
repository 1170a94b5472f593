/** What can be compared: each with a line of what it shows, how it is written and where it comes from. Data, not drawing. */
import type { MetricName } from '../../runs/columns';
import type { EvaluationRecord } from '../../runs/record';
import { STEP_CHARTS } from '../charts/spec';
import { compact, fixed, percent, seconds } from '../format';

export type Source =
  | { readonly kind: 'step'; readonly metric: Exclude<MetricName, 'step'> }
  | {
      readonly kind: 'test';
      readonly decoding: EvaluationRecord['decoding'];
      readonly measure: 'score' | 'success' | 'turns';
    };

export interface MetricSpec {
  readonly id: string;
  readonly title: string;
  readonly help: string;
  readonly format: (value: number | null | undefined) => string;
  readonly source: Source;
  /** A fixed axis, where the quantity has natural ends. */
  readonly range?: readonly [number, number];
  /** The least the axis shows. */
  readonly atLeast?: number;
  /** What the axis counts, where that is not 1. */
  readonly axisUnit?: number;
}

const test = (
  decoding: EvaluationRecord['decoding'],
  measure: 'score' | 'success' | 'turns',
  part: Pick<MetricSpec, 'title' | 'help' | 'format' | 'range' | 'atLeast'>,
): MetricSpec => ({
  id: `test/${decoding}/${measure}`,
  source: { kind: 'test', decoding, measure },
  ...part,
});

const step = (
  metric: Exclude<MetricName, 'step'>,
  part: Pick<MetricSpec, 'title' | 'help' | 'format' | 'range' | 'atLeast'>,
): MetricSpec => ({ id: metric, source: { kind: 'step', metric }, ...part });

/** The charts of a single run say the same of themselves here. */
const charted: readonly MetricSpec[] = STEP_CHARTS.map(({ key, title, help, format, ...axis }) => ({
  id: key,
  title,
  help,
  format,
  source: { kind: 'step', metric: key },
  ...('range' in axis && { range: axis.range }),
  ...('atLeast' in axis && { atLeast: axis.atLeast }),
  ...('axisUnit' in axis && { axisUnit: axis.axisUnit }),
}));

export const METRICS: readonly MetricSpec[] = [
  step('score', {
    title: 'Reward',
    help: 'How much of the possible reward the policy earns in training. The higher line learns better, the steeper one faster.',
    format: percent,
    range: [0, 1],
  }),
  ...charted,
  test('sampled', 'score', {
    title: 'Test score, sampled',
    help: 'Share of what the oracle earns on test tasks that are never trained on, talking as in training.',
    format: percent,
    range: [0, 1],
  }),
  test('greedy', 'score', {
    title: 'Test score, greedy',
    help: 'Share of what the oracle earns on test tasks, always taking the likeliest word.',
    format: percent,
    range: [0, 1],
  }),
  test('greedy', 'turns', {
    title: 'Test turns, greedy',
    help: 'Turns taken on test tasks, always taking the likeliest word.',
    format: (value) => fixed(value, 1),
    atLeast: 4,
  }),
  step('reward_std', {
    title: 'Spread within groups',
    help: 'How far apart the attempts at one task score. Without a spread there is nothing to learn from.',
    format: (value) => fixed(value, 2),
    atLeast: 0.2,
  }),
  step('validity', {
    title: 'Valid turns',
    help: 'Turns that are well-formed calls of the tool. It should be near 100 %.',
    format: percent,
    range: [0, 1],
  }),
  step('policy_loss', {
    title: 'Policy loss',
    help: 'What the update lowers. It hovers around 0 whatever is learnt: watch the reward instead.',
    format: compact,
    atLeast: 0.001,
  }),
  step('grad_norm', {
    title: 'Gradient norm',
    help: 'How hard the update pushes before it is clipped. Spikes mean that something is unstable.',
    format: (value) => fixed(value, 2),
    atLeast: 0.5,
  }),
  step('completions/mean_length', {
    title: 'Tokens a conversation',
    help: 'How much the policy says in a conversation, in tokens.',
    format: (value) => fixed(value, 0),
    atLeast: 20,
  }),
  step('step_time', {
    title: 'Step time',
    help: 'Seconds a step takes, on the device the run was made on.',
    format: (value) => (value === null || value === undefined ? fixed(value) : seconds(value)),
    atLeast: 0.1,
  }),
];

/** On show until somebody chooses. */
export const FIRST_METRICS: readonly string[] = ['score', 'success', 'turns', 'entropy'];

export const metricNamed = (id: string): MetricSpec | undefined => METRICS.find((one) => one.id === id);
