/** Keeps a uPlot in an element: its size, its theme, and one redraw a frame however often its data change. */
import { untrack } from 'svelte';
import type { Attachment } from 'svelte/attachments';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Theme } from '../theme';
import { readPalette, type Palette } from './palette';

export interface Mounted {
  readonly options: (
    size: { readonly width: number; readonly height: number },
    palette: () => Palette,
  ) => uPlot.Options;
  readonly data: () => uPlot.AlignedData;
  readonly theme: () => Theme;
  /** In pixels; the width is the element's own. */
  readonly height: () => number;
  /** What else the drawing depends on. */
  readonly also?: () => unknown;
  /** Near enough to the window to be worth drawing. */
  readonly visible?: () => boolean;
  readonly made?: (plot: uPlot) => void;
}

export const mounted =
  ({ options, data, theme, height, also, visible, made }: Mounted): Attachment<HTMLDivElement> =>
  (host) => {
    let palette = readPalette(host);
    let frame = 0;
    const make = (): uPlot =>
      new uPlot(
        options({ width: Math.max(host.clientWidth, 80), height: height() }, () => palette),
        data(),
        host,
      );
    // uPlot draws while it is being made; tracked, whatever it reads then would make it anew at every step.
    const plot = untrack(make);
    untrack(() => made?.(plot));
    // However many steps arrive, one redraw a frame, and none for what is out of sight.
    const redraw = (): void => {
      cancelAnimationFrame(frame);
      if (visible?.() ?? true) frame = requestAnimationFrame(() => plot.setData(untrack(data)));
    };
    $effect(() => {
      void [data(), also?.()];
      redraw();
    });
    $effect(() => {
      void theme();
      palette = readPalette(host);
      redraw();
    });
    // Told of its first size, too, and of a change of `height`, which is the element's own.
    const resized = new ResizeObserver(() => {
      const size = { width: host.clientWidth, height: height() };
      if (size.width > 0 && (size.width !== plot.width || size.height !== plot.height)) plot.setSize(size);
    });
    resized.observe(host);
    return () => {
      cancelAnimationFrame(frame);
      resized.disconnect();
      plot.destroy();
    };
  };
