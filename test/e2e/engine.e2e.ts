/** The built page with its real engine on WASM: training, pausing, going on, changing things on the way. */
import { describe, expect, it } from 'vitest';
import { browserWith, LONG, SMALL, type RunPage, type StepEvent } from './run';

const on = browserWith();

/** Rewards and advantages of every rollout: two runs that agree in these took the same way. */
const outcome = ({ metrics, groups }: StepEvent) => ({
  step: metrics.step,
  reward: metrics.reward,
  loss: metrics.policy_loss,
  rollouts: groups.flatMap(({ rollouts }) => rollouts.map((one) => [one.reward, one.advantage])),
});

async function threeSteps(run: RunPage): Promise<ReturnType<typeof outcome>[]> {
  await run.ready();
  for (let step = 1; step <= 3; step++) {
    await run.press('Step');
    await run.reaches(step);
    await run.says('Paused');
  }
  return (await run.steps()).map(outcome);
}

describe('training', () => {
  it('draws what the engine does, pauses, steps and resets', () =>
    on({ hash: `#${SMALL}` }, async (run) => {
      const { page } = run;
      await run.ready();
      expect(await run.badge()).toMatch(/WASM[\s\S]*asked for/);
      await page.getByText('Press Start').waitFor();

      await run.press('Start');
      await run.says(/Step \d+: the policy (talks with the user|learns from what was said)…/);
      await run.reaches(4);

      const asked = Date.now();
      await run.press('Pause');
      await run.says('Paused', 2000);
      expect(Date.now() - asked).toBeLessThan(2000);
      const paused = await run.step();
      expect(paused).toBeGreaterThanOrEqual(4);
      await page.waitForTimeout(1000);
      expect(await run.step()).toBe(paused);
      expect(await run.status().textContent()).toBe('Paused');

      await run.press('Step');
      await run.reaches(paused + 1);
      await run.says('Paused');
      await page.waitForTimeout(1000);
      expect(await run.step()).toBe(paused + 1);
      expect(await run.steps()).toHaveLength(paused + 1);

      await run.press('Reset');
      await run.ready();
      expect(await page.getByTestId('where').textContent()).toBe('step 0');
      await page.getByRole('img', { name: 'Reward: no steps yet', exact: true }).waitFor();
      await page.getByText('Press Start').waitFor();
      await run.press('Step');
      await run.reaches(1);
      expect(await run.step()).toBe(1);
      expect(run.errors).toEqual([]);
    }));

  it('does not open the run again for a changed setting: what was learnt stays', () =>
    on({ hash: `#${SMALL}` }, async (run) => {
      await run.ready();
      await run.press('Step');
      await run.reaches(1);
      await run.page.getByRole('radio', { name: /^Base/ }).check();
      await run.page.getByRole('button', { name: 'Reset to apply' }).waitFor();
      await run.press('Step');
      await run.reaches(2);
      expect((await run.requests()).filter(({ kind }) => kind === 'open')).toHaveLength(1);
    }));

  it('shows the numbers and the words of the step that was made', () =>
    on({ hash: `#${SMALL}&seed=3` }, async (run) => {
      const { page } = run;
      await run.ready();
      for (let step = 1; step <= 3; step++) {
        await run.press('Step');
        await run.reaches(step);
        await run.says('Paused');
      }
      const made = await run.steps();
      const last = made.at(-1)!;

      // The chart speaks of this very step; the curve's end is drawn, not only described.
      const chart = page.getByRole('img', { name: /^Reward: \d+\s% at step 3$/ });
      await chart.waitFor();
      const canvas = page.locator('section[aria-label=Reward] canvas');
      const colours = await canvas.evaluate((element: HTMLCanvasElement) => {
        const pixels = element.getContext('2d')?.getImageData(0, 0, element.width, element.height).data;
        const seen = new Set<string>();
        for (let i = 0; pixels && i < pixels.length; i += 4) {
          if (pixels[i + 3] === 255) seen.add([...pixels.subarray(i, i + 3)].join());
        }
        return seen.size;
      });
      expect(colours).toBeGreaterThan(2);
      for (const title of ['Success', 'Turns', 'Entropy', 'KL divergence', 'Clip fraction', 'Equal groups']) {
        await page.getByRole('img', { name: new RegExp(`^${title}: (?!–).+ at step 3$`) }).waitFor();
      }

      // One box a task, and in the ranking one row an attempt.
      const tasks = page.getByRole('group', { name: 'Tasks of this step' }).getByRole('button');
      expect(await tasks.count()).toBe(last.groups.length);
      const shown = (value: number) =>
        value
          .toFixed(2)
          .replace('-', '−')
          .replace(/^−0\.00$/, '0.00');
      const pushed = (value: number) => (Number(value.toFixed(2)) > 0 ? `+${shown(value)}` : shown(value));
      for (const [index, group] of last.groups.entries()) {
        await tasks.nth(index).click();
        const attempts = page.getByRole('list', { name: 'Attempts, best first' });
        const rows = attempts.getByRole('button');
        expect(await rows.count()).toBe(4);
        const ranked = [...group.rollouts].sort((a, b) => b.trajectoryScore - a.trajectoryScore);
        for (const [place, { trajectoryScore, advantage }] of ranked.entries()) {
          const text = await rows.nth(place).innerText();
          expect(text).toContain(shown(trajectoryScore));
          expect(text).toContain(pushed(advantage));
        }
        const mean = attempts.getByText(`the group's own mean, ${shown(group.mean)}`);
        const differ = group.rollouts.some((one) => Math.abs(one.trajectoryScore - group.mean) > 1e-6);
        expect(await mean.count()).toBe(differ ? 1 : 0);
      }

      // A conversation in full: who opens, what is said, and reward, credit and advantage of every turn.
      const [first] = last.groups;
      await tasks.first().click();
      const best = [...first!.rollouts].sort((a, b) => b.trajectoryScore - a.trajectoryScore)[0]!;
      const conversation = page.locator('.conversation');
      expect((await conversation.locator('.opening .words').innerText()).length).toBeGreaterThan(8);
      const turns = conversation.locator('ol > li');
      expect(await turns.count()).toBe(best.turns.length);
      for (const [index, turn] of best.turns.entries()) {
        const text = await turns.nth(index).innerText();
        expect(text).toMatch(
          new RegExp(`^${index + 1}\\. Policy (says|searches for|answers|no readable call)`),
        );
        const values = await turns.nth(index).locator('.numbers .value').allInnerTexts();
        expect(values).toEqual([pushed(turn.reward), pushed(turn.credit), pushed(turn.advantage)]);
        if (turn.feedback) {
          const heard = await turns.nth(index).locator('.heard .words').innerText();
          expect(heard).toMatch(/\p{L}{2,}/u);
        }
      }
      await page.locator('summary', { hasText: 'What the user knows' }).click();
      const facts = conversation.locator('tbody tr');
      // Made when it is opened, which the browser tells a moment later.
      await expect.poll(() => facts.count()).toBe(best.hidden.length);
      expect(best.hidden.length).toBeGreaterThan(0);
      for (const [index, fact] of best.hidden.entries()) {
        const text = await facts.nth(index).innerText();
        for (const part of [fact.label, fact.value, fact.found ? 'yes' : 'no']) expect(text).toContain(part);
      }
      expect(run.errors).toEqual([]);
    }));

  it('evaluates on the test tasks before the first step and when asked to', () =>
    on(
      { hash: `#${SMALL.replace('evaluateEvery=0', 'evaluateEvery=100')}&evaluationEpisodes=8` },
      async (run) => {
        await run.ready();
        await run.press('Step');
        await run.reaches(1);
        await run.says('Paused');
        await run.press('Evaluate');
        await run.says('Paused');
        const played = (await run.events()).filter((event) => event.kind === 'evaluation');
        expect(played.map(({ result }) => [result.step, result.decoding])).toEqual([
          [0, 'sampled'],
          [0, 'greedy'],
          [1, 'greedy'],
        ]);
        expect(run.errors).toEqual([]);
      },
    ));
});

