/**
 * Every place of the page, in both themes, on a desk and on a phone, before and after something has been played: axe
 * finds nothing serious, nothing can be scrolled sideways, and a picture of it lands in test/artifacts/views/.
 */
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { VIEW_NAMES, VIEWS, type ViewName } from '../../src/app/views';
import { sidewaysScroll } from './page.mjs';
import { browserWith } from './run';

declare global {
  interface Window {
    axe: typeof axe;
  }
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const PICTURES = resolve(import.meta.dirname, '../artifacts/views');
const SIZES = [
  { at: 'desk', width: 1440, height: 900 },
  { at: 'phone', width: 360, height: 800 },
];
const THEMES = ['light', 'dark'] as const;
const HASH = '#v=1&tasksPerStep=2&groupSize=4&maxTurns=5&evaluateEvery=0&device=wasm';

const on = browserWith();

/** What axe holds against the page by WCAG 2.2 AA and its own best practices, serious or worse, as text. */
async function complaints(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: AXE });
  const found = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
    return violations.map(({ id, impact, help, nodes }) => ({
      id,
      impact: impact ?? 'minor',
      help,
      where: nodes.map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary}`),
    }));
  });
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, where }) => `${id}: ${help}\n  ${where.slice(0, 5).join('\n  ')}`);
}

async function visit(page: Page, name: ViewName): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Places' })
    .getByRole('button', { name: VIEWS[name].title, exact: true })
    .click();
  await page.getByText('Fetching this part of the page').waitFor({ state: 'detached' });
  await page.waitForTimeout(300);
}

describe.each(SIZES.flatMap((size) => THEMES.map((theme) => ({ ...size, theme }))))(
  'the places of the page on a $at, $theme',
  ({ at, width, height, theme }) => {
    it('are to be read by everyone, at first and when there is something to see', { timeout: 240_000 }, () =>
      on({ hash: HASH, width, height, colorScheme: theme }, async (run) => {
        const { page, errors } = run;
        // What is on its way from one colour to another is not to be judged.
        await page.emulateMedia({ reducedMotion: 'reduce' });
        mkdirSync(PICTURES, { recursive: true });
        const found: string[] = [];
        const look = async (name: ViewName, when: string): Promise<void> => {
          await visit(page, name);
          const place = `${name}-${at}-${theme}-${when}`;
          await page.screenshot({ path: join(PICTURES, `${place}.png`), fullPage: true });
          found.push(...(await complaints(page)).map((complaint) => `${place}: ${complaint}`));
          if ((await sidewaysScroll(page)) > 0) found.push(`${place}: can be scrolled sideways`);
        };
        for (const name of VIEW_NAMES) await look(name, 'first');
        await visit(page, 'watch');
        await run.ready();
        await page.keyboard.press('s');
        await run.reaches(1);
        for (const name of VIEW_NAMES) await look(name, 'played');
        expect(found).toEqual([]);
        expect(errors).toEqual([]);
      }),
    );
  },
);
