/** A gym from a table that is pasted: what is wrong with one is said, a good one opens a run of it and trains. */
import { describe, expect, it } from 'vitest';
import { BIRDS } from '../gyms/own/tables';
import { browserWith, SMALL, type RunPage } from './run';

const on = browserWith();

const opened = async (run: RunPage) =>
  (await run.requests()).flatMap((request) => (request.kind === 'open' ? [request] : []));

describe('a gym of one’s own', () => {
  it('is asked for before anything is opened, mended, and trained on', () =>
    on({ hash: `#${SMALL}` }, async (run) => {
      await run.ready();
      await run.page.getByRole('radio', { name: /^Your own/ }).check();
      const sheet = run.page.getByRole('dialog', { name: 'A gym of your own' });
      const text = sheet.getByLabel('The table as text');
      const bad = BIRDS.replace('penguin', '');
      await text.fill(bad);
      await sheet.getByText('the name of the thing is missing').waitFor();
      expect(await sheet.getByRole('button', { name: 'Use this gym' }).isDisabled()).toBe(true);
      expect(await text.inputValue()).toBe(bad);
      // Choosing the gym has not opened a run without a table.
      expect((await opened(run)).map(({ settings }) => settings.gym)).toEqual(['intention']);
      expect(await run.page.locator('main, .notices').getByRole('alert').count()).toBe(0);

      await text.fill(BIRDS);
      await sheet.getByText(/^4 \w+ to guess/).waitFor();
      await sheet.getByRole('button', { name: 'Use this gym' }).click();
      await run.ready();
      for (const step of [1, 2]) {
        await run.press('Step');
        await run.reaches(step);
      }
      const [, own, ...more] = await opened(run);
      expect(more).toEqual([]);
      expect(own).toMatchObject({ settings: { gym: 'own' }, table: { kind: 'things', noun: 'bird' } });
      expect((await run.steps()).map(({ metrics }) => metrics.step)).toEqual([1, 2]);
      expect(run.errors).toEqual([]);
    }));

  it('keeps what was pasted when its sheet is closed, and goes back to the gym of before', () =>
    on({ hash: `#${SMALL}&gym=telepathy` }, async (run) => {
      await run.ready();
      const choice = run.page.getByRole('radio', { name: /^Your own/ });
      await choice.check();
      const sheet = run.page.getByRole('dialog', { name: 'A gym of your own' });
      await sheet.getByLabel('The table as text').fill('half a table,');
      await sheet.getByRole('button', { name: 'Cancel' }).click();
      await run.page.getByRole('radio', { name: /^Telepathy/, checked: true }).waitFor();
      await choice.check();
      expect(await sheet.getByLabel('The table as text').inputValue()).toBe('half a table,');
    }));
});
