/** What can be missing or broken around the page: each thing gets a banner that says what it is and what to do. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Page, Route } from 'playwright-core';
import { TINY } from '../support/fixtures';
import { sidewaysScroll } from './page.mjs';
import { browserWith, SMALL, type RunPage } from './run';

const on = browserWith();

const missing = (route: Route) => route.fulfill({ status: 404, body: 'Nothing here.' });
const text = (body: string) => (route: Route) => route.fulfill({ status: 200, body });

/** Settings can be turned, the sheet opens, Reset answers: the page is more than its banner. */
async function isUsable(run: RunPage): Promise<void> {
  const { page } = run;
  await page.locator('summary', { hasText: 'Rollouts' }).click();
  await page.locator('#setting-groupSize').fill('6');
  await page.waitForFunction(() => location.hash.includes('groupSize=6'));
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await page.keyboard.press('Escape');
  expect(await run.button('Start').isEnabled()).toBe(true);
}

interface Failure {
  readonly what: string;
  readonly file: string;
  readonly serve: (route: Route) => Promise<void>;
  readonly title: string;
  readonly says: RegExp;
}

const FAILURES: readonly Failure[] = [
  {
    what: 'the weights are missing',
    file: '**/models/nano/model.safetensors',
    serve: missing,
    title: 'The model could not be downloaded',
    says: /models\/nano\/model\.safetensors is not there \(HTTP 404\)/,
  },
  {
    what: 'the connection breaks off',
    file: '**/models/nano/model.safetensors',
    serve: (route) => route.abort('connectionreset'),
    title: 'The model could not be downloaded',
    says: /model\.safetensors could not be fetched\. Check the connection/,
  },
  {
    what: 'the host answers every path with its front page',
    file: '**/models/nano/config.json',
    serve: (route) => route.fulfill({ status: 200, contentType: 'text/html', body: '<!doctype html>' }),
    title: 'The model could not be downloaded',
    says: /config\.json is not there/,
  },
  {
    what: 'config.json is not JSON',
    file: '**/models/nano/config.json',
    serve: text('{"model_type": "qwen3",'),
    title: 'The model file is damaged',
    says: /config\.json is not JSON/,
  },
  {
    what: 'config.json describes another model',
    file: '**/models/nano/config.json',
    serve: text('{"model_type": "llama"}'),
    title: 'The model file is damaged',
    says: /config\.json does not describe a policy we can run: .*model_type/,
  },
  {
    what: 'the weights end too early',
    file: '**/models/nano/model.safetensors',
    serve: async (route) => {
      const body = await (await route.fetch()).body();
      await route.fulfill({ status: 200, body: body.subarray(0, Math.floor(body.length / 2)) });
    },
    title: 'The model file is damaged',
    says: /model\.safetensors is broken: tensor ".+" does not lie inside the file/,
  },
  {
    what: 'the weights are something else altogether',
    file: '**/models/nano/model.safetensors',
    serve: text('version https://git-lfs.github.com/spec/v1'),
    title: 'The model file is damaged',
    says: /model\.safetensors is broken/,
  },
  {
    what: 'tokenizer.json is not JSON',
    file: '**/models/nano/tokenizer.json',
    serve: text('not JSON'),
    title: 'The model file is damaged',
    says: /tokenizer\.json cannot be read/,
  },
  {
    what: 'the policy was taught other words',
    file: '**/models/nano/tokenizer.json',
    serve: (route) => route.fulfill({ status: 200, path: join(TINY, 'tokenizer.json') }),
    title: 'This policy does not know this gym',
    says: /The policy "nano" does not know \d+ of the \d+ words of intention/,
  },
  {
    what: 'the compiled kernels are missing',
    file: '**/assets/*.wasm',
    serve: missing,
    title: 'There is no device to compute on',
    says: /Cannot compute on wasm: .*the compiled kernels are missing \(HTTP 404\)/,
  },
  {
    what: 'the compiled kernels are damaged',
    file: '**/assets/*.wasm',
    serve: text('not WebAssembly'),
    title: 'There is no device to compute on',
    says: /Cannot compute on wasm: wasm failed to start/,
  },
  {
    what: "the engine's script is missing",
    file: '**/assets/worker-*.js',
    serve: missing,
    title: 'The engine could not be loaded',
    says: /script could not be loaded or started/,
  },
  {
    what: "the engine's script is broken",
    file: '**/assets/worker-*.js',
    serve: (route) =>
      route.fulfill({ status: 200, contentType: 'text/javascript', body: 'this is no script' }),
    title: 'The engine could not be loaded',
    says: /script could not be loaded or started/,
  },
];

