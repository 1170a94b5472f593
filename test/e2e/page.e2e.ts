/** The built page in a real browser: that it draws, listens and says what is wrong. Training is tested elsewhere. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DIST, sidewaysScroll, site, type OpenedPage, type OpenOptions, type Site } from './page.mjs';

let turnwise: Site;
beforeAll(async () => {
  if (!existsSync(join(DIST, 'index.html')))
    throw new Error('dist/ is not built; run `npm run build` first.');
  turnwise = await site();
});
afterAll(() => turnwise?.close());

async function on(options: OpenOptions, look: (opened: OpenedPage) => Promise<void>): Promise<void> {
  const opened = await turnwise.open(options);
  try {
    await opened.page.getByRole('heading', { name: 'Turnwise' }).waitFor();
    await look(opened);
  } finally {
    await opened.close();
  }
}

describe('the page', () => {
  it('draws its controls without an error', () =>
    on({ hash: '#v=1&seed=0' }, async ({ page, errors }) => {
      for (const name of ['Start', 'Step', 'Reset', 'Share']) {
        await page.getByRole('button', { name, exact: true }).waitFor();
      }
      await page.getByRole('textbox', { name: 'Seed', exact: true }).first().waitFor();
      await page.getByRole('img', { name: /^Reward/ }).waitFor();
      await page.locator('.uplot canvas').first().waitFor();
      // Once the engine is open, too: a missing file would be an error in the console.
      await page
        .getByTestId('status')
        .getByText(/Ready|Stopped/)
        .waitFor({ timeout: 50_000 });
      expect(errors).toEqual([]);
      expect(await page.getByTestId('status').textContent()).toBe('Ready');
    }));

  it('is isolated, as shared memory and fine timers need', () =>
    on({}, async ({ page }) => {
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    }));

  it('loads no TensorFlow.js into its own script', () =>
    on({}, async ({ page }) => {
      const bytes = await page.evaluate(async () => {
        const scripts = [...document.querySelectorAll<HTMLScriptElement>('script[src]')];
        const texts = await Promise.all(scripts.map(async (script) => (await fetch(script.src)).text()));
        return { size: texts.join('').length, tensorflow: texts.some((text) => text.includes('tensorflow')) };
      });
      expect(bytes.tensorflow).toBe(false);
      expect(bytes.size).toBeLessThan(260_000);
    }));

  it('writes a changed setting into the address, and only that', () =>
    on({}, async ({ page }) => {
      await page.getByRole('button', { name: 'Settings', exact: true }).click();
      await page.locator('summary', { hasText: 'Rollouts' }).click();
      await page.locator('#setting-groupSize').fill('16');
      await page.waitForFunction(() => location.hash === '#v=1&groupSize=16');
      await page.locator('#setting-groupSize').fill('lots');
      await page
        .getByRole('alert')
        .getByText(/whole number between 1 and 64/)
        .waitFor();
      expect(await page.evaluate(() => location.hash)).toBe('#v=1&groupSize=16');
      await page.getByRole('button', { name: 'Set Group size (G) back to 8' }).click();
      await page.waitForFunction(() => location.hash === '#v=1');
    }));

  it('opens the settings a link carries', () =>
    on({ hash: '#v=1&seed=42&turnMethod=r2g&device=wasm' }, async ({ page }) => {
      expect(await page.getByRole('textbox', { name: 'Seed', exact: true }).first().inputValue()).toBe('42');
      await page.locator('summary', { hasText: 'Credit' }).click();
      expect(await page.getByRole('radio', { name: /^Reward-to-go A turn/ }).isChecked()).toBe(true);
    }));

  it('says what is wrong with a bad link and leaves the address alone', () =>
    on({ hash: '#v=1&gropSize=4&gamma=7' }, async ({ page }) => {
      const alert = page.getByRole('alert').filter({ hasText: 'could not be followed' });
      await alert.getByText(/did you mean groupSize/).waitFor();
      await alert.getByText(/gamma/).waitFor();
      expect(await page.evaluate(() => location.hash)).toBe('#v=1&gropSize=4&gamma=7');
      await page.getByRole('button', { name: 'Use the defaults' }).click();
      await alert.waitFor({ state: 'detached' });
    }));

  it('has a sheet of shortcuts under "?"', () =>
    on({}, async ({ page }) => {
      await page.keyboard.press('?');
      const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
      await sheet.getByText('Start or pause').waitFor();
      await page.keyboard.press('Escape');
      await sheet.waitFor({ state: 'detached' });
      await page.keyboard.press('?');
      await sheet.waitFor();
      await page.keyboard.press('?');
      await sheet.waitFor({ state: 'detached' });
    }));

  it('typesets formulas', () =>
    on({}, async ({ page }) => {
      await page.getByRole('button', { name: 'Settings', exact: true }).click();
      await page.locator('summary', { hasText: 'Rollouts' }).click();
      await page.locator('[data-setting=groupSize] .formula').scrollIntoViewIfNeeded();
      const box = await page.locator('[data-setting=groupSize] .katex .mfrac').boundingBox();
      expect(box?.width).toBeGreaterThan(20);
      expect(box?.height).toBeGreaterThan(15);
    }));

  it.each([360, 390, 768, 1024, 1440, 1920])('has nothing to scroll sideways at %i px', (width) =>
    on({ width, height: 800 }, async ({ page }) => {
      await page.getByRole('button', { name: 'Settings', exact: true }).click();
      // The settings are drawn last.
      await page.locator('summary', { hasText: 'Evaluation' }).waitFor();
      for (const summary of await page.locator('summary').all()) {
        if (await summary.isVisible()) await summary.click();
      }
      expect(await sidewaysScroll(page)).toBe(0);
    }),
  );

  it.each([360, 1024, 1440])('has nothing to scroll sideways on the workbench at %i px', (width) =>
    on({ width, height: 800, hash: '#view=workbench' }, async ({ page }) => {
      await page.getByRole('heading', { name: 'Rules to try' }).waitFor();
      for (const summary of await page.locator('summary').all()) {
        if (await summary.isVisible()) await summary.click();
      }
      expect(await sidewaysScroll(page)).toBe(0);
    }),
  );

  it('changes its theme and remembers it', () =>
    on({ colorScheme: 'dark' }, async ({ page }) => {
      const ground = (): Promise<string> =>
        page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      const dark = await ground();
      await page.getByRole('button', { name: 'Use the light theme' }).click();
      const light = await ground();
      expect(light).not.toBe(dark);
      await page.reload();
      await page.getByRole('button', { name: 'Use the dark theme' }).waitFor();
      expect(await ground()).toBe(light);
    }));
});
