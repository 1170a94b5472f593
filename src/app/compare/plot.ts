/** How a comparison is drawn: raw lines faint, means bold, bands between them, and the sides named where they end. */
import uPlot from 'uplot';
import { axes, WHOLE } from '../charts/plot';
import { yRange } from '../charts/axis';
import { fade, type Palette } from '../charts/palette';
import type { Arm } from '../../runs/stored-run';
import type { MetricSpec } from './metrics';
import type { Compared, SideCurve, View } from './series';

/** Accent and solid, ochre and dashed: whoever cannot tell the colours apart has the dashes. */
export const LOOKS: Readonly<Record<Arm, { readonly role: 'accent' | 'other'; readonly dash: number[] }>> = {
  a: { role: 'accent', dash: [] },
  b: { role: 'other', dash: [7, 4] },
};

/** All lines on one x axis: for each side mean, lower and upper bound; then every run's raw values. */
export function aligned({ runs, sides }: Compared): uPlot.AlignedData {
  const tables = [
    ...sides.map(({ x, mean, low, high }): uPlot.AlignedData => [x, mean, low, high]),
    ...runs.map(({ x, raw }): uPlot.AlignedData => [x, raw]),
  ].filter(([x]) => x.length > 0);
  return tables.length > 0 ? uPlot.join(tables) : [[]];
}

/** The series of `aligned`, in its order. */
export function seriesOf({ runs, sides }: Compared, palette: () => Palette): uPlot.Series[] {
  const colour = (arm: Arm): string => palette()[LOOKS[arm].role];
  const bound = (arm: Arm): uPlot.Series => ({
    stroke: () => fade(colour(arm), 0),
    width: 0,
    points: { show: false },
    spanGaps: false,
  });
  const bold = ({ arm, x }: SideCurve): uPlot.Series => ({
    stroke: () => colour(arm),
    width: 2.5,
    dash: LOOKS[arm].dash,
    spanGaps: true,
    // A line needs two points; a single one would not be seen.
    points: { show: x.length < 12, size: 6, width: 0, fill: () => colour(arm) },
  });
  return [
    {},
    ...sides.flatMap((side) => (side.x.length > 0 ? [bold(side), bound(side.arm), bound(side.arm)] : [])),
    ...runs
      .filter(({ x }) => x.length > 0)
      .map(({ arm }): uPlot.Series => ({
        stroke: () => fade(colour(arm), 0.28),
        width: 1,
        dash: LOOKS[arm].dash,
        points: { show: false },
        spanGaps: true,
      })),
  ];
}

export function bandsOf({ sides }: Compared, palette: () => Palette): uPlot.Band[] {
  return sides
    .filter(({ x }) => x.length > 0)
    .map(({ arm }, i) => ({
      // Mean, lower, upper bound of side i are series 3 i + 1 to 3 i + 3.
      series: [3 * i + 3, 3 * i + 2],
      fill: () => fade(palette()[LOOKS[arm].role], 0.16),
    }));
}

export interface CompareHooks {
  /** The x value under the crosshair, or null when the pointer has left. */
  readonly pointed: (x: number | null) => void;
  readonly names: () => Readonly<Record<Arm, string>>;
}

export function compareOptions(
  spec: MetricSpec,
  view: View,
  data: Compared,
  size: { readonly width: number; readonly height: number },
  palette: () => Palette,
  { pointed, names }: CompareHooks,
): uPlot.Options {
  return {
    ...size,
    class: 'plot',
    padding: [12, 14, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      // Zooming by accident is worse than not zooming.
      drag: { setScale: false, x: false, y: false },
      points: { show: false },
      sync: { key: `compare-${view.axis}`, scales: ['x', null] },
    },
    scales: {
      x: { time: false, range: (_, __, last) => [0, last > 0 ? last * 1.02 : 1] },
      y: view.log
        ? { distr: 3 }
        : {
            range: (plot): uPlot.Range.MinMax =>
              spec.range
                ? [...spec.range]
                : yRange(plot.data.slice(1).flat() as (number | null)[], spec.atLeast ?? 1, spec.axisUnit),
          },
    },
    axes: axes(spec, view.log ? Infinity : size.height, palette, view.axis === 'step' ? WHOLE : undefined),
    series: seriesOf(data, palette),
    bands: bandsOf(data, palette),
    hooks: {
      setCursor: [
        (plot) => {
          const { idx } = plot.cursor;
          pointed(typeof idx === 'number' ? (plot.data[0][idx] ?? null) : null);
        },
      ],
      draw: [(plot) => drawNames(plot, data.sides, names(), palette())],
    },
  };
}

/** CSS pixels: the height of a name, and how far its middle stands from the line. */
const LINE = 15;
const GAP = 12;

/** Each side's name above or below the end of its line, apart from the other's. */
function drawNames(
  plot: uPlot,
  sides: readonly SideCurve[],
  names: Readonly<Record<Arm, string>>,
  palette: Palette,
): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio || 1;
  ctx.save();
  ctx.font = `600 ${palette.font.replace('12px', `${12 * ratio}px`)}`;
  ctx.lineJoin = 'round';
  ctx.textBaseline = 'middle';
  const ends = sides.flatMap((side) => {
    const [x, y] = [side.x.at(-1), side.mean.at(-1)];
    if (x === undefined || typeof y !== 'number') return [];
    const width = ctx.measureText(names[side.arm]).width;
    const right = Math.min(plot.valToPos(x, 'x', true), bbox.left + bbox.width);
    const left = Math.max(bbox.left + 4 * ratio, right - width);
    return [{ ...side, left, right: left + width, y: plot.valToPos(y, 'y', true) }];
  });
  // The upper line's name stands above everything that is drawn where it stands, the lower one's below.
  for (const [i, { arm, left, right }] of ends.toSorted((one, other) => one.y - other.y).entries()) {
    const heights = ends.flatMap(({ x, mean }) =>
      x.flatMap((at, k) => {
        const value = mean[k];
        const position = plot.valToPos(at, 'x', true);
        return typeof value === 'number' && position >= left - LINE && position <= right + LINE
          ? [plot.valToPos(value, 'y', true)]
          : [];
      }),
    );
    const wanted = i === 0 ? Math.min(...heights) - GAP * ratio : Math.max(...heights) + GAP * ratio;
    const y = Math.min(
      Math.max(wanted, bbox.top + LINE * ratio * 0.4),
      bbox.top + bbox.height - LINE * ratio * 0.5,
    );
    ctx.lineWidth = 4 * ratio;
    ctx.strokeStyle = palette.paper;
    ctx.strokeText(names[arm], left, y);
    ctx.fillStyle = palette[LOOKS[arm].role];
    ctx.fillText(names[arm], left, y);
  }
  ctx.restore();
}