describe('the evaluation panel', () => {
  it('compares players with the users that are ticked, can be stopped, and gives the numbers away', () =>
    on({ hash: `#${SMALL}` }, async (run) => {
      const panel = run.page.getByRole('region', { name: 'Evaluation' });
      await run.ready();
      await run.press('Step');
      await run.reaches(1);
      await run.says('Paused');

      await run.press('Evaluation');
      await panel.getByLabel('Noisy').check();
      await run.press('Compare players');
      await panel.getByRole('table').waitFor({ timeout: LONG });
      expect(await panel.getByRole('columnheader').allInnerTexts()).toEqual([
        'Gym',
        'Random',
        'SFT-only',
        'Trained',
        'Oracle',
      ]);
      const rows = panel.getByRole('row', { name: /^Intention/ });
      expect(await rows.count()).toBe(2);
      for (const text of await rows.allInnerTexts())
        expect(text).toMatch(/^Intention\s+96 tasks(\s+\d+\s%\s+interval\s+\d+–\d+){4}$/);

      await panel.getByLabel('Measure').selectOption('turns');
      expect(await rows.first().innerText()).toMatch(/\d\.\d\d/);
      const download = run.page.waitForEvent('download');
      await panel.getByRole('button', { name: 'Save CSV' }).click();
      expect((await download).suggestedFilename()).toBe('turnwise-evaluation-intention-step-1.csv');

      await run.press('Compare players');
      await panel.getByRole('button', { name: 'Stop' }).click();
      await panel.getByRole('button', { name: 'Compare players' }).waitFor();
      expect(await panel.getByRole('table').count()).toBe(1);
      expect(run.errors).toEqual([]);
    }));
});

