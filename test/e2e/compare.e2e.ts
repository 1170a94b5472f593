/** Runs against each other on the built page: a small experiment with the real engine, kept over a reload, exported. */
import { readFile } from 'node:fs/promises';
import type { Download, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { browserWith, LONG, SMALL } from './run';

const onPage = browserWith();
const PLACE = `#${SMALL}&view=compare`;
/** Four runs of three steps; each opens its policy anew. */
const EXPERIMENT = 240_000;

async function downloaded(page: Page, press: () => Promise<void>): Promise<{ name: string; text: string }> {
  const [download]: [Download, void] = await Promise.all([page.waitForEvent('download'), press()]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
}

describe('comparing', () => {
  it(
    'trains two sides from the same seeds, says what came out, keeps it over a reload and exports it',
    () =>
      onPage({ hash: PLACE }, async ({ page, errors }) => {
        await page.getByRole('button', { name: /^Change it first: Does it pay/ }).click({ timeout: LONG });
        // Tests of 96 episodes would take longer than all the training here.
        await page.getByRole('button', { name: 'Leave Evaluate every as it is' }).click();
        await page.getByRole('spinbutton', { name: 'Steps of every run' }).fill('3');
        await page.getByRole('spinbutton', { name: 'Seeds of each side' }).fill('2');
        await page.getByRole('spinbutton', { name: 'First seed' }).fill('11');
        await page.getByText('Four runs of 3 steps').waitFor();
        await page.getByRole('button', { name: 'Train both', exact: true }).click();
        await page.getByTestId('queue').waitFor();
        await page.getByTestId('queue').waitFor({ state: 'detached', timeout: EXPERIMENT });

        const verdict = page.getByTestId('verdict');
        const pattern = /^After 3 steps A earns \d+\s% ± .* B \d+\s% ± .*two seeds each/;
        expect(await verdict.textContent()).toMatch(pattern);
        await page.getByText('trajectory score: sum → mean', { exact: true }).waitFor();
        const chart = page.getByRole('img', { name: /^Reward, at the end: A sum \d+\s% .*; B mean \d+\s%/ });
        await chart.waitFor();
        expect(await chart.locator('canvas').count()).toBe(1);

        // What the crosshair points at stands beside the title, in every chart alike.
        const box = (await chart.locator('.u-over').boundingBox())!;
        await page.mouse.move(box.x + 3, box.y + 20);
        await page.getByRole('img', { name: /^Turns, step 1: A sum/ }).waitFor();
        await page.mouse.move(0, 0);

        await page.reload();
        await verdict.waitFor({ timeout: LONG });
        expect(await verdict.textContent()).toMatch(pattern);

        const csv = await downloaded(page, () =>
          page.getByRole('button', { name: 'Save CSV, long' }).click(),
        );
        expect(csv.name).toBe('turnwise-runs-long.csv');
        const rows = csv.text
          .trim()
          .split('\r\n')
          .slice(1)
          .map((line) => line.split(','));
        const scores = rows.filter((row) => row[6] === 'score');
        expect(scores.map((row) => `${row[3]}${row[4]}/${row[5]}`).sort()).toEqual(
          ['a11', 'a12', 'b11', 'b12'].flatMap((run) => [`${run}/1`, `${run}/2`, `${run}/3`]),
        );
        const png = await downloaded(page, () =>
          page.getByRole('button', { name: 'PNG: save Reward as a picture' }).click(),
        );
        expect(png.text.slice(1, 4)).toBe('PNG');

        // Out, deleted, and in again.
        const json = await downloaded(page, () => page.getByRole('button', { name: 'Save JSON' }).click());
        await page.getByRole('button', { name: /^Delete all runs/ }).click();
        await page.getByRole('button', { name: 'Delete all', exact: true }).click();
        await page.getByText(/^None yet/).waitFor();
        const file = { name: json.name, mimeType: 'application/json', buffer: Buffer.from(json.text) };
        await page.locator('input[type=file]').setInputFiles(file);
        await page.getByText('turnwise-runs.json: 4 runs added.').waitFor();
        expect(await verdict.textContent()).toMatch(pattern);
        expect(errors).toEqual([]);
      }),
    EXPERIMENT + 120_000,
  );

  it('keeps the run of the page, and lists with its reason what cannot be read', () =>
    onPage({ hash: `#${SMALL}` }, async (run) => {
      const { page } = run;
      await run.ready();
      await run.press('Step');
      await run.reaches(1);
      await run.says('Paused');
      // As an older page, or somebody else, might have left it.
      const breakOne = (): Promise<boolean> =>
        page.evaluate(async () => {
          // Opening what is not there yet would make it, and empty.
          const known = await indexedDB.databases();
          if (!known.some(({ name }) => name === 'turnwise')) return false;
          return new Promise<boolean>((resolve, reject) => {
            const opening = indexedDB.open('turnwise');
            opening.onerror = () => reject(opening.error);
            opening.onsuccess = () => {
              const database = opening.result;
              const writing = database.transaction('runs', 'readwrite');
              writing.objectStore('runs').put({ version: 1, name: 'half a run' }, 'broken');
              writing.oncomplete = () => {
                database.close();
                resolve(true);
              };
            };
          });
        });
      await expect.poll(breakOne, { timeout: LONG }).toBe(true);
      await page.reload();
      await run.ready();
      await run.press('Compare');
      await page.getByText(/seed 0 · 1 step · \d+\s%/).waitFor({ timeout: LONG });
      await page.getByText(/^broken: id: /).waitFor();
      const saved = await downloaded(page, () =>
        page.getByRole('button', { name: 'Save broken as it is' }).click(),
      );
      expect(saved.text).toContain('half a run');
      await page.getByRole('button', { name: 'Delete broken' }).click();
      await page.getByText(/^broken: id: /).waitFor({ state: 'detached' });

      await page.locator('summary', { hasText: 'Name, note' }).click();
      await page.getByRole('textbox', { name: 'Name' }).fill('first steps');
      await page.getByRole('textbox', { name: 'Name' }).press('Enter');
      await page.getByRole('button', { name: 'first steps on side B' }).click();
      await page.getByText(/Put runs on both sides/).waitFor();
      await page.reload();
      await page.getByText('first steps', { exact: true }).waitFor({ timeout: LONG });
    }));

  it('says so where the browser keeps nothing', () =>
    onPage(
      {
        hash: PLACE,
        before: (page) =>
          page.addInitScript(() => {
            Object.defineProperty(window, 'indexedDB', {
              get() {
                throw new DOMException('The operation is insecure.', 'SecurityError');
              },
            });
          }),
      },
      async ({ page, errors }) => {
        await page
          .getByRole('status')
          .getByText(/runs last only as long as the page is open/)
          .waitFor({ timeout: LONG });
        await page
          .getByRole('button', { name: /^Train both: / })
          .first()
          .waitFor();
        expect(errors).toEqual([]);
      },
    ));

  it.each(['light', 'dark'] as const)('has nothing to scroll sideways on a phone, %s', (colorScheme) =>
    onPage({ hash: PLACE, width: 360, height: 800, colorScheme }, async ({ page }) => {
      await page
        .getByRole('button', { name: /^Change it first: / })
        .first()
        .click({ timeout: LONG });
      const sideways = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(sideways).toBe(0);
    }),
  );
});
