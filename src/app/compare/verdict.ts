/** What the numbers say, in sentences, and no more than they say. */
import { inWords, fixed, percent } from '../format';
import type { Arm, StoredRun } from '../../runs/stored-run';
import type { RunsOfSides } from './groups';
import { sample, welch, type Sample } from './statistics';

/** A single step is a few dozen conversations; the mean over some of the last ones is steadier. */
const WINDOW = 5;

export interface Verdict {
  /** The main sentence. */
  readonly result: string;
  /** How sure that is, and what else differs. */
  readonly notes: readonly string[];
}

type Values = Readonly<Record<Arm, readonly number[]>>;

/** Null while a side is empty. */
export function verdictOf(sides: RunsOfSides): Verdict | null {
  // As far as both sides have come; runs that have not come so far, or still train, are left out.
  const last = Math.min(farthest(sides.a), farthest(sides.b));
  if (last === 0) return null;
  const [a, b] = [sides.a, sides.b].map((runs) => runs.filter((run) => lastStep(run) >= last)) as [
    StoredRun[],
    StoredRun[],
  ];
  const short = sides.a.length + sides.b.length - a.length - b.length;
  const near = (metric: 'score' | 'turns'): Values => ({
    a: a.map((run) => lately(run, metric, last)),
    b: b.map((run) => lately(run, metric, last)),
  });
  const scores = near('score');
  const { texts, seeds } = said(scores);
  const from = Math.max(1, last - WINDOW + 1);
  const over = from === last ? `step ${last}` : `mean of steps ${from} to ${last}`;
  const steps = last === 1 ? '1 step' : `${last} steps`;
  return {
    result: `After ${steps} A earns ${texts.a} of the possible reward, B ${texts.b} (${seeds}; ${over}).`,
    notes: [sureness(scores), turns(near('turns')), tests(a, b), leftOut(short, last)].filter(
      (note) => note !== null,
    ),
  };
}

const lastStep = ({ curves }: StoredRun): number => curves.step.at(-1) ?? 0;
const farthest = (runs: readonly StoredRun[]): number => Math.max(0, ...runs.map(lastStep));

function leftOut(runs: number, last: number): string | null {
  if (runs === 0) return null;
  const some = runs === 1 ? 'One run has' : `${capital(inWords(runs))} runs have`;
  return `${some} fewer than ${last} steps and ${runs === 1 ? 'is' : 'are'} left out of this.`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function said(values: Values): { texts: Record<Arm, string>; seeds: string } {
  const samples = { a: sample(values.a), b: sample(values.b) };
  const { a, b } = samples;
  const count = (n: number): string => `${inWords(n)} ${n === 1 ? 'seed' : 'seeds'}`;
  const each = a.n === b.n ? `${count(a.n)} each` : `${count(a.n)} against ${count(b.n)}`;
  const spread = a.sd === null && b.sd === null ? '' : ', ± standard deviation between them';
  return { texts: { a: withSpread(a), b: withSpread(b) }, seeds: `${each}${spread}` };
}

const withSpread = ({ mean, sd }: Sample): string =>
  sd === null ? percent(mean) : `${percent(mean)} ± ${hundredths(sd)}`;

function sureness({ a, b }: Values): string {
  const { difference, ci95 } = welch(a, b);
  const ahead = difference >= 0 ? 'A' : 'B';
  const gap = points(Math.abs(difference));
  if (a.length < 2 || b.length < 2)
    return `That puts ${ahead} ahead by ${gap}. One seed on a side cannot tell that from luck: another may come out the other way round.`;
  if (!ci95)
    return `All seeds of a side came to the same number, so how far chance reaches is not known; they lie ${gap} apart.`;
  const [low, high] = ci95.map(hundredths);
  const interval = `95 % interval of A − B: ${low} to ${high} points (Welch)`;
  return ci95[0] <= 0 && ci95[1] >= 0
    ? `These seeds do not tell the two apart: the difference of ${gap} lies within what chance can do (${interval}).`
    : `${ahead} is ahead by ${gap}, more than chance would explain (${interval}).`;
}

/** Said only where the seeds agree that there is a difference. */
function turns({ a, b }: Values): string | null {
  const { difference, ci95 } = welch(a, b);
  if (!ci95 || (ci95[0] <= 0 && ci95[1] >= 0)) return null;
  const fewer = difference > 0 ? 'B' : 'A';
  const [less, more] = [sample(a).mean, sample(b).mean].sort((x, y) => x - y);
  return `${fewer} takes ${fixed(Math.abs(difference), 1)} turns fewer: ${fixed(less, 1)} against ${fixed(more, 1)}.`;
}

/** The last evaluation that every run has. */
function tests(a: readonly StoredRun[], b: readonly StoredRun[]): string | null {
  const measured = (run: StoredRun): number[] =>
    run.evaluations.flatMap(({ split, decoding, step }) =>
      split === 'test' && decoding === 'greedy' ? [step] : [],
    );
  const [first, ...others] = [...a, ...b].map(measured);
  const step = first?.findLast((one) => others.every((steps) => steps.includes(one)));
  if (step === undefined || step === 0) return null;
  const at = (run: StoredRun): number =>
    run.evaluations.find((one) => one.decoding === 'greedy' && one.split === 'test' && one.step === step)
      ?.score ?? 0;
  const { texts } = said({ a: a.map(at), b: b.map(at) });
  return `On test tasks after step ${step}, greedily: A ${texts.a} of what the oracle earns, B ${texts.b}.`;
}

function lately({ curves }: StoredRun, metric: 'score' | 'turns', last: number): number {
  const values = curves[metric].filter((value, i): value is number => {
    const step = curves.step[i]!;
    return value !== null && step <= last && step > last - WINDOW;
  });
  return sample(values).mean;
}

function points(share: number): string {
  const text = hundredths(share);
  return `${text} ${text === '1' ? 'point' : 'points'}`;
}

/** Percentage points; below one with a decimal, as "0" would deny what little there is. */
const hundredths = (share: number): string => fixed(share * 100, Math.abs(share) < 0.01 ? 1 : 0);
