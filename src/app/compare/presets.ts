/** Experiments that are worth a few minutes, ready to be run or changed. Data. */
import type { Settings } from '../../runs/settings';
import type { Draft, DraftRow } from './draft';

export interface Preset {
  readonly id: string;
  /** The question it answers. */
  readonly question: string;
  /** What to look out for. */
  readonly help: string;
  readonly a: Partial<Settings>;
  readonly b: Partial<Settings>;
  /** The same for both; small enough that three seeds of each take minutes. */
  readonly both?: Partial<Settings>;
  readonly steps: number;
}

const SEEDS = 3;
/** Tests at the beginning and at the end only: they cost as much as several steps. */
const QUICK = (steps: number): Partial<Settings> => ({ evaluateEvery: steps });

export const PRESETS: readonly Preset[] = [
  {
    id: 'sum-mean',
    question: 'Does it pay to stop early?',
    help: "The paper adds a conversation's rewards up; the released code takes their mean, by which a short lucky conversation beats a long thorough one. Watch the turns.",
    a: { trajectoryMethod: 'sum' },
    b: { trajectoryMethod: 'mean' },
    both: { turnMethod: 'equalized', ...QUICK(30) },
    steps: 30,
  },
  {
    id: 'cold-start',
    question: 'What does the cold start buy?',
    help: 'Without demonstrations first, the policy hardly ever makes a valid call, and where all attempts earn nothing there is nothing to learn from.',
    a: { checkpoint: 'nano' },
    b: { checkpoint: 'nano-base' },
    both: QUICK(20),
    steps: 20,
  },
  {
    id: 'user',
    question: 'Is a terse user harder to learn from?',
    help: 'Both learn the same tasks, one from a user who answers what was asked, one from a user who says a word or two.',
    a: { userStrength: 'plain' },
    b: { userStrength: 'terse' },
    both: QUICK(30),
    steps: 30,
  },
  {
    id: 'learning-rate',
    question: 'How fast is too fast?',
    help: 'Five times the learning rate. It may learn faster or fall apart: watch the entropy and the KL divergence.',
    a: { learningRate: 2e-3 },
    b: { learningRate: 1e-2 },
    both: QUICK(30),
    steps: 30,
  },
];

/** The first row shows what differs; what both change alike follows. */
export function draftOf({ a, b, both = {}, steps }: Preset, firstSeed: number): Draft {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b), ...Object.keys(both)])];
  const [ofA, ofB] = [
    { ...both, ...a },
    { ...both, ...b },
  ];
  const rows = keys.map((name) => {
    const key = name as keyof Settings;
    return { key, a: ofA[key], b: ofB[key], split: ofA[key] !== ofB[key] };
  }) as DraftRow[];
  return { rows, steps, seeds: SEEDS, firstSeed };
}
