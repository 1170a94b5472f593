/** The page stays quick to the hand while the worker works: no task of its own holds the main thread for 50 ms. */
import { describe, expect, it } from 'vitest';
import { browserWith, LONG, SMALL, type RunPage } from './run';

const on = browserWith();

interface LongTask {
  readonly start: number;
  readonly duration: number;
}
declare global {
  interface Window {
    longTasks: LongTask[];
    measuredFrom: number;
  }
}

/** Long tasks begun since the last call of `watchFromNow`; 50 ms and more, as the browser defines them. */
const longTasks = (run: RunPage) =>
  run.page.evaluate(() => window.longTasks.filter(({ start }) => start >= window.measuredFrom));

const watchFromNow = (run: RunPage) =>
  run.page.evaluate(() => {
    window.measuredFrom = performance.now();
  });

const watched = {
  before: (page: RunPage['page']) =>
    page.addInitScript(() => {
      window.longTasks = [];
      window.measuredFrom = 0;
      new PerformanceObserver((list) => {
        for (const { startTime, duration } of list.getEntries()) {
          window.longTasks.push({ start: startTime, duration });
        }
      }).observe({ type: 'longtask', buffered: true });
    }),
};

/** A machine with other work holds every thread back now and then; a page that blocks does so every time. */
const ATTEMPTS = 3;

describe('the main thread', () => {
  it(
    'is never held for 50 ms by a dozen steps with the default settings',
    () =>
      on({ hash: '#v=1&device=wasm', ...watched }, async (run) => {
        let tasks: LongTask[] = [];
        for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
          await run.ready();
          await watchFromNow(run);
          // The first step is the dearest: everything on the stage is new.
          await run.press('Start');
          await run.reaches(12, 4 * LONG);
          // Entries come a moment after the tasks.
          await run.page.waitForTimeout(200);
          tasks = await longTasks(run);
          console.log(`long tasks of 12 default steps: ${JSON.stringify(tasks.map((one) => one.duration))}`);
          if (tasks.length === 0) break;
          await run.press('Reset');
        }
        expect(tasks).toEqual([]);
      }),
    8 * LONG,
  );

  it(
    'is not held by a batch of twelve times that size either, of which the stage shows a part',
    () =>
      on(
        { hash: '#v=1&device=wasm&evaluateEvery=0&tasksPerStep=24&groupSize=32', ...watched },
        async (run) => {
          let tasks: LongTask[] = [];
          for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
            await run.ready();
            await watchFromNow(run);
            await run.press('Step');
            await run.reaches(1, 4 * LONG);
            await run.says('Paused');
            await run.page.waitForTimeout(200);
            tasks = await longTasks(run);
            console.log(
              `long tasks of a step of 768 rollouts: ${JSON.stringify(tasks.map((one) => one.duration))}`,
            );
            if (tasks.length === 0) break;
            await run.press('Reset');
          }
          expect(tasks).toEqual([]);
          await run.page.getByText('Of the 24 tasks of this step the first 16 are shown.').waitFor();
          const boxes = run.page.getByRole('group', { name: 'Tasks of this step' }).getByRole('button');
          expect(await boxes.count()).toBe(16);
        },
      ),
    12 * LONG,
  );

  it('draws every chart on one canvas, however many steps come', () =>
    on(
      { hash: `#${SMALL.replace('evaluateEvery=0', 'evaluateEvery=2')}&evaluationEpisodes=8` },
      async (run) => {
        await run.ready();
        const canvases = await run.page.locator('.uplot canvas').elementHandles();
        expect(canvases.length).toBe(7);
        await run.press('Start');
        await run.reaches(5);
        for (const canvas of canvases) expect(await canvas.evaluate((one) => one.isConnected)).toBe(true);
      },
    ));

  it('would be seen to be held, if it were', () =>
    on({ hash: '#v=1&device=wasm', ...watched }, async (run) => {
      await run.ready();
      await watchFromNow(run);
      await run.page.evaluate(
        () =>
          new Promise<void>((resolve) =>
            setTimeout(() => {
              const end = performance.now() + 70;
              while (performance.now() < end);
              resolve();
            }),
          ),
      );
      await run.page.waitForTimeout(200);
      expect((await longTasks(run)).length).toBeGreaterThan(0);
    }));
});
