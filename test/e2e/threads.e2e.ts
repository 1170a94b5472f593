/** The WASM device of the built page: on threads where the page is isolated from others, on one where it is not. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { DIST } from './page.mjs';
import { browserOn, browserWith, SMALL, type RunPage } from './run';

const onIsolated = browserWith();
const onOpen = browserOn({ isolated: false });

/** The built page without the script of its threads. */
const incomplete = mkdtempSync(join(tmpdir(), 'turnwise-'));
cpSync(DIST, incomplete, { recursive: true, filter: (file) => !/assets\/thread-[^/]*\.js$/.test(file) });
afterAll(() => rmSync(incomplete, { recursive: true }));
const onIncomplete = browserOn({ root: incomplete });

/** What the badge says, and the rewards and losses of two steps. */
async function twoSteps(run: RunPage) {
  await run.ready();
  const badge = await run.badge();
  for (let step = 1; step <= 2; step++) {
    await run.press('Step');
    await run.reaches(step);
    await run.says('Paused');
  }
  const steps = (await run.steps()).map(({ metrics }) => [metrics.reward, metrics.policy_loss, metrics.kl]);
  expect(run.errors).toEqual([]);
  return { badge, steps };
}

/** A page and, in `loaded`, the names of the binaries it loads. */
function watched() {
  const loaded: string[] = [];
  const before = async (page: Page) =>
    void page.on('response', (response) => {
      const name = /\/(plain|relaxed|shared|shared-relaxed)-[\w-]{8}\.wasm$/.exec(response.url())?.[1];
      if (name) loaded.push(name);
    });
  return { loaded, options: { hash: `#${SMALL}`, before } };
}

describe('the WASM device in a browser', () => {
  it('uses threads and relaxed SIMD where it may, one thread elsewhere, and computes the same', async () => {
    const made: Awaited<ReturnType<typeof twoSteps>>[] = [];
    const [isolated, open] = [watched(), watched()];
    await onIsolated(isolated.options, async (run) => {
      expect(await run.page.evaluate(() => crossOriginIsolated)).toBe(true);
      made.push(await twoSteps(run));
      expect(isolated.loaded).toEqual(['shared-relaxed']);
    });
    await onOpen(open.options, async (run) => {
      expect(await run.page.evaluate(() => crossOriginIsolated)).toBe(false);
      made.push(await twoSteps(run));
      expect(open.loaded).toEqual(['relaxed']);
    });
    const [shared, alone] = made as [(typeof made)[number], (typeof made)[number]];
    expect(shared.badge).toMatch(/SIMD \(relaxed\), [2-8] threads/);
    expect(alone.badge).toMatch(/SIMD \(relaxed\), 1 thread\b/);
    expect(shared.steps).toHaveLength(2);
    expect(shared.steps).toEqual(alone.steps);
  });

  it('computes on one thread where the others do not start', async () => {
    await onIncomplete({ hash: `#${SMALL}` }, async (run) => {
      await run.ready();
      expect(await run.badge()).toMatch(/SIMD \(relaxed\), 1 thread\b/);
      await run.press('Step');
      await run.reaches(1);
    });
  });
});
