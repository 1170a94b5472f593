/** The workbench on real rollouts: rules are tried at once, nothing of it acts on the run until it is told to. */
import { describe, expect, it } from 'vitest';
import { browserWith, LONG, type RunPage } from './run';

const on = browserWith();
const HASH = '#v=1&tasksPerStep=2&groupSize=8&maxTurns=6&evaluateEvery=0&device=wasm&view=workbench';

const summary = (run: RunPage): Promise<string | null> => run.page.getByTestId('summary').textContent();
const order = (run: RunPage): Promise<string[]> =>
  run.page
    .getByRole('list', { name: /^Rollouts under the rules/ })
    .getByRole('button')
    .evaluateAll((rows) => rows.map((row) => row.querySelector('.sr-only')?.textContent ?? ''));

/** Into the workbench, with the rollouts of one step. */
async function playOne(run: RunPage): Promise<void> {
  await run.page.getByText('Nothing has been played yet').waitFor();
  await run.press('Make one step');
  await run.page.getByTestId('summary').waitFor({ timeout: LONG });
}

describe('the workbench', () => {
  it('has the rollouts of a step that was made while one was elsewhere', () =>
    on({ hash: HASH }, async (run) => {
      await run.page.getByText('Nothing has been played yet').waitFor();
      await run.page.keyboard.press('1');
      await run.ready();
      await run.page.keyboard.press('s');
      await run.reaches(1);
      await run.page.getByRole('navigation').getByRole('button', { name: 'Workbench' }).click();
      await run.page.getByTestId('summary').waitFor({ timeout: LONG });
      expect(run.errors).toEqual([]);
    }));

  it('shows what another rule does to the rollouts of a step, and puts it back', () =>
    on({ hash: HASH }, async (run) => {
      await playOne(run);
      expect(await summary(run)).toMatch(/^Nothing changes in this group/);
      const trained = await order(run);
      expect(trained).toHaveLength(8);

      // Whoever earned early gains by it, however long the attempts are.
      await run.page.getByRole('radio', { name: /^Reward-to-go Early/ }).check();
      await run.page.locator('#setting-gamma').fill('0.3');
      await run.page.waitForFunction(
        () => !document.querySelector('[data-testid=summary]')?.textContent?.startsWith('Nothing changes'),
      );
      expect(await order(run)).not.toEqual(trained);
      // Nothing of it is in the address, and so not in the run.
      expect(await run.page.evaluate(() => location.hash)).not.toMatch(/gamma|trajectoryMethod/);

      await run.press('Put back');
      await run.page
        .getByTestId('summary')
        .getByText(/^Nothing changes/)
        .waitFor();
      expect(await order(run)).toEqual(trained);
      expect(run.errors).toEqual([]);
    }));

  it('shows what another reward for one turn would do to all of the group', () =>
    on({ hash: HASH }, async (run) => {
      await playOne(run);
      const paid = run.page.getByRole('spinbutton', { name: /^What the gym paid for turn 1 / });
      await paid.fill('5');
      await run.page
        .getByTestId('summary')
        .getByText(/change|push/)
        .waitFor();
      expect((await order(run))[0]).toMatch(/score [5-9]\.\d\d/);
      await paid.press('ArrowUp');
      expect(await paid.inputValue()).toBe('5.1');
      await paid.fill('much');
      await run.page
        .getByRole('alert')
        .getByText(/number between/)
        .waitFor();
      await run.page.getByRole('button', { name: /^Back to .* turn 1 earned/ }).click();
      await run.page
        .getByTestId('summary')
        .getByText(/^Nothing changes/)
        .waitFor();
    }));

  it('trains with the rules that were tried, and with terms on what happens', () =>
    on({ hash: HASH }, async (run) => {
      await playOne(run);
      await run.press('Add a term');
      await run.page.getByRole('combobox', { name: 'What happens, term 1' }).selectOption('repeated');
      await run.page.getByRole('spinbutton', { name: 'Weight of repeated' }).fill('-0.4');
      await run.page.locator('#setting-stepPenalty').fill('0.1');
      await run.press('Train with these rules');
      await run.page.waitForFunction(
        () => new URLSearchParams(location.hash.slice(1)).get('rewardTerms') === 'repeated:-0.4',
      );
      await run.press('Make one step');
      await run.page.getByRole('button', { name: 'take step 2' }).click({ timeout: LONG });
      await run.page
        .getByTestId('summary')
        .getByText(/^Nothing changes/)
        .waitFor();

      const [, step] = await run.steps();
      const rollouts = step!.groups.flatMap((group) => group.rollouts);
      for (const { turns } of rollouts) {
        for (const { reward, trainingReward, events } of turns) {
          const again = events.filter(({ name }) => name === 'repeated').length;
          expect(trainingReward ?? reward).toBeCloseTo(reward - 0.1 - 0.4 * again, 9);
        }
      }
      const mean = (of: (rollout: (typeof rollouts)[number]) => number): number =>
        rollouts.reduce((sum, rollout) => sum + of(rollout), 0) / rollouts.length;
      expect(step!.metrics.score).toBeCloseTo(
        mean(({ score }) => score),
        9,
      );
      expect(step!.metrics.reward).toBeLessThan(mean(({ reward }) => reward));
    }));

  it('refuses terms it does not know, in words, and keeps those in use', () =>
    on({ hash: HASH }, async (run) => {
      await run.page.locator('summary', { hasText: 'As text' }).click();
      const text = run.page.getByRole('textbox', { name: 'Reward terms as text' });
      await text.fill('repeated:-0.2');
      await run.page.getByRole('spinbutton', { name: 'Weight of repeated' }).waitFor();
      await text.fill('repeatd:-0.2');
      await run.page
        .getByRole('alert')
        .getByText(/did you mean repeated\?/)
        .waitFor();
      await run.page.getByRole('spinbutton', { name: 'Weight of repeated' }).waitFor();
    }));

  it('says why the loss is 0, with the numbers of the step', () =>
    on({ hash: HASH }, async (run) => {
      await playOne(run);
      await run.page.locator('summary', { hasText: 'Why is my loss 0?' }).click();
      await run.page.getByText('The ratio is 1').waitFor();
      await run.page.getByText(/Step 1 of 5: the learning rate was/).waitFor();
    }));
});
