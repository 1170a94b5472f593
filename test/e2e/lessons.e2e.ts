/** Lessons in the built page: opened by a link, predicted, run for real on WASM, and read. Links that leave parts out. */
import { describe, expect, it } from 'vitest';
import { sidewaysScroll } from './page.mjs';
import { browserWith, LONG } from './run';

const on = browserWith();
/** An engine opens, plays 32 conversations and learns from them, next to whatever else this machine does. */
const LESSON = 4 * LONG;

describe('lessons', () => {
  it(
    'are predicted, run and read, by keyboard alone',
    () =>
      on({ hash: '#view=lessons&lesson=rollout&device=wasm' }, async (run) => {
        const { page } = run;
        await page.getByRole('heading', { name: 'Eight times the same request' }).waitFor();
        const start = page.getByRole('button', { name: 'Run', exact: true });
        expect(await start.isDisabled()).toBe(true);
        await page.getByRole('radio').first().focus();
        await page.keyboard.press('Space');
        await page.keyboard.press('ArrowDown');
        const predicted = await page.locator('label:has(input:checked)').innerText();
        await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
        await page.getByRole('button', { name: 'Stop', exact: true }).waitFor();

        const said = page.getByTestId('said');
        await said.waitFor({ timeout: LESSON });
        const text = await said.innerText();
        expect(text).toContain(predicted.trim());
        expect(text).toMatch(
          /of the eight conversations are different|the eight conversations are the same|all eight conversations are the same/,
        );
        expect(
          await page.getByRole('list', { name: 'Attempts, best first' }).getByRole('button').count(),
        ).toBe(8);

        // What it says is what the engine reported: the step that the lesson made, not one of the page's run.
        const steps = await run.steps();
        expect(steps).toHaveLength(1);
        expect(steps[0]?.groups.map(({ rollouts }) => rollouts.length)).toEqual([8, 8, 8, 8]);
        const best = Math.max(
          ...steps[0]!.groups.flatMap(({ rollouts }) => rollouts.map((one) => one.trajectoryScore)),
        );
        const [, most] = /between \d+\.\d\d and (\d+\.\d\d)/.exec(text) ?? [];
        if (most !== undefined) expect(Number(most)).toBeLessThanOrEqual(best + 0.005);

        // It stays while one looks elsewhere.
        await page.getByRole('link', { name: 'All lessons' }).click();
        await page.getByRole('link', { name: /Eight times the same request.*done/ }).click();
        expect(await page.getByTestId('said').innerText()).toBe(text);
        expect(await sidewaysScroll(page)).toBe(0);
        expect(run.errors).toEqual([]);
      }),
    LESSON + LONG,
  );

  it('refuse a link to one that there is not, and say which there are', () =>
    on({ hash: '#view=lessons&lesson=grps' }, async (run) => {
      await run
        .banner(/could not be followed/)
        .getByText(/group-mean/)
        .waitFor();
    }));
});

describe('links that leave parts of the page out', () => {
  it('show a lesson without the frame', () =>
    on({ hash: '#view=lessons&lesson=clip&embed=1' }, async ({ page }) => {
      await page.getByRole('heading', { name: 'A push cut short' }).waitFor();
      for (const role of ['banner', 'contentinfo'] as const)
        expect(await page.getByRole(role).count()).toBe(0);
      expect(await page.getByRole('navigation', { name: 'Places' }).count()).toBe(0);
      await page.getByRole('link', { name: /On a leash/ }).click();
      await page.getByRole('heading', { name: 'On a leash' }).waitFor();
      expect(await page.evaluate(() => location.hash)).toContain('embed=1');
      expect(await page.getByRole('banner').count()).toBe(0);
    }));

  it('leave out what a class does not need, and the button that leads to it', () =>
    on({ hash: '#hide=settings,curves' }, async ({ page }) => {
      await page.getByRole('heading', { name: 'Turnwise' }).waitFor();
      await page.getByRole('heading', { name: 'The conversations' }).waitFor();
      expect(await page.getByRole('button', { name: 'Settings', exact: true }).count()).toBe(0);
      expect(await page.getByRole('region', { name: 'More curves' }).count()).toBe(0);
      expect(await page.getByRole('region', { name: 'Settings' }).count()).toBe(0);
      await page.getByRole('region', { name: 'Controls' }).waitFor();
    }));
});
