/** What stands over the reward line: the two demonstrators as dashed lines, evaluations as marks. */
import type uPlot from 'uplot';
import type { Baselines, EvaluationRecord } from '../../runs/record';
import { percent } from '../format';
import type { Palette } from './palette';

export interface Overlay {
  readonly baselines: Baselines | null;
  readonly evaluations: readonly EvaluationRecord[];
  /** The step that is shown, where that is not the end. */
  readonly position: number | null;
}

/** Where on the curve the moment is that is shown: a line across, and a knob at the smoothed value. */
export function drawPosition(plot: uPlot, step: number, value: number | null, palette: Palette): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio || 1;
  const x = Math.round(plot.valToPos(step, 'x', true));
  ctx.save();
  ctx.strokeStyle = palette.ink;
  ctx.lineWidth = ratio;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  if (value !== null) {
    ctx.fillStyle = palette.accent;
    ctx.strokeStyle = palette.paper;
    ctx.lineWidth = 2 * ratio;
    ctx.beginPath();
    ctx.arc(x, plot.valToPos(value, 'y', true), 4.5 * ratio, 0, 2 * Math.PI);
    ctx.fill();
    ctx.stroke();
  }
  ctx.restore();
}

/**
 * Evaluations are scored as a share of what the oracle earns, the chart's axis is the share of what the
 * rules allow; the oracle's own line is the rate of exchange.
 */
export function onAxis(score: number, baselines: Baselines | null): number {
  return score * (baselines?.oracle ?? 1);
}

export function drawOverlay(
  plot: uPlot,
  { baselines, evaluations, position }: Overlay,
  palette: Palette,
): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio || 1;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left - 8 * ratio, bbox.top - 8 * ratio, bbox.width + 16 * ratio, bbox.height + 16 * ratio);
  ctx.clip();
  if (baselines) {
    // A run starts low and ends high: the free ends of the lines are opposite ones.
    const across = position === null ? null : plot.valToPos(position, 'x', true);
    line(plot, baselines.oracle, `oracle ${percent(baselines.oracle)}`, 'left', across, palette, ratio);
    line(plot, baselines.random, `random ${percent(baselines.random)}`, 'right', across, palette, ratio);
  }
  for (const evaluation of evaluations) {
    const x = plot.valToPos(evaluation.step, 'x', true);
    const at = (score: number): number => plot.valToPos(onAxis(score, baselines), 'y', true);
    const half = evaluation.score_ci95;
    ctx.globalAlpha = position !== null && evaluation.step > position ? 0.3 : 1;
    mark(ctx, x, at(evaluation.score), at(evaluation.score + half), at(evaluation.score - half), {
      filled: evaluation.decoding === 'sampled',
      palette,
      ratio,
    });
  }
  ctx.restore();
}

function line(
  plot: uPlot,
  value: number,
  label: string,
  side: 'left' | 'right',
  /** Where the line of the moment goes, beside which the label keeps. */
  across: number | null,
  palette: Palette,
  ratio: number,
): void {
  const { ctx, bbox } = plot;
  const y = Math.round(plot.valToPos(value, 'y', true));
  ctx.strokeStyle = palette.muted;
  ctx.lineWidth = ratio;
  ctx.setLineDash([5 * ratio, 4 * ratio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.setLineDash([]);

  ctx.font = palette.font.replace('12px', `${12 * ratio}px`);
  ctx.textAlign = side;
  // Under the line near the top, where there is no room above it.
  const above = y - bbox.top > 20 * ratio;
  ctx.textBaseline = above ? 'bottom' : 'top';
  const inwards = side === 'left' ? 1 : -1;
  const end = side === 'left' ? bbox.left + 6 * ratio : bbox.left + bbox.width - 4 * ratio;
  const far = end + inwards * ctx.measureText(label).width;
  const struck =
    across !== null && inwards * (across - end) > -6 * ratio && inwards * (far - across) > -6 * ratio;
  const x = struck ? across + inwards * 6 * ratio : end;
  const textY = y + (above ? -3 : 4) * ratio;
  ctx.lineJoin = 'round';
  ctx.lineWidth = 4 * ratio;
  ctx.strokeStyle = palette.paper;
  ctx.strokeText(label, x, textY);
  ctx.fillStyle = palette.muted;
  ctx.fillText(label, x, textY);
}

interface MarkStyle {
  readonly filled: boolean;
  readonly palette: Palette;
  readonly ratio: number;
}

/** A diamond with the 95 % interval as a whisker: filled when sampled, open when greedy. */
function mark(
  ctx: CanvasRenderingContext2D,
  x: number,
  y: number,
  top: number,
  bottom: number,
  style: MarkStyle,
): void {
  const { palette, ratio, filled } = style;
  const r = 5 * ratio;
  ctx.strokeStyle = palette.ink;
  ctx.lineWidth = ratio;
  ctx.beginPath();
  ctx.moveTo(x, top);
  ctx.lineTo(x, bottom);
  ctx.stroke();
  ctx.lineWidth = 1.5 * ratio;
  ctx.fillStyle = filled ? palette.ink : palette.paper;
  ctx.beginPath();
  ctx.moveTo(x, y - r);
  ctx.lineTo(x + r, y);
  ctx.lineTo(x, y + r);
  ctx.lineTo(x - r, y);
  ctx.closePath();
  ctx.fill();
  ctx.stroke();
}
