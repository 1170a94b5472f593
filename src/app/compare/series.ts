/**
 * From stored runs to what is drawn: for every run a faint raw line, for every side the mean over its runs and a band
 * around it. Smoothed first, point by point; only then is a long run thinned for drawing, so that no spike is lost to
 * the thinning and none is made by it.
 */
import type { Column } from '../../runs/columns';
import { ARMS, type Arm, type StoredRun } from '../../runs/stored-run';
import { thinned } from '../curves';
import { smooth } from '../smoothing';
import type { RunsOfSides } from './groups';
import type { MetricSpec } from './metrics';
import { sample, standardError } from './statistics';

/** What the x axis counts. */
export const AXES = {
  step: { title: 'Steps', unit: 'step' },
  time: { title: 'Time', unit: 'minutes' },
  tokens: { title: 'Tokens', unit: 'tokens' },
} as const;
export type AxisName = keyof typeof AXES;

/** How far the band reaches around the mean. */
export const BANDS = {
  range: { title: 'Lowest to highest seed' },
  error: { title: '± standard error' },
} as const;
export type BandName = keyof typeof BANDS;

export interface View {
  readonly axis: AxisName;
  readonly band: BandName;
  /** Memory of the moving average, in [0, 1). */
  readonly smoothing: number;
  readonly log: boolean;
}

type Line = (number | null)[];

/** One run's values of one metric. */
export interface RunCurve {
  readonly id: string;
  readonly name: string;
  readonly seed: number;
  readonly arm: Arm;
  readonly x: number[];
  readonly raw: Line;
  readonly smooth: Line;
}

/** A side's mean over its runs. The bounds are null where fewer than two runs have a value. */
export interface SideCurve {
  readonly arm: Arm;
  readonly x: number[];
  readonly mean: Line;
  readonly low: Line;
  readonly high: Line;
}

export interface Compared {
  readonly runs: readonly RunCurve[];
  readonly sides: readonly SideCurve[];
}

export function compared(sides: RunsOfSides, spec: MetricSpec, view: View): Compared {
  const runs = ARMS.flatMap((arm) => sides[arm].map((run) => curveOf(run, arm, spec, view)));
  return {
    runs,
    sides: ARMS.map((arm) =>
      meanOf(
        arm,
        runs.filter((one) => one.arm === arm),
        view.band,
      ),
    ),
  };
}

/** Where on the x axis each step of a run lies; step 0 lies at 0. */
export function positions({ curves }: StoredRun, axis: AxisName): number[] {
  if (axis === 'step') return [...curves.step];
  if (axis === 'tokens') return filled(curves.num_tokens);
  let sum = 0;
  return curves.step_time.map((value) => (sum += value ?? 0) / 60);
}

/** Counters do not fall back: where one was not measured, it stands where it stood. */
function filled(column: Column): number[] {
  let last = 0;
  return column.map((value) => (last = value ?? last));
}

export function curveOf(run: StoredRun, arm: Arm, spec: MetricSpec, view: View): RunCurve {
  const { source } = spec;
  const at = positions(run, view.axis);
  const { id, name, settings } = run;
  const who = { id, name, seed: settings.seed, arm };
  // A logarithmic axis has no place for 0 and below.
  const shown = (value: number | null): number | null =>
    value === null || (view.log && value <= 0) ? null : value;
  if (source.kind === 'test') {
    const evaluations = run.evaluations.filter(
      ({ split, decoding }) => split === 'test' && decoding === source.decoding,
    );
    const values = evaluations.map((one) => shown(one[source.measure]));
    const x = evaluations.map(({ step }) => at[run.curves.step.findLastIndex((one) => one <= step)] ?? 0);
    // Measured too seldom for an average over time to mean anything.
    return { ...who, x, raw: values, smooth: values };
  }
  const raw = run.curves[source.metric].map(shown);
  const averages = smooth(
    raw.map((value) => value ?? NaN),
    view.smoothing,
  );
  const smoothed = averages.map((value, i) => (raw[i] === null ? null : value));
  return { ...who, x: thinned(at), raw: thinned(raw), smooth: thinned(smoothed) };
}

/**
 * At every x at which one of the runs has a value, the mean over those runs that reach it; between its own points a
 * run is taken to go straight.
 */
export function meanOf(arm: Arm, runs: readonly RunCurve[], band: BandName): SideCurve {
  const known = runs.map((run) => withValues(run)).filter(({ x }) => x.length > 0);
  const grid = [...new Set(known.flatMap(({ x }) => x))].sort((a, b) => a - b);
  const lines = known.map((run) => interpolated(run, grid));
  const mean: Line = [];
  const low: Line = [];
  const high: Line = [];
  for (let i = 0; i < grid.length; i++) {
    const values = lines.flatMap((line) => line[i] ?? []);
    const here = sample(values);
    mean.push(here.mean);
    const error = standardError(here);
    if (error === null) {
      low.push(null);
      high.push(null);
    } else if (band === 'error') {
      low.push(here.mean - error);
      high.push(here.mean + error);
    } else {
      low.push(Math.min(...values));
      high.push(Math.max(...values));
    }
  }
  return { arm, x: grid, mean, low, high };
}

function withValues({ x, smooth: values }: RunCurve): { x: number[]; y: number[] } {
  const kept = { x: [] as number[], y: [] as number[] };
  for (const [i, value] of values.entries()) {
    if (value === null) continue;
    kept.x.push(x[i]!);
    kept.y.push(value);
  }
  return kept;
}

/** Values at ascending `grid` points; null before the first point and after the last. */
function interpolated(
  { x, y }: { readonly x: readonly number[]; readonly y: readonly number[] },
  grid: readonly number[],
): Line {
  let next = 0;
  return grid.map((at) => {
    while (next < x.length && x[next]! < at) next++;
    if (next === x.length) return null;
    if (x[next] === at) return y[next]!;
    if (next === 0) return null;
    const [x0, x1] = [x[next - 1]!, x[next]!];
    const share = (at - x0) / (x1 - x0);
    return y[next - 1]! + share * (y[next]! - y[next - 1]!);
  });
}

/** The value of a line at the point nearest to `at`; null where the line has none within its ends. */
export function valueAt(x: readonly number[], values: Line, at: number): number | null {
  const last = x.at(-1);
  if (last === undefined || at < x[0]! || at > last) return null;
  let nearest = 0;
  for (let i = 1; i < x.length; i++) if (Math.abs(x[i]! - at) <= Math.abs(x[nearest]! - at)) nearest = i;
  return values[nearest] ?? null;
}