describe('a link', () => {
  it('gives the same run twice, and another seed another run', async () => {
    const runs: Awaited<ReturnType<typeof threeSteps>>[] = [];
    for (const seed of [11, 11, 12]) {
      await on({ hash: `#${SMALL}&seed=${seed}` }, async (run) => {
        runs.push(await threeSteps(run));
      });
    }
    const [once, again, other] = runs;
    expect(once).toHaveLength(3);
    expect(again).toEqual(once);
    expect(other).not.toEqual(once);
  });

  it('that was copied opens the same settings', () =>
    on({ hash: '#v=1&seed=0&device=wasm' }, async (run) => {
      const { page } = run;
      await run.ready();
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.getByRole('textbox', { name: 'Seed', exact: true }).first().fill('77');
      await page.locator('summary', { hasText: 'Credit' }).click();
      await page.getByRole('radio', { name: /^Reward-to-go A turn/ }).check();
      await page.locator('#setting-gamma').fill('0.9');
      await run.press('Share');
      await page.getByRole('button', { name: 'Link copied' }).waitFor();
      const link = await page.evaluate(() => navigator.clipboard.readText());
      expect(link).toBe(page.url());
      const [, hash] = link.split('#');
      await on({ hash: `#${hash}` }, async (other) => {
        await other.ready();
        const opened = (await other.requests())[0];
        expect(opened).toMatchObject({
          kind: 'open',
          device: 'wasm',
          settings: { seed: 77, turnMethod: 'r2g', gamma: 0.9 },
        });
        await other.page.locator('summary', { hasText: 'Credit' }).click();
        expect(await other.page.locator('#setting-gamma').inputValue()).toBe('0.9');
      });
    }));
});

describe('a change on the way', () => {
  it('of the turn shaping acts on the next step without a reset', () =>
    on({ hash: `#${SMALL}&maxTurns=6`.replace('maxTurns=3&', '') }, async (run) => {
      const { page } = run;
      await run.ready();
      await page.locator('summary', { hasText: 'Credit' }).click();
      await run.press('Start');
      await run.reaches(3);
      await page.getByRole('radio', { name: /^Naive/ }).check();
      const changed = await run.step();
      // A change is sent when the controls have been still for a moment, in which small steps go on.
      await run.reaches(changed + 20);
      await run.press('Pause');
      await run.says('Paused');
      expect(await page.getByText('Reset to apply').count()).toBe(0);

      const steps = await run.steps();
      expect(steps.map(({ metrics }) => metrics.step)).toEqual(steps.map((_, index) => index + 1));
      // Equalized: the turns of a rollout share one credit. Naive: each is credited with its own reward.
      const perStep = steps.map(({ groups }) =>
        groups.flatMap(({ rollouts }) => rollouts.map(({ turns }) => turns)),
      );
      const naive = perStep.map((rollouts) =>
        rollouts.flat().every(({ credit, reward }) => Math.abs(credit - reward) < 1e-5),
      );
      const equalized = perStep.map((rollouts) =>
        rollouts.every((turns) => new Set(turns.map(({ credit }) => credit)).size === 1),
      );
      const first = naive.indexOf(true);
      expect(first).toBeGreaterThanOrEqual(3);
      expect(equalized.slice(0, first).every(Boolean)).toBe(true);
      expect(naive.slice(first).every(Boolean)).toBe(true);
      expect(run.errors).toEqual([]);
    }));

  it('of what needs a new run waits for the reset', () =>
    on({ hash: `#${SMALL}` }, async (run) => {
      const { page } = run;
      await run.ready();
      await run.press('Start');
      await run.reaches(2);
      await page.getByRole('textbox', { name: 'Seed', exact: true }).first().fill('5');
      await page.getByText('Reset to apply what you changed').waitFor();
      await page.getByText('One change waits for a new run').waitFor();
      const changed = await run.step();
      await run.reaches(changed + 2);
      await run.press('Pause');
      await run.says('Paused');
      // So far it is the run that was opened: the same link, made alone, says so.
      const before = (await run.steps()).slice(0, 3).map(outcome);
      await run.press('Reset');
      await run.ready();
      expect(await page.getByText('Reset to apply').count()).toBe(0);
      const count = (await run.steps()).length;
      for (let step = 1; step <= 3; step++) {
        await run.press('Step');
        await run.reaches(step);
        await run.says('Paused');
      }
      const after = (await run.steps()).slice(count).map(outcome);
      await on({ hash: `#${SMALL}` }, async (other) => expect(await threeSteps(other)).toEqual(before));
      await on({ hash: `#${SMALL}&seed=5` }, async (other) => expect(await threeSteps(other)).toEqual(after));
      expect(after).not.toEqual(before);
    }));
});

