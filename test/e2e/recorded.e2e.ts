/** What one sees before anything has been trained: a recorded run, on a scrubber, and one click from there to one's own. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DIST, sidewaysScroll } from './page.mjs';
import { browserWith, LONG, SMALL, type RunPage } from './run';

const on = browserWith();

const recorded = JSON.parse(readFileSync(join(DIST, 'recordings/default.json'), 'utf8')) as {
  metrics: { step: number[] };
  kept: { step: number }[];
  looks: { step: number }[];
};
const LAST = recorded.metrics.step.length;

const slider = ({ page }: RunPage) => page.getByRole('slider', { name: 'Step', exact: true });
const position = async (run: RunPage): Promise<number> => Number(await slider(run).inputValue());
const ready = (run: RunPage) => run.page.locator('.conversation').waitFor();

describe('the page without settings in its address', () => {
  it('shows the recorded run, and asks for nothing that only training needs', () => {
    const asked: string[] = [];
    return on(
      {
        before: (page) => {
          page.on('request', (request) => asked.push(request.url()));
          return Promise.resolve();
        },
      },
      async (run) => {
        await ready(run);
        const note = run.page.locator('p', { hasText: 'A recorded run.' });
        expect(await note.innerText()).toMatch(
          /Intention \(.*\), with the default settings: \d+ steps .* Made on/,
        );
        expect(await position(run)).toBe(LAST);
        await run.page.getByRole('img', { name: new RegExp(`^Reward: \\d+\\s% at step ${LAST}$`) }).waitFor();
        await run.button('Train it yourself').waitFor();
        await run.page.waitForTimeout(500);
        expect(asked.filter((url) => /worker|models|\.wasm|safetensors/.test(url))).toEqual([]);
        expect(await run.page.evaluate(() => window.engineWasAsked)).toEqual([]);
        expect(run.errors).toEqual([]);
      },
    );
  });

  it('plays it from the beginning, and stops when it is told to', () =>
    on({}, async (run) => {
      await ready(run);
      await run.press('Play the steps');
      await expect.poll(() => position(run), { timeout: LONG }).toBeGreaterThan(1);
      await run.press('Stop playing');
      const stopped = await position(run);
      expect(stopped).toBeLessThan(LAST);
      await run.page.waitForTimeout(1500);
      expect(await position(run)).toBe(stopped);
      await run.press('max');
      await run.press('Play the steps');
      await expect.poll(() => position(run), { timeout: LONG }).toBe(LAST);
      await run.button('Play the steps').waitFor();
    }));

  it('goes through the steps from the keyboard, and says where it is', () =>
    on({}, async (run) => {
      await ready(run);
      await slider(run).focus();
      await run.page.keyboard.press('Home');
      expect(await position(run)).toBe(0);
      expect(await slider(run).getAttribute('aria-valuetext')).toBe(`Step 0 of ${LAST}`);
      for (let i = 0; i < 4; i++) await run.page.keyboard.press('ArrowRight');
      expect(await slider(run).getAttribute('aria-valuetext')).toMatch(
        new RegExp(`^Step 4 of ${LAST}, reward \\d+\\s%, conversations of step 3$`),
      );
      expect(await run.page.locator('.when').innerText()).toBe('step 4; these are of step 3');
      await run.page.getByRole('img', { name: /^Reward: \d+\s% at step 4$/ }).waitFor();

      // The page's own keys, while nothing has the focus.
      await slider(run).blur();
      await run.page.keyboard.press('s');
      expect(await position(run)).toBe(5);
      await run.page.keyboard.press('r');
      expect(await position(run)).toBe(0);
      await run.page.keyboard.press('Space');
      await run.button('Stop playing').waitFor();
      expect(await run.page.evaluate(() => window.engineWasAsked)).toEqual([]);
    }));

  it('shows the very same task at every look, and goes there at a press', () =>
    on({}, async (run) => {
      await ready(run);
      const looks = run.page.getByRole('group', { name: 'The same task at other steps' }).getByRole('button');
      expect(await looks.count()).toBe(recorded.looks.length);
      const openings = new Set<string>();
      for (const index of [0, 4, recorded.looks.length - 1]) {
        await looks.nth(index).click();
        expect(await position(run)).toBe(recorded.looks[index]!.step);
        openings.add(await run.page.locator('.opening .words').innerText());
      }
      expect(openings.size).toBe(1);
      await run.press('Tasks of this step');
      await run.page.getByText(/Of the 8 tasks of this step the first 4 are shown/).waitFor();
      expect(await run.page.locator('.looks').count()).toBe(0);
    }));

  it('shows what is behind the tokens of its best attempts, and says so where that was not recorded', () =>
    on({}, async (run) => {
      await ready(run);
      const tokens: string[] = [];
      run.page.on('request', (request) => {
        if (request.url().endsWith('.tokens.json')) tokens.push(request.url());
      });
      const words = run.page.getByRole('listbox', { name: 'Tokens of turn 1' }).getByRole('option');
      await words.nth(1).click();
      await run.page.getByText(/^No step is made with a watched task/).waitFor();
      expect(tokens).toEqual([]);
      await run.press('Tasks of this step');
      await run.page
        .getByRole('option', { name: /before, .* now, / })
        .first()
        .waitFor();
      await words.nth(1).click();
      await run.page.getByText('From reward to gradient').waitFor();
      expect(tokens).toHaveLength(1);
      expect(await run.page.evaluate(() => window.engineWasAsked)).toEqual([]);
      expect(run.errors).toEqual([]);
    }));

  it('lies on the workbench, too, where other rules can be tried on it', () =>
    on({ hash: '#view=workbench' }, async (run) => {
      const summary = run.page.getByTestId('summary');
      await summary.getByText(/^Nothing changes in this group/).waitFor();
      await run.page.getByRole('radio', { name: /^Mean What UserRL/ }).check();
      await run.page.getByText(`step ${LAST}`).first().waitFor();
      expect(await run.page.evaluate(() => window.engineWasAsked)).toEqual([]);
      expect(run.errors).toEqual([]);
    }));

  it.each([360, 768, 1440])('has nothing to scroll sideways at %i px', (width) =>
    on({ width, height: 800 }, async (run) => {
      await ready(run);
      expect(await sidewaysScroll(run.page)).toBe(0);
    }),
  );
});

describe('one click', () => {
  it('trains, and leaves the recorded run in reach', () =>
    on({ hash: '#v=1&device=wasm' }, async (run) => {
      await ready(run);
      await run.press('Train it yourself');
      await run.reaches(2, 4 * LONG);
      expect((await run.requests())[0]).toMatchObject({ kind: 'open', device: 'wasm' });
      await run.press('See the recorded run');
      await run.page.getByText(/^A recorded run\./).waitFor();
      expect(await slider(run).getAttribute('max')).toBe(String(LAST));
      await run.press('Back to your run');
      await run.press('Pause');
      await run.says('Paused', 2 * LONG);
      expect(await run.step()).toBeGreaterThanOrEqual(2);
      expect(run.errors).toEqual([]);
    }));

  it('says why where it cannot, and the recorded run stays', () =>
    on({ hash: '#v=1&device=webgpu' }, async (run) => {
      await ready(run);
      await run.press('Train it yourself');
      const banner = run.banner('There is no device to compute on');
      await banner.waitFor();
      expect(await banner.innerText()).toMatch(/Meanwhile a recorded run is shown/);
      await slider(run).focus();
      await run.page.keyboard.press('Home');
      expect(await run.page.locator('.when').innerText()).toBe('step 0');
      await run.page.locator('.conversation').waitFor();
      await banner.getByRole('button', { name: 'Train on WASM' }).click();
      await run.ready();
    }));
});

describe('without the recording', () => {
  it('the page says so, and opens ready to train', () =>
    on(
      {
        hash: '#v=1&device=wasm',
        before: (page) =>
          page.route('**/recordings/*.json', (route) =>
            route.fulfill({ status: 404, body: 'Nothing here.' }),
          ),
      },
      async (run) => {
        await run.ready();
        const banner = run.banner('The recorded run cannot be shown');
        expect(await banner.innerText()).toMatch(/default\.json is not there \(HTTP 404\)/);
        await run.button('Start').waitFor();
      },
    ));
});

describe('a live run', () => {
  it('can be gone back to while it goes on, and followed again', () =>
    on({ hash: `#${SMALL}` }, async (run) => {
      await run.ready();
      await run.press('Start');
      await run.reaches(4);
      await slider(run).focus();
      await run.page.keyboard.press('Home');
      await run.page.keyboard.press('ArrowRight');
      const when = run.page.locator('.when');
      await when.getByText('Held at step 1.').waitFor();
      const words = await run.page.locator('.conversation').innerText();
      await run.reaches((await run.step()) + 12);
      expect(await run.page.locator('.conversation').innerText()).toBe(words);
      expect(await position(run)).toBe(1);
      await run.press('Follow the run');
      await run.press('Pause');
      await run.says('Paused');
      expect(await position(run)).toBe(await run.step());
      // The watched tasks were looked at before the first step and after the tenth.
      await run.press('Watched tasks');
      const looks = run.page.getByRole('group', { name: 'The same task at other steps' }).getByRole('button');
      expect(await looks.count()).toBeGreaterThanOrEqual(2);
      expect(run.errors).toEqual([]);
    }));

  it('begins by itself where the link says so', () =>
    on({ hash: `#${SMALL}&autoplay=1` }, (run) => run.reaches(1)));
});
