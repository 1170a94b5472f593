/** Which charts there are, what each says of itself, and how its numbers are written. Data, not drawing. */
import type { Curves } from '../curves';
import { compact, fixed, mebibytes, percent } from '../format';
import type { RunState, SftCurve, StepCurve } from '../state';

export interface ChartSpec<K extends string> {
  readonly key: K;
  readonly title: string;
  /** One line: what it shows and what to hope for. */
  readonly help: string;
  readonly format: (value: number | null | undefined) => string;
  /** A fixed axis, where the quantity has natural ends; else the axis follows the data, from 0. */
  readonly range?: readonly [number, number];
  /** The least the axis shows, so that noise around 0 does not fill the chart. */
  readonly atLeast?: number;
  /** What the axis counts, where that is not 1: it has no room to name a unit, and ends on a round number of these. */
  readonly axisUnit?: number;
  readonly curves: (state: RunState) => Curves<K>;
  /** What the x axis counts. */
  readonly unit: 'step' | 'update';
}

const ofRun = (state: RunState): Curves<StepCurve> => state.curves;
const ofSft = (state: RunState): Curves<SftCurve> => state.sftCurves;

export const REWARD: ChartSpec<StepCurve> = {
  key: 'score',
  title: 'Reward',
  help: 'How much of the possible reward the policy earns from its users. This is the line that should rise, away from random and towards the oracle.',
  format: percent,
  range: [0, 1],
  curves: ofRun,
  unit: 'step',
};

export const STEP_CHARTS: readonly ChartSpec<StepCurve>[] = [
  {
    key: 'reward',
    title: 'Training reward',
    help: 'What a conversation counts for, reward terms and penalties included. If it rises while the headline falls, the policy games them.',
    format: (value) => fixed(value),
    atLeast: 1,
    curves: ofRun,
    unit: 'step',
  },
  {
    key: 'success',
    title: 'Success',
    help: 'Conversations that reached their goal. It often stays low for a while and then follows the reward.',
    format: percent,
    range: [0, 1],
    curves: ofRun,
    unit: 'step',
  },
  {
    key: 'turns',
    title: 'Turns',
    help: 'Turns the policy takes. Longer first, while it learns to ask; shorter later, when it asks well.',
    format: (value) => fixed(value, 1),
    atLeast: 4,
    curves: ofRun,
    unit: 'step',
  },
  {
    key: 'entropy',
    title: 'Entropy',
    help: 'How undecided the policy is about its next word. A slow fall is learning; a plunge is collapse.',
    format: (value) => fixed(value, 2),
    atLeast: 0.5,
    curves: ofRun,
    unit: 'step',
  },
  {
    key: 'kl',
    title: 'KL divergence',
    help: 'How far the policy has moved from where it started. 0 while the KL coefficient is 0.',
    format: compact,
    atLeast: 0.02,
    curves: ofRun,
    unit: 'step',
  },
  {
    key: 'clip_ratio/region_mean',
    title: 'Clip fraction',
    help: 'Tokens whose push was cut short. It stays at 0 with one inner epoch: nothing has moved yet.',
    format: percent,
    atLeast: 0.1,
    curves: ofRun,
    unit: 'step',
  },
  {
    key: 'frac_reward_zero_std',
    title: 'Equal groups',
    help: 'Zero variance: all attempts at a task earned the same, so nobody is pushed by it.',
    format: percent,
    range: [0, 1],
    curves: ofRun,
    unit: 'step',
  },
  {
    key: 'peak_memory',
    title: 'Peak memory',
    help: 'The most the device held at once during a step. Long conversations raise it; it should not creep.',
    format: mebibytes,
    atLeast: 2 ** 20,
    axisUnit: 2 ** 20,
    curves: ofRun,
    unit: 'step',
  },
];

export const SFT_CHARTS: readonly ChartSpec<SftCurve>[] = [
  {
    key: 'loss',
    title: 'Cold start: loss',
    help: 'How surprised the policy is by the demonstrations. It should fall fast, then level off.',
    format: (value) => fixed(value, 2),
    atLeast: 1,
    curves: ofSft,
    unit: 'update',
  },
  {
    key: 'validity',
    title: 'Cold start: valid turns',
    help: 'Turns that are well-formed calls when the policy speaks for itself. RL needs this to be high.',
    format: percent,
    range: [0, 1],
    curves: ofSft,
    unit: 'update',
  },
];