describe('the cold start', () => {
  it(
    'teaches the base policy to speak the protocol, and GRPO goes on from there',
    () =>
      on({ hash: `#${SMALL}&checkpoint=nano-base&sftSteps=50&sftBatch=8` }, async (run) => {
        const { page } = run;
        await run.ready();
        await run.press('Cold start');
        await run.says(/Cold start: update \d+ of 50…/);
        await run.says('Cold start done', 2 * LONG);
        const sft = (await run.sftSteps()).map(({ metrics }) => metrics);
        expect(sft).toHaveLength(50);
        const mean = (from: number, to: number) =>
          sft.slice(from, to).reduce((sum, { loss }) => sum + loss, 0) / (to - from);
        expect(mean(40, 50)).toBeLessThan(0.9 * mean(0, 5));
        const validities = sft.flatMap(({ validity }) => (validity === undefined ? [] : [validity]));
        expect(validities.length).toBeGreaterThanOrEqual(2);
        expect(validities.at(-1)).toBeGreaterThan(0.5);
        await page.getByRole('img', { name: /^Cold start: loss: [\d.]+ at update 50$/ }).waitFor();
        await page.getByRole('img', { name: /^Cold start: valid turns: \d+\s% at update 50$/ }).waitFor();

        await run.press('Start');
        await run.reaches(2);
        await run.press('Pause');
        await run.says('Paused');
        const [first] = await run.steps();
        // What was learnt is still there, and is what the policy is held near to.
        expect(first!.metrics.validity).toBeGreaterThan(0.5);
        expect(first!.metrics.kl).toBeLessThan(1e-3);
        expect(await run.button('Cold start').isDisabled()).toBe(true);
        expect(run.errors).toEqual([]);
      }),
    4 * LONG,
  );
});

describe('a stop', () => {
  it('is honoured while the model is still coming, and Start then loads it after all', () =>
    on(
      {
        hash: `#${SMALL}`,
        before: (page) =>
          page.route('**/model.safetensors', async (route) => {
            await new Promise((resolve) => setTimeout(resolve, 5000));
            await route.continue();
          }),
      },
      async (run) => {
        await run.says('Loading the policy…');
        const asked = Date.now();
        await run.page.keyboard.press('Space');
        await run.says('The engine is not running', 2000);
        expect(Date.now() - asked).toBeLessThan(2000);
        await run.page.unrouteAll({ behavior: 'ignoreErrors' });
        await run.press('Start');
        await run.reaches(1);
        expect(await run.page.getByRole('alert').filter({ hasText: /\S/ }).count()).toBe(0);
      },
    ));

  it('is honoured before the first step, while test tasks are played', () =>
    on({ hash: '#v=1&device=wasm&evaluationEpisodes=512' }, async (run) => {
      await run.ready();
      await run.press('Start');
      await run.says(/Playing the test tasks/);
      await run.press('Pause');
      await run.says('Ready', 2000);
      expect(await run.steps()).toEqual([]);
    }));

  it('is honoured in the middle of a large step, which then counts as not made', () =>
    on({ hash: '#v=1&device=wasm&evaluateEvery=0&tasksPerStep=32&groupSize=16' }, async (run) => {
      await run.ready();
      await run.press('Start');
      await run.says(/Step 1: the policy talks/);
      await run.press('Pause');
      await run.says('Ready', 4000);
      expect(await run.steps()).toEqual([]);
      expect(run.errors).toEqual([]);
    }));
});
