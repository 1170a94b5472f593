/**
 * The colour tokens as a canvas can use them. A custom property comes back as it was written
 * (`light-dark(…)`), so each is resolved by giving it to an element and asking for its colour.
 */
export interface Palette {
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly lineStrong: string;
  readonly accent: string;
  readonly other: string;
  readonly minus: string;
  readonly paper: string;
  readonly font: string;
}

export function readPalette(element: HTMLElement): Palette {
  const probe = document.createElement('span');
  probe.hidden = true;
  element.append(probe);
  const style = getComputedStyle(probe);
  const colour = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return style.color;
  };
  const palette: Palette = {
    ink: colour('ink'),
    muted: colour('muted'),
    line: colour('line'),
    lineStrong: colour('line-strong'),
    accent: colour('accent'),
    other: colour('other'),
    minus: colour('minus'),
    paper: colour('paper'),
    font: `12px ${style.fontFamily}`,
  };
  probe.remove();
  return palette;
}

/** A resolved `rgb(…)` with an opacity. */
export function fade(colour: string, alpha: number): string {
  const parts = /^rgba?\(([^)]+)\)$/
    .exec(colour)?.[1]
    ?.split(/[\s,/]+/)
    .slice(0, 3);
  return parts ? `rgba(${parts.join(', ')}, ${alpha})` : colour;
}
