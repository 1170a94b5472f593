/** The page stays quick to the hand while the worker works: no task of its own holds the main thread for 50 ms. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { readRecording, writeRecording } from '../../src/runs/recording';
import { DIST } from './page.mjs';
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

/** Dear whatever else the machine does: so much work of their own that they would hold any slower machine. */
const dear = ({ tasks }: Watched) => tasks.filter(({ cpuMs }) => cpuMs >= 0.8 * LONG_TASK_MS);

function report(what: string, { longTasks, tasks }: Watched): void {
  const most = tasks.reduce((a, b) => (b.cpuMs > a.cpuMs ? b : a), { ms: 0, cpuMs: 0 });
  console.log(
    `${what}: long tasks ${JSON.stringify(longTasks)}; the dearest of ${tasks.length} tasks took ${most.cpuMs.toFixed(0)} ms on the processor, ${most.ms.toFixed(0)} ms in all`,
  );
}

/** The recorded run with its curves repeated until there are as many steps. */
async function longRecording(steps: number): Promise<string> {
  const read = await readRecording(readFileSync(join(DIST, 'recordings/default.json'), 'utf8'));
  if (!read.ok) throw new Error(read.problem);
  const { recording } = read;
  return writeRecording({
    ...recording,
    steps: Array.from({ length: steps }, (_, i) => ({
      ...recording.steps[i % recording.steps.length]!,
      step: i + 1,
    })),
  });
}

describe('the main thread', () => {
  it(
    'is never held for 50 ms by twenty steps with the default settings',
    () =>
      on({ hash: '#v=1&seed=0&device=wasm', ...observed }, async (run) => {
        await run.ready();
        // From the first step on, the dearest: everything on the stage is new.
        const watched = await watch(run, async () => {
          await run.press('Start');
          await run.reaches(20, 6 * LONG);
        });
        report('20 default steps', watched);
        expect(watched.tasks.length).toBeGreaterThan(100);
        expect(held(watched)).toEqual([]);
        // Both ways of looking agree on what was long.
        const long = watched.tasks.filter(({ ms }) => ms >= LONG_TASK_MS - 1);
        expect(watched.longTasks.length).toBeLessThanOrEqual(long.length);
        expect(run.errors).toEqual([]);
      }),
    7 * LONG,
  );

  it(
    'is not held by a run of 10,000 steps that is scrubbed and played, with every chart in sight',
    async () => {
      const long = await longRecording(10_000);
      await on(
        {
          height: 2400,
          before: async (page) => {
            await observed.before(page);
            await page.route('**/recordings/*.json', (route) =>
              route.fulfill({ status: 200, contentType: 'application/json', body: long }),
            );
          },
        },
        async (run) => {
          const slider = run.page.getByRole('slider', { name: 'Step', exact: true });
          await run.page.locator('.conversation').waitFor();
          const charts = await run.page.locator('.plot-host').count();
          expect(charts).toBeGreaterThanOrEqual(8);
          await expect.poll(() => run.page.locator('.uplot').count()).toBe(charts);
          expect(await slider.getAttribute('max')).toBe('10000');
          await run.press('max');
          const watched = await watch(run, async () => {
            for (const step of [200, 4000, 9000, 5000, 1]) {
              await slider.fill(String(step));
              await run.page.waitForTimeout(100);
            }
            await run.press('Play the steps');
            await run.button('Play the steps').waitFor({ timeout: LONG });
          });
          expect(await slider.inputValue()).toBe('10000');
          report('10,000 steps scrubbed and played', watched);
          expect(watched.tasks.length).toBeGreaterThan(50);
          expect(held(watched)).toEqual([]);
          expect(run.errors).toEqual([]);
        },
      );
    },
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
          // The engine is on both cores of a small machine all the while, and the page waits for its turn.
          expect(dear(watched)).toEqual([]);
          await run.page.getByText('Of the 40 tasks of this step the first 16 are shown.').waitFor();
          const boxes = run.page.getByRole('group', { name: 'Tasks of this step' }).getByRole('button');
          expect(await boxes.count()).toBe(16);
        },
      ),
    5 * LONG,
  );

  it('would be seen to be held, if it were', () =>
    on({ hash: '#v=1&seed=0&device=wasm', ...observed }, async (run) => {
      await run.ready();
      const watched = await watch(run, () =>
        run.page.evaluate(
          () =>
            new Promise<void>((resolve) =>
              setTimeout(() => {
                // On a busy machine only a part of it is spent on the processor.
                const end = performance.now() + 600;
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
        await run.page.locator('.uplot canvas').first().waitFor();
        const canvases = await run.page.locator('.uplot canvas').elementHandles();
        expect(canvases.length).toBe(await run.page.locator('.uplot').count());
        await run.press('Start');
        await run.reaches(5);
        for (const canvas of canvases) expect(await canvas.evaluate((one) => one.isConnected)).toBe(true);
      },
    ));
});
