/** Clicking words of a real run on WASM: the numbers behind them agree with each other and with the record. */
import { describe, expect, it } from 'vitest';
import { browserWith, SMALL, type RunPage } from './run';

const on = browserWith();

/** A number as the page writes it. */
const read = (text: string): number => Number(text.replace('−', '-').replace(/[^-\d.e]/g, ''));

async function twoSteps(run: RunPage): Promise<void> {
  await run.ready();
  for (let step = 1; step <= 2; step++) {
    await run.press('Step');
    await run.reaches(step);
    await run.says('Paused');
  }
}

describe('the inspector', () => {
  it('shows the numbers behind a word', () =>
    on({ hash: `#${SMALL}&seed=5` }, async (run) => {
      const { page } = run;
      await twoSteps(run);
      const strip = page.getByRole('listbox', { name: 'Tokens of turn 1' });
      await strip
        .getByRole('option', { name: /before, .* now, / })
        .first()
        .waitFor();
      const made = (await run.steps()).at(-1)!;
      const group =
        made.groups.find(({ rollouts: [first, ...rest] }) =>
          rest.some((one) => one.trajectoryScore !== first!.trajectoryScore),
        ) ?? made.groups[0]!;
      const best = [...group.rollouts].sort((a, b) => b.trajectoryScore - a.trajectoryScore)[0]!;
      expect(await strip.getByRole('option').count()).toBe(best.turns[0]!.tokens.length);

      await strip.getByRole('option').nth(1).click();
      const panel = page.locator('.inspector');
      const cell = async (row: string, column: number) =>
        read(
          await panel
            .getByRole('row', { name: new RegExp(`^${row}`) })
            .first()
            .getByRole('cell')
            .nth(column)
            .innerText(),
        );
      await panel.getByText('From reward to gradient').waitFor();
      const [old, now] = [await cell('old', 1), await cell('now', 1)];
      expect(old).toBeCloseTo(best.turns[0]!.tokens[1]!.logProb, 3);
      expect(await cell('now', 0)).toBeCloseTo(100 * Math.exp(now), 0);
      expect(read(await panel.locator('[data-ratio=now]').innerText())).toBeCloseTo(Math.exp(now - old), 3);
      // One inner epoch: the gradient was taken where it was sampled.
      expect(read(await panel.locator('[data-ratio=update]').innerText())).toBeCloseTo(1, 3);
      expect(now).not.toBe(old);

      // The formula holds the same numbers, once KaTeX is there.
      const ratio = panel.locator('li').filter({ hasText: 'Probability ratio' });
      await ratio.scrollIntoViewIfNeeded();
      await panel.getByRole('radio', { name: 'now, after it' }).check();
      const shown = `= ${Math.exp(now - old)
        .toFixed(4)
        .slice(0, 5)}`;
      await ratio.locator('.katex-html').getByText(shown.slice(2)).first().waitFor();
      await panel.getByText(/the update makes this token (likelier|less likely)|Nothing is asked/).waitFor();

      // The arrows lead to the next word, and the panel goes along.
      const word = await panel.locator('h3').innerText();
      await strip.getByRole('option').nth(1).focus();
      await page.keyboard.press('ArrowRight');
      expect(await strip.getByRole('option').nth(2).getAttribute('aria-selected')).toBe('true');
      expect(await panel.locator('h3').innerText()).not.toBe(word);
      expect(await run.step()).toBe(2);

      // The whole turn: its words one below the other, and what they add to the loss.
      await panel.getByRole('button', { name: 'The whole turn' }).click();
      const words = panel.locator('.scroll tbody tr');
      expect(await words.count()).toBe(best.turns[0]!.tokens.length);
      const last = await words.last().getByRole('cell').allInnerTexts();
      expect(read(last[2]!)).toBeCloseTo(read(last[1]!) / read(last[0]!), 1);
      await panel.getByRole('button', { name: 'Close the inspector' }).click();
      await panel.waitFor({ state: 'detached' });
      expect(run.errors).toEqual([]);
    }));

  it('answers while the run goes on, and holds what is being read', () =>
    on({ hash: `#${SMALL}&seed=6` }, async (run) => {
      const { page } = run;
      await run.ready();
      await run.press('Start');
      await run.reaches(3);
      await page.getByRole('listbox', { name: 'Tokens of turn 1' }).getByRole('option').first().click();
      const panel = page.locator('.inspector');
      await panel.getByText('From reward to gradient').waitFor();
      const held = Number(/\d+/.exec(await page.locator('.when').innerText())?.[0]);
      await run.reaches(held + 10);
      await page.getByText(`Held at step ${held}.`).waitFor();
      // Another attempt of the step that is held is still remembered.
      await page.getByRole('list', { name: 'Attempts, best first' }).getByRole('button').nth(2).click();
      await page
        .getByRole('option', { name: /before, .* now, / })
        .first()
        .waitFor();
      await run.press('Pause');
      await run.says('Paused');
      expect(run.errors).toEqual([]);
    }));

  it('is a sheet on a phone', () =>
    on({ hash: `#${SMALL}`, width: 360, height: 740 }, async (run) => {
      const { page } = run;
      await twoSteps(run);
      await page.getByRole('button', { name: /^1\. Policy/ }).click();
      const sheet = page.getByRole('dialog', { name: 'Inspector' });
      await sheet.getByText('From reward to advantage').waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      await page.keyboard.press('Escape');
      await sheet.waitFor({ state: 'detached' });
      expect(run.errors).toEqual([]);
    }));
});
