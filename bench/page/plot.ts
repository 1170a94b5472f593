/** The uPlot options of a log-log plot with whiskers from quartile to quartile. */
import type uPlot from 'uplot';
import type { Palette } from '../../src/app/charts/palette';
import { count } from '../../src/app/format';
import type { Curves } from './curves';
import { lookOf } from './look';

const GUTTER = 52;

/** A little more than from the smallest to the largest; room of its own for one point, which would have none. */
function around(values: readonly number[]): [number, number] {
  const positive = values.filter((value) => value > 0);
  if (positive.length === 0) return [1, 10];
  const low = Math.min(...positive);
  const high = Math.max(...positive);
  return [low / 1.6, high * 1.6];
}

export const everyValue = ({ lines }: Curves): number[] =>
  lines.flatMap(({ low, high, middle }) => [...low, ...high, ...middle]).filter((value) => value !== null);

export function plotOptions(
  curves: Curves,
  size: { readonly width: number; readonly height: number },
  palette: () => Palette,
): uPlot.Options {
  const axis = {
    stroke: () => palette().muted,
    font: palette().font,
    ticks: { show: false },
  };
  return {
    ...size,
    padding: [10, 14, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, distr: 3, log: 10, range: () => around(curves.parameters) },
      y: { distr: 3, log: 10, range: () => around(everyValue(curves)) },
    },
    axes: [
      {
        ...axis,
        size: 26,
        gap: 4,
        grid: { show: false },
        border: { show: true, stroke: () => palette().lineStrong, width: 1 },
        // The sizes that were measured, rather than powers of ten between them.
        splits: () => [...curves.parameters],
        filter: (_, splits) => splits,
        values: (_, splits) => splits.map((value) => count(value)),
      },
      {
        ...axis,
        size: GUTTER,
        gap: 6,
        grid: { show: true, stroke: () => palette().line, width: 1 },
        splits: (_, __, low, high) => logTicks(low, high),
        filter: (_, splits) => splits,
        values: (_, splits) => splits.map(tick),
      },
    ],
    series: [
      {},
      ...curves.lines.map(({ id }): uPlot.Series => {
        const { colour, dash, width } = lookOf(id);
        return {
          stroke: () => palette()[colour],
          width,
          dash: [...dash],
          spanGaps: true,
          points: { show: true, size: 6, fill: () => palette()[colour] },
        };
      }),
    ],
    hooks: { draw: [(plot) => whiskers(plot, curves, palette())] },
  };
}

/** 1, 2 and 5 times powers of ten between two values; only every third where there are many. */
export function logTicks(low: number, high: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
    for (const digit of [1, 2, 5]) ticks.push(Number(`${digit}e${power}`));
  const inside = ticks.filter((value) => value >= low && value <= high);
  const tens = inside.filter((value) => Math.log10(value) % 1 === 0);
  return tens.length > 2 ? tens : inside;
}

const tick = (value: number) => (value < 1 ? String(Number(value.toPrecision(1))) : count(value));

function whiskers(plot: uPlot, { lines, parameters }: Curves, palette: Palette): void {
  const { ctx } = plot;
  ctx.save();
  ctx.lineWidth = devicePixelRatio;
  for (const { id, low, high } of lines) {
    ctx.strokeStyle = palette[lookOf(id).colour];
    parameters.forEach((at, i) => {
      const [from, to] = [low[i], high[i]];
      if (typeof from !== 'number' || typeof to !== 'number') return;
      const x = plot.valToPos(at, 'x', true);
      ctx.beginPath();
      ctx.moveTo(x, plot.valToPos(from, 'y', true));
      ctx.lineTo(x, plot.valToPos(to, 'y', true));
      ctx.stroke();
    });
  }
  ctx.restore();
}
