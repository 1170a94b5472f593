/** Several runs in one chart: each a bold smoothed line over its faint raw values, told apart by colour and dashes. */
import type uPlot from 'uplot';
import { yRange } from '../charts/axis';
import { fade, type Palette } from '../charts/palette';
import { plotOptions, type PlotHooks } from '../charts/plot';
import type { ChartSpec } from '../charts/spec';
import { smooth } from '../smoothing';
import type { StepCurve } from '../state';
import type { ArmResult } from './lesson';

/** As CSS draws them in the list of names; canvas and CSS read the same values. The first two as in comparisons. */
export const STROKES = [
  { colour: 'accent', dash: [] },
  { colour: 'other', dash: [7, 4] },
  { colour: 'ink', dash: [2, 3] },
] as const satisfies readonly { colour: keyof Palette; dash: readonly number[] }[];

/** About the last three steps: lessons are short. */
const MEMORY = 0.65;

type Line = (number | null)[];

/**
 * The x axis, then a raw and a smoothed column for each of `runs` runs; a run that is shorter ends earlier, and one
 * that is still to come has empty ones.
 */
export function lineData(
  arms: readonly ArmResult[],
  key: StepCurve,
  runs = arms.length,
): [number[], ...Line[]] {
  const length = Math.max(0, ...arms.map(({ steps }) => steps.length));
  const padded = (values: Line): Line => [...values, ...Array<null>(length - values.length).fill(null)];
  const columns = Array.from({ length: runs }, (_, arm) => arms[arm]?.steps ?? []).flatMap((steps) => {
    const raw = steps.map((step) => step[key]);
    return [padded(raw), padded(smooth(raw, MEMORY))];
  });
  return [Array.from({ length }, (_, i) => i + 1), ...columns];
}

export function lineOptions(
  spec: ChartSpec<StepCurve>,
  size: { readonly width: number; readonly height: number },
  arms: number,
  hooks: PlotHooks,
): uPlot.Options {
  const { palette } = hooks;
  const base = plotOptions(spec, size, hooks);
  const series = STROKES.slice(0, arms).flatMap(({ colour, dash }): uPlot.Series[] => [
    {
      paths: () => null,
      points: { show: true, size: 4, width: 0, fill: () => fade(palette()[colour], 0.35) },
    },
    {
      stroke: () => palette()[colour],
      width: 2.25,
      dash: [...dash],
      spanGaps: true,
      points: { show: false },
    },
  ]);
  return {
    ...base,
    scales: {
      ...base.scales,
      // A lesson has so many steps and no more.
      x: { time: false, range: (_, __, last) => [0, Math.max(last ?? 0, hooks.furthest?.() ?? 0, 1)] },
      y: {
        range: ({ data }): uPlot.Range.MinMax =>
          spec.range
            ? [...spec.range]
            : yRange(
                data.slice(1).flatMap((column) => [...column] as Line),
                spec.atLeast ?? 1,
                spec.axisUnit,
              ),
      },
    },
    series: [{}, ...series],
  };
}