describe('the page says what is wrong when', () => {
  it.each(FAILURES.map((failure) => [failure.what, failure] as const))(
    '%s',
    (_, { file, serve, title, says }) =>
      on({ hash: `#${SMALL}`, before: (page) => page.route(file, serve) }, async (run) => {
        const banner = run.banner(title);
        await banner.waitFor();
        expect(await banner.innerText()).toMatch(says);
        expect(await run.page.getByRole('alert').filter({ hasText: /\S/ }).count()).toBe(1);
        await run.says('Stopped by an error');
        await isUsable(run);

        // Once it is mended, Reset is all that it takes.
        await run.page.unrouteAll();
        await banner.getByRole('button', { name: 'Reset' }).click();
        await run.ready();
        await banner.waitFor({ state: 'detached' });
        await run.press('Step');
        await run.reaches(1);
      }),
  );

  it('only plain JavaScript is left to compute with', () =>
    on(
      {
        hash: `#${SMALL}&device=auto`.replace('&device=wasm', ''),
        before: (page) => page.route('**/assets/*.wasm', missing),
      },
      async (run) => {
        await run.ready();
        const banner = run.banner('runs in plain JavaScript, which is slow');
        expect(await banner.innerText()).toMatch(/the compiled kernels are missing \(HTTP 404\)/);
        expect(await run.badge()).toMatch(/^Plain JavaScript/);
        await run.press('Step');
        await run.reaches(1);
      },
    ));

  it("the engine's thread dies in the middle of a run", () =>
    on({ hash: `#${SMALL}`, before: throwingWorkers }, async (run) => {
      await run.ready();
      await run.press('Start');
      await run.reaches(2);
      await run.page.evaluate(() => window.breakEngine());
      const banner = run.banner('The engine stopped unexpectedly');
      expect(await banner.innerText()).toMatch(/an error it did not expect \(.*broken on purpose/);
      await run.says('Stopped by an error');
      expect(await run.step()).toBeGreaterThanOrEqual(2);
      await banner.getByRole('button', { name: 'Reset' }).click();
      await run.ready();
      await run.press('Step');
      await run.reaches(1);
    }));
});

describe('on a phone', () => {
  it('no banner is wider than the screen', () =>
    on({ hash: '#v=1&seed=0&device=webgpu', width: 360, height: 800 }, async (run) => {
      await run.banner('There is no device to compute on').waitFor();
      await run.goTo('v=1&aSettingThatNobodyHasEverHeardOf=anotherVeryLongWordWithoutAnySpaceInIt');
      await run.banner(REFUSED_LATER).waitFor();
      expect(await sidewaysScroll(run.page)).toBe(0);
      for (const button of await run.page.locator('.banner button').all()) {
        const box = await button.boundingBox();
        expect(box!.x + box!.width).toBeLessThanOrEqual(360);
      }
    }));
});

declare global {
  interface Window {
    breakEngine: () => void;
  }
}

/** Lets a test raise the error that a browser raises when a worker's script fails. */
function throwingWorkers(page: Page): Promise<unknown> {
  return page.addInitScript(() => {
    window.Worker = class extends Worker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        window.breakEngine = () =>
          this.dispatchEvent(new ErrorEvent('error', { message: 'broken on purpose' }));
      }
    };
  });
}

const REFUSED_AT_OPENING = 'This link could not be followed in full, so the defaults are shown.';
const REFUSED_LATER = 'This link could not be followed in full, so nothing was changed.';

