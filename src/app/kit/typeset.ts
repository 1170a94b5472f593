/** KaTeX as this page uses it. Fetched with the first formula that comes into view, as are the two or three fonts it needs. */
import katex, { type KatexOptions } from 'katex';
import 'katex/dist/katex.min.css';

const OPTIONS: KatexOptions = {
  // Terms are marked with the class of their role, so that their colour follows the theme; nothing else is let through.
  trust: ({ command }) => command === '\\htmlClass',
  strict: (code: string) => (code === 'htmlExtension' ? 'ignore' : 'error'),
};

/** Draws a formula, with MathML beside it for those who hear it. Throws where it cannot be typeset. */
export function typeset(tex: string, element: HTMLElement): void {
  katex.render(`\\displaystyle ${tex}`, element, OPTIONS);
}

/** The same as text. */
export const markup = (tex: string): string => katex.renderToString(`\\displaystyle ${tex}`, OPTIONS);
