/** Being the user on the built page, with the real engine: by quick replies, by typing, and into training. */
import { describe, expect, it } from 'vitest';
import type { Locator } from 'playwright-core';
import { sidewaysScroll } from './page.mjs';
import { browserWith, LONG, SMALL, type RunPage } from './run';

const on = browserWith();
const SETTINGS = `#${SMALL}&view=talk`;

const placeOf = (run: RunPage): Locator => run.page.getByRole('region', { name: 'Be the user' });

async function begin(run: RunPage): Promise<Locator> {
  const place = placeOf(run);
  const button = place.getByRole('button', { name: 'Begin' });
  await button.waitFor({ timeout: LONG });
  await run.page.waitForFunction(
    () =>
      [...document.querySelectorAll('button')].some(
        (one) => one.textContent?.trim() === 'Begin' && !one.disabled,
      ),
    null,
    { timeout: LONG },
  );
  await button.click();
  await place.getByRole('log').waitFor({ timeout: LONG });
  return place;
}

const ending = (place: Locator): Locator =>
  place.getByText(/^(Solved|Over, and not solved|Ran out of|Spoke without|Made a call)/).first();

/** Answers to the end; `answer` is called whenever a reply is waited for. */
async function toTheEnd(
  run: RunPage,
  place: Locator,
  answer: (turn: number) => Promise<void>,
): Promise<void> {
  const reply = place.getByRole('textbox', { name: 'Your reply' });
  for (let turn = 0; ; turn++) {
    await reply.or(ending(place)).first().waitFor({ timeout: LONG });
    if (await ending(place).isVisible()) return;
    const before = await place.getByRole('log').locator('li').count();
    await answer(turn);
    await run.page.waitForFunction(
      (count) =>
        document.querySelector('.result') !== null ||
        (document.querySelectorAll('[role=log] li.policy, [role=log] li.reply').length + 1 > count &&
          document.querySelector('[role=log] li.thinking') === null),
      before,
      { timeout: LONG },
    );
  }
}

describe('being the user', () => {
  it('by quick replies, to the score, and into a step', { timeout: 6 * LONG }, () =>
    on({ hash: SETTINGS }, async (run) => {
      const place = await begin(run);
      await place.getByText('What you know').waitFor();
      const quick = place.getByRole('list', { name: 'Quick replies' }).getByRole('button');
      await toTheEnd(run, place, () => quick.first().click());
      await ending(place).waitFor();
      // By its own words the scripted user does as well.
      const scores = await place.locator('.scores .number').allTextContents();
      expect(scores).toHaveLength(2);
      expect(scores[0]).toBe(scores[1]);
      await place.getByRole('heading', { name: 'You and the script' }).waitFor();

      await place.getByRole('button', { name: 'Add to training' }).click();
      await place.getByText('Your attempt and 3 with the scripted user').waitFor({ timeout: LONG });
      await place.getByRole('button', { name: 'Make the step' }).click();
      await place.getByText('Step 1 has learnt from it').waitFor({ timeout: LONG });
      const [step] = await run.steps();
      expect(step!.metrics.rollouts_with_person).toBe(1);
      expect(step!.groups[0]!.rollouts.map(({ withPerson = false }) => withPerson)).toEqual([
        true,
        false,
        false,
        false,
      ]);
      await place.getByRole('button', { name: 'See it in Watch' }).click();
      await run.page.getByRole('heading', { name: 'The conversations' }).waitFor();
      // What was said is still there when one comes back.
      await run.press('Be the user');
      await ending(placeOf(run)).waitFor();
      expect(run.errors).toEqual([]);
    }),
  );

  it('by the keyboard alone, with words the policy does not know', { timeout: 6 * LONG }, () =>
    on({ hash: SETTINGS }, async (run) => {
      const place = await begin(run);
      const reply = place.getByRole('textbox', { name: 'Your reply' });
      await toTheEnd(run, place, async (turn) => {
        if (turn > 0) return run.page.keyboard.press('Enter');
        await run.page.waitForFunction(() => document.activeElement?.tagName === 'INPUT', null, {
          timeout: LONG,
        });
        await run.page.keyboard.type('my Flumph, perhaps');
        await place.locator('s', { hasText: 'flumph' }).waitFor({ timeout: LONG });
        await place
          .getByText(/leaves open what was asked|policy reads/)
          .first()
          .waitFor();
        await run.page.keyboard.press('Enter');
      });
      const said = (await run.requests()).filter((request) => request.kind === 'say');
      if (said.length) {
        expect(said[0]!.text).toBe('my Flumph, perhaps');
        await place.getByRole('log').getByText('My flumph, perhaps').waitFor();
      }
      await expect(reply.count()).resolves.toBe(0);
    }),
  );

  it('goes back to the beginning with a new run', { timeout: 4 * LONG }, () =>
    on({ hash: SETTINGS }, async (run) => {
      const place = await begin(run);
      await run.page.keyboard.press('Escape');
      await place.getByRole('heading', { name: 'Be the user' }).click();
      await run.page.locator('body').press('r');
      await run.page.waitForFunction(
        () => window.engineWasAsked.filter(({ request }) => request.kind === 'open').length > 1,
      );
      const reply = place.getByRole('textbox', { name: 'Your reply' });
      if (await reply.isVisible()) {
        await run.page.waitForFunction(
          () =>
            [...document.querySelectorAll('button')].some(
              (one) => one.textContent?.trim() === 'Send' && !one.disabled,
            ),
          null,
          { timeout: LONG },
        );
        await reply.fill('hello');
        await reply.press('Enter');
        await place.getByText('The run was reset').waitFor({ timeout: LONG });
      }
      await place.getByRole('button', { name: 'Begin' }).waitFor({ timeout: LONG });
    }),
  );

  it('has nothing to scroll sideways on a phone', { timeout: 4 * LONG }, () =>
    on({ hash: SETTINGS, width: 360, height: 800 }, async (run) => {
      const place = await begin(run);
      await toTheEnd(run, place, () => place.getByRole('button', { name: 'Send' }).click());
      expect(await sidewaysScroll(run.page)).toBe(0);
    }),
  );
});
