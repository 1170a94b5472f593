/** The page stays quick to the hand while the worker works: no task of its own holds the main thread for 50 ms. */
import { describe, expect, it } from 'vitest';
import { browserWith, LONG, type RunPage } from './run';

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
        await run.ready();
        await run.press('Start');
        await run.reaches(1, 2 * LONG);
        let tasks: LongTask[] = [];
        for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
          const from = await run.step();
          await watchFromNow(run);
          await run.reaches(from + 12, 2 * LONG);
          // Entries come a moment after the tasks.
          await run.page.waitForTimeout(200);
          tasks = await longTasks(run);
          console.log(`long tasks of 12 default steps: ${JSON.stringify(tasks.map((one) => one.duration))}`);
          if (tasks.length === 0) break;
        }
        expect(tasks).toEqual([]);
      }),
    8 * LONG,
  );

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