describe('a link', () => {
  it.each([
    ['an unknown setting', 'v=1&gropSize=4', ['unknown key "gropSize"; did you mean groupSize?']],
    [
      'values out of range',
      'v=1&groupSize=1000&gamma=7',
      ['groupSize: must be a whole number between 1 and 64', 'gamma'],
    ],
    ['no number', 'v=1&groupSize=many', ['groupSize']],
    ['an unknown choice', 'v=1&turnMethod=best', ['turnMethod']],
    [
      'an unknown device',
      'v=1&device=abacus',
      ['device must be one of auto, webgpu, wasm, cpu, but got "abacus"'],
    ],
    ['a newer version', 'v=99&groupSize=4', ['made by a newer version of Turnwise (v=99)']],
    ['settings without a version', 'groupSize=4', ['should begin with v=1']],
    ['the same setting twice', 'v=1&seed=1&seed=2', ['seed is given twice']],
    ['several mistakes at once', 'v=1&gropSize=4&gamma=7&k=no', ['gropSize', 'gamma', 'k']],
  ])('with %s lists what is wrong with it and drops nothing silently', (_, hash, problems) =>
    on({ hash: `#${hash}` }, async (run) => {
      const banner = run.banner(REFUSED_AT_OPENING);
      await banner.waitFor();
      const listed = await banner.locator('li').allInnerTexts();
      expect(listed).toHaveLength(problems.length);
      for (const [index, problem] of problems.entries()) {
        expect(listed[index]!.toLowerCase()).toContain(problem.toLowerCase());
      }
      // The address still holds what was typed, so that it can be mended.
      expect(await run.page.evaluate(() => location.hash)).toBe(`#${hash}`);
      await run.says('Ready');
      await banner.getByRole('button', { name: 'Use the defaults' }).click();
      await banner.waitFor({ state: 'detached' });
      expect(await run.page.evaluate(() => location.hash)).toBe('#v=1');
    }),
  );

  it('typed while the page is open is applied to the run', () =>
    on({ hash: `#${SMALL}` }, async (run) => {
      await run.ready();
      await run.press('Start');
      await run.reaches(2);
      await run.goTo(SMALL.replace('groupSize=4', 'groupSize=6'));
      const lastGroup = async () => (await run.steps()).at(-1)!.groups[0]!.rollouts.length;
      await expect.poll(lastGroup, { timeout: 30_000 }).toBe(6);
      await run.press('Pause');
      await run.says('Paused');
      expect((await run.steps())[0]!.groups[0]!.rollouts).toHaveLength(4);

      await run.goTo(`${SMALL}&seed=9`);
      await run.page.getByText('Reset to apply what you changed').waitFor();
    }));

  it('mistyped while the page is open is reported, and the run keeps its settings', () =>
    on({ hash: `#${SMALL}&gamma=0.5` }, async (run) => {
      const { page } = run;
      await run.ready();
      await run.press('Start');
      await run.reaches(1);
      await run.goTo('v=1&gropSize=4');
      const banner = run.banner(REFUSED_LATER);
      expect(await banner.innerText()).toMatch(/did you mean groupSize\?/);
      const changed = await run.step();
      await run.reaches(changed + 3);
      const steps = await run.steps();
      expect(steps.at(-1)!.groups).toHaveLength(2);
      expect(steps.at(-1)!.groups[0]!.rollouts).toHaveLength(4);
      await banner.getByRole('button', { name: 'Keep what was set' }).click();
      await banner.waitFor({ state: 'detached' });
      const hash = await page.evaluate(() => location.hash);
      expect(new Set(hash.slice(1).split('&'))).toEqual(new Set(`${SMALL}&gamma=0.5`.split('&')));

      // One that is right takes the complaint away.
      await run.goTo('v=1&nonsense=1');
      await banner.waitFor();
      await run.goTo(SMALL);
      await banner.waitFor({ state: 'detached' });
    }));
});
