/** A chart as a picture with its title, on the ground it stands on. */
import type uPlot from 'uplot';
import type { Palette } from '../charts/palette';

/** In CSS pixels; the canvas has `devicePixelRatio` of its own to each. */
const MARGIN = 16;
const LINE = 18;

/** `lines` stand under the title: what the curves are. Null where the browser has no memory for it. */
export function chartPng(
  plot: uPlot,
  {
    title,
    lines,
    palette,
  }: { readonly title: string; readonly lines: readonly string[]; readonly palette: Palette },
): Promise<Blob | null> {
  const source = plot.ctx.canvas;
  const ratio = source.width / plot.width;
  const head = (MARGIN + LINE * (lines.length + 1) + 8) * ratio;
  const canvas = document.createElement('canvas');
  canvas.width = source.width + 2 * MARGIN * ratio;
  canvas.height = source.height + head + MARGIN * ratio;
  const ctx = canvas.getContext('2d');
  if (!ctx) return Promise.resolve(null);
  ctx.fillStyle = palette.paper;
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.textBaseline = 'top';
  const family = palette.font.replace('12px ', '');
  const write = (text: string, line: number, weight: number, size: number, colour: string): void => {
    ctx.font = `${weight} ${size * ratio}px ${family}`;
    ctx.fillStyle = colour;
    ctx.fillText(text, MARGIN * ratio, (MARGIN + LINE * line) * ratio);
  };
  write(title, 0, 600, 15, palette.ink);
  for (const [i, line] of lines.entries()) write(line, i + 1.1, 400, 12, palette.muted);
  ctx.drawImage(source, MARGIN * ratio, head);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}
