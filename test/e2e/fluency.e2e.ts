/** The page stays quick to the hand while the worker works: no task of its own holds the main thread for 50 ms. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { browserWith, LONG, SMALL, type RunPage } from './run';

const on = browserWith();

/** As browsers define a long task. */
const LONG_TASK_MS = 50;

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ph: string;
  /** Length, and time on the processor, in microseconds. */
  readonly dur?: number;
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

interface Task {
  readonly ms: number;
  readonly cpuMs: number;
}

declare global {
  interface Window {
    longTasks: number[];
  }
}

const observed = {
  before: (page: Page) =>
    page.addInitScript(() => {
      window.longTasks = [];
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) window.longTasks.push(duration);
      }).observe({ type: 'longtask', buffered: true });
    }),
};

interface Watched {
  /** What the page itself can see, as a PerformanceObserver reports it. */
  readonly longTasks: readonly number[];
  /** Every task of the main thread, with its time on the processor beside its length. */
  readonly tasks: readonly Task[];
}

async function watch(run: RunPage, action: () => Promise<void>): Promise<Watched> {
  const browser = run.page.context().browser()!;
  await browser.startTracing(run.page, { categories: ['toplevel'] });
  await run.page.waitForTimeout(300);
  await run.page.evaluate(() => {
    window.longTasks = [];
  });
  await action();
  // Entries come a moment after the tasks.
  await run.page.waitForTimeout(300);
  const longTasks = await run.page.evaluate(() => window.longTasks);
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: TraceEvent[];
  };
  const mainThreads = new Set(
    traceEvents.flatMap(({ name, args, pid, tid }) =>
      name === 'thread_name' && args.name === 'CrRendererMain' ? [`${pid}/${tid}`] : [],
    ),
  );
  const tasks = traceEvents.flatMap(({ name, ph, pid, tid, dur = 0, tdur }) =>
    /RunTask$/.test(name) && ph === 'X' && mainThreads.has(`${pid}/${tid}`)
      ? [{ ms: dur / 1000, cpuMs: (tdur ?? dur) / 1000 }]
      : [],
  );
  return { longTasks, tasks };
}

/** Long by their own work: a task that was off the processor for most of its length waited for other programs. */
const held = ({ tasks }: Watched) =>
  tasks.filter(({ ms, cpuMs }) => ms >= LONG_TASK_MS && cpuMs >= LONG_TASK_MS / 2);

function report(what: string, { longTasks, tasks }: Watched): void {
  const most = tasks.reduce((a, b) => (b.cpuMs > a.cpuMs ? b : a), { ms: 0, cpuMs: 0 });
  console.log(
    `${what}: long tasks ${JSON.stringify(longTasks)}; the dearest of ${tasks.length} tasks took ${most.cpuMs.toFixed(0)} ms on the processor, ${most.ms.toFixed(0)} ms in all`,
  );
}

describe('the main thread', () => {
  it(
    'is never held for 50 ms by a dozen steps with the default settings',
    () =>
      on({ hash: '#v=1&device=wasm', ...observed }, async (run) => {
        await run.ready();
        // From the first step on, the dearest: everything on the stage is new.
        const watched = await watch(run, async () => {
          await run.press('Start');
          await run.reaches(12, 4 * LONG);
        });
        report('12 default steps', watched);
        expect(watched.tasks.length).toBeGreaterThan(100);
        expect(held(watched)).toEqual([]);
        // Both ways of looking agree on what was long.
        const long = watched.tasks.filter(({ ms }) => ms >= LONG_TASK_MS - 1);
        expect(watched.longTasks.length).toBeLessThanOrEqual(long.length);
        expect(run.errors).toEqual([]);
      }),
    5 * LONG,
  );

  it(
    'is not held by a batch of ten times that size either, of which the stage shows a part',
    () =>
      on(
        { hash: '#v=1&device=wasm&evaluateEvery=0&tasksPerStep=40&groupSize=16', ...observed },
        async (run) => {
          await run.ready();
          const watched = await watch(run, async () => {
            await run.press('Step');
            await run.reaches(1, 4 * LONG);
            await run.says('Paused');
          });
          report('a step of 640 rollouts', watched);
          expect(held(watched)).toEqual([]);
          await run.page.getByText('Of the 40 tasks of this step the first 16 are shown.').waitFor();
          const boxes = run.page.getByRole('group', { name: 'Tasks of this step' }).getByRole('button');
          expect(await boxes.count()).toBe(16);
        },
      ),
    5 * LONG,
  );

  it('would be seen to be held, if it were', () =>
    on({ hash: '#v=1&device=wasm', ...observed }, async (run) => {
      await run.ready();
      const watched = await watch(run, () =>
        run.page.evaluate(
          () =>
            new Promise<void>((resolve) =>
              setTimeout(() => {
                const end = performance.now() + 120;
                while (performance.now() < end);
                resolve();
              }),
            ),
        ),
      );
      expect(watched.longTasks.length).toBeGreaterThan(0);
      expect(held(watched).length).toBeGreaterThan(0);
    }));

  it('draws every chart on one canvas, however many steps come', () =>
    on(
      { hash: `#${SMALL.replace('evaluateEvery=0', 'evaluateEvery=2')}&evaluationEpisodes=8` },
      async (run) => {
        await run.ready();
        const canvases = await run.page.locator('.uplot canvas').elementHandles();
        expect(canvases.length).toBe(await run.page.locator('.uplot').count());
        await run.press('Start');
        await run.reaches(5);
        for (const canvas of canvases) expect(await canvas.evaluate((one) => one.isConnected)).toBe(true);
      },
    ));
});
