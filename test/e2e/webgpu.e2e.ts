/**
 * WebGPU in a real browser, on the software adapter that every Chromium carries: slow, but the same code paths
 * as on a graphics card, down to the loss of the device.
 */
import { describe, expect, it } from 'vitest';
import { browserWith, LONG, type RunPage } from './run';

const TINY = 'v=1&tasksPerStep=1&groupSize=2&maxTurns=1&evaluateEvery=0';
/** Shaders are compiled on the processor here. */
const SLOW = 120_000;

async function trains(run: RunPage, steps = 1): Promise<void> {
  await run.press('Start');
  await run.reaches(steps, SLOW);
  await run.press('Pause');
  await run.says('Paused', SLOW);
}

async function crashGpu({ page }: RunPage): Promise<void> {
  const session = await page.context().browser()!.newBrowserCDPSession();
  // Nobody is left to answer.
  session.send('Browser.crashGpuProcess').catch(() => {});
}

describe('with WebGPU on a software adapter', () => {
  const on = browserWith('--enable-unsafe-webgpu');

  it(
    'trains when it is asked for, and says on what',
    () =>
      on({ hash: `#${TINY}&device=webgpu` }, async (run) => {
        await run.says('Ready', SLOW);
        const badge = await run.badge();
        expect(badge).toMatch(/^WebGPU/);
        expect(badge).toMatch(/swiftshader/i);
        expect(badge).toMatch(/the adapter is software/);
        expect(badge).toMatch(/Peak memory, last step: –/);
        await trains(run, 2);
        expect(await run.badge()).toMatch(/Peak memory, last step: [\d.]+\sMiB/);
        const [step] = await run.steps();
        expect(step!.groups).toHaveLength(1);
        expect(step!.metrics.entropy).toBeGreaterThan(0);
        expect(Number.isFinite(step!.metrics.policy_loss)).toBe(true);
        expect(step!.groups[0]!.rollouts.flatMap(({ turns }) => turns).length).toBeGreaterThan(0);
        expect(run.errors).toEqual([]);
      }),
    3 * SLOW,
  );

  it('prefers WASM when left to choose, and says why', () =>
    on({ hash: `#${TINY}` }, async (run) => {
      await run.ready();
      const badge = await run.badge();
      expect(badge).toMatch(/^WASM/);
      expect(badge).toMatch(
        /the graphics adapter is software \(.*swiftshader.*\), slower at this than WebAssembly/i,
      );
      await trains(run);
      expect(run.errors).toEqual([]);
    }));

  it(
    'moves to another device that is typed into the address',
    () =>
      on({ hash: `#${TINY}&device=wasm` }, async (run) => {
        await run.ready();
        await trains(run);
        await run.goTo(`${TINY}&device=webgpu`);
        await run.page.getByText('Reset to apply what you changed').waitFor();
        expect(await run.badge()).toMatch(/^WASM/);
        await run.press('Reset');
        await run.says('Ready', SLOW);
        expect(await run.badge()).toMatch(/^WebGPU/);
        // With nothing to lose there is nothing to wait for.
        await run.goTo(`${TINY}&device=wasm`);
        await run.press('Step');
        await run.reaches(1, SLOW);
        expect(await run.badge()).toMatch(/^WASM/);
      }),
    3 * SLOW,
  );
});

describe('when the GPU process dies', () => {
  const on = browserWith('--enable-unsafe-webgpu');

  it(
    'says so, and trains again after it',
    () =>
      on({ hash: `#${TINY}&device=webgpu` }, async (run) => {
        const { page } = run;
        await run.says('Ready', SLOW);
        await run.press('Start');
        await run.reaches(1, SLOW);
        await crashGpu(run);

        const lost = run.banner('The graphics device went away');
        await lost.waitFor({ timeout: LONG });
        const text = await lost.innerText();
        expect(text).toMatch(/The graphics device failed \(.+\)/);
        expect(text).toMatch(/Press Reset to start again with the same settings/);
        await run.says('Stopped by an error');
        // What was learnt is still there to be looked at.
        expect(await run.step()).toBeGreaterThan(0);
        await page.locator('.conversation').waitFor();

        await lost.getByRole('button', { name: 'Train on WASM' }).click();
        await run.ready();
        await lost.waitFor({ state: 'detached' });
        expect(await run.badge()).toMatch(/^WASM/);
        expect(page.url()).toContain('device=wasm');
        await trains(run);
      }),
    4 * SLOW,
  );
});

describe('when the GPU process dies while nothing is being trained', () => {
  const on = browserWith('--enable-unsafe-webgpu');

  it(
    'the next step says so, and Reset gets the device back',
    () =>
      on({ hash: `#${TINY}&device=webgpu` }, async (run) => {
        await run.says('Ready', SLOW);
        await crashGpu(run);
        await run.page.waitForTimeout(1500);
        await run.press('Start');
        const lost = run.banner('The graphics device went away');
        await lost.waitFor({ timeout: SLOW });
        await lost.getByRole('button', { name: 'Reset' }).click();
        await run.says('Ready', SLOW);
        expect(await run.badge()).toMatch(/^WebGPU/);
        await trains(run);
      }),
    4 * SLOW,
  );
});

describe('without WebGPU', () => {
  const on = browserWith();

  it('runs on WASM and says why', () =>
    on({ hash: `#${TINY}` }, async (run) => {
      await run.ready();
      expect(await run.badge()).toMatch(/^WASM[\s\S]*WebGPU found no graphics adapter/);
    }));

  it('does not pretend when WebGPU was asked for', () =>
    on({ hash: `#${TINY}&device=webgpu` }, async (run) => {
      const banner = run.banner('There is no device to compute on');
      await banner.getByText('Cannot compute on webgpu: WebGPU found no graphics adapter.').waitFor();
      await run.says('Stopped by an error');
      // Nothing has been trained, and something can be seen all the same.
      await banner.getByText('Meanwhile a recorded run is shown').waitFor();
      await run.page.locator('.conversation').waitFor();
      expect(await run.page.locator('.badge').innerText()).toMatch(/^No device/);
      await banner.getByRole('button', { name: 'Train on WASM' }).click();
      await run.ready();
      await banner.waitFor({ state: 'detached' });
      await trains(run);
    }));
});
