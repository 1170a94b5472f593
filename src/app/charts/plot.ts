/**
 * The uPlot options all charts share: faint raw values, a bold smoothed line, a shared crosshair. What comes after
 * the moment that is shown (charts/split.ts) is fainter still.
 */
import type uPlot from 'uplot';
import { compact } from '../format';
import { thirds, xRange, yRange } from './axis';
import { fade, type Palette } from './palette';
import type { ChartSpec } from './spec';

/** Wide enough for "100 %", the same everywhere, so that charts under each other line up. */
const GUTTER = 46;
const SMALL = 160;

export interface PlotHooks {
  readonly palette: () => Palette;
  /** The index under the crosshair, or null when the pointer has left. */
  readonly pointed: (index: number | null) => void;
  /** What is drawn over the lines, in canvas pixels. */
  readonly over?: (plot: uPlot) => void;
  /** The last step that must fit, where it lies beyond the data. */
  readonly furthest?: () => number;
}

export function plotOptions(
  spec: ChartSpec<string>,
  size: { readonly width: number; readonly height: number },
  hooks: PlotHooks,
): uPlot.Options {
  const { palette } = hooks;
  return {
    ...size,
    class: 'plot',
    padding: [10, 12, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      // Zooming by accident is worse than not zooming: the chart follows the run.
      drag: { setScale: false, x: false, y: false },
      points: { show: false },
      sync: { key: spec.unit, scales: ['x', null] },
    },
    scales: {
      x: {
        time: false,
        range: (_, __, last) => xRange(Math.max(last ?? 0, hooks.furthest?.() ?? 0)),
      },
      y: {
        range: (plot): uPlot.Range.MinMax =>
          spec.range
            ? [...spec.range]
            : yRange(
                [...(plot.data[1] ?? []), ...(plot.data[3] ?? [])] as (number | null)[],
                spec.atLeast ?? 1,
                spec.axisUnit,
              ),
      },
    },
    axes: axes(spec, size.height, palette, WHOLE),
    series: [
      {},
      ...[
        { points: 0.4, line: 1, width: 2.25 },
        // After the moment that is shown.
        { points: 0.14, line: 0.3, width: 1.5 },
      ].flatMap(({ points, line, width }): uPlot.Series[] => [
        {
          stroke: () => fade(palette().accent, points),
          paths: () => null,
          points: { show: true, size: 4, width: 0, fill: () => fade(palette().accent, points) },
        },
        {
          stroke: () => fade(palette().accent, line),
          width,
          spanGaps: true,
          points: { show: false },
        },
      ]),
    ],
    hooks: {
      setCursor: [(plot) => hooks.pointed(plot.cursor.idx ?? null)],
      draw: hooks.over ? [hooks.over] : [],
    },
  };
}

/** Steps are whole, and so are the numbers on their axis. */
export const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000];

/** The two axes every chart has. `incrs`: the distances that numbers on the x axis may have; else uPlot's own. */
export function axes(
  { axisUnit, format }: Pick<ChartSpec<string>, 'axisUnit' | 'format'>,
  height: number,
  palette: () => Palette,
  incrs?: number[],
): uPlot.Axis[] {
  const grid = { show: true, stroke: () => palette().line, width: 1 };
  return [
    {
      stroke: () => palette().muted,
      font: palette().font,
      size: 26,
      gap: 4,
      grid: { show: false },
      ticks: { ...grid, size: 4 },
      border: { ...grid, stroke: () => palette().lineStrong },
      ...(incrs ? { incrs } : { values: (_, ticks) => ticks.map((tick) => compact(tick)) }),
      space: 56,
    },
    {
      stroke: () => palette().muted,
      font: palette().font,
      size: GUTTER,
      gap: 6,
      grid,
      ticks: { show: false },
      space: 40,
      // A small chart has room for three labels, and says most with its ends and its middle.
      ...(height < SMALL ? { splits: (_, __, low, high) => thirds(low, high) } : {}),
      values: (_, ticks) => ticks.map((tick) => (axisUnit ? compact(tick / axisUnit) : format(tick))),
    },
  ];
}
