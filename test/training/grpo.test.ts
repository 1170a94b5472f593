/** Whole steps of reinforcement learning: reproducible, without leaks, and they learn. */
import { createHash } from 'node:crypto';
import { memory } from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import { tokenWeights } from '../../src/credit/loss';
import { groupAdvantages, normaliseGroup } from '../../src/credit/advantages';
import { grpoLoss } from '../../src/credit/loss';
import { trainingRewards } from '../../src/credit/reward-terms';
import type { Gym } from '../../src/gyms/types';
import { rewardRule } from '../../src/runs/reward-terms';
import type { Settings } from '../../src/runs/settings';
import { creditBatch } from '../../src/training/credit-step';
import { DivergedError, MAX_NEW_TOKENS, type StepResult } from '../../src/training/grpo';
import { addSums, chunkGradient, disposeChunk, prepareChunk } from '../../src/training/objective';
import { tokenChunks } from '../../src/training/tokens';
import { createUser } from '../../src/users/registry';
import type { SimulatedUser } from '../../src/users/types';
import { difference, measured, onDevice, relativeDifference } from '../support/device';
import { smallSettings, startRun, type Run } from '../support/trainers';
import { answering, wordGym } from '../support/wordGym';

/** What a step leaves behind, as far as it must not depend on the clock. */
const trace = ({ trajectories, metrics }: StepResult) => ({
  ids: trajectories.map(({ ids }) => ids),
  rewards: trajectories.map(({ turns }) => turns.map(({ reward }) => reward)),
  logProbs: trajectories.map(({ turns }) => turns.map(({ logProbs }) => logProbs)),
  loss: metrics.policy_loss,
  norm: metrics.grad_norm,
});

const play = async (settings: Settings, steps: number, run?: Run) => {
  const { policy, trainer, user } = run ?? (await startRun(settings));
  const results: StepResult[] = [];
  for (let i = 0; i < steps; i++) results.push(await trainer.step(settings, user));
  const values = await policy.parameters.values();
  policy.dispose();
  return { results, traces: results.map(trace), values };
};

describe('a run', () => {
  onDevice('wasm');

  it('is the same again with the same seed, and another with another', async () => {
    const settings = smallSettings();
    const one = await play(settings, 3);
    const two = await play(settings, 3);
    expect(two.traces).toEqual(one.traces);
    expect(two.values).toEqual(one.values);
    const other = await play(smallSettings({ seed: 1 }), 3);
    expect(other.traces[0]!.ids).not.toEqual(one.traces[0]!.ids);
    expect(other.values).not.toEqual(one.values);
    // Every step draws tasks and tokens of its own.
    expect(one.traces[1]!.ids).not.toEqual(one.traces[0]!.ids);
    // And something was learnt from.
    expect(one.traces.some(({ norm }) => norm > 0)).toBe(true);
  });

  it('trains on what reward terms make of the turns, and reports the score of the gym', async () => {
    const terms = { stepPenalty: 0.05, rewardTerms: 'repeated:-0.2,found:0.3', gymRewardWeight: 0.5 };
    const [plain, shaped] = [await play(smallSettings(), 1), await play(smallSettings(terms), 1)];
    const [one, other] = [plain.results[0]!, shaped.results[0]!];
    // The first step is played by the same policy.
    expect(shaped.traces[0]!.ids).toEqual(plain.traces[0]!.ids);
    expect(shaped.traces[0]!.rewards).toEqual(plain.traces[0]!.rewards);
    expect(other.metrics).toMatchObject({
      score: one.metrics.score,
      success: one.metrics.success,
      turns: one.metrics.turns,
    });
    const rule = rewardRule(smallSettings(terms));
    const counted = one.trajectories.map(({ turns }) => trainingRewards(turns, rule));
    expect(other.metrics.reward).toBeCloseTo(counted.flat().reduce((a, b) => a + b, 0) / counted.length, 10);
    expect(Math.abs(other.metrics.reward - one.metrics.reward)).toBeGreaterThan(0.05);
    // Credit is given to what the turns count for; the record says both.
    other.groups
      .flatMap(({ rollouts }) => rollouts)
      .forEach(({ turns, trajectoryScore }, r) => {
        expect(turns.map(({ reward, trainingReward }) => trainingReward ?? reward)).toEqual(counted[r]);
        expect(trajectoryScore).toBeCloseTo(
          counted[r]!.reduce((a, b) => a + b, 0),
          8,
        );
      });
    const rewards = (of: typeof one) =>
      of.groups.flatMap(({ rollouts }) => rollouts.map((rollout) => [rollout.reward, rollout.score]));
    expect(rewards(other)).toEqual(rewards(one));
    expect(one.groups[0]!.rollouts[0]!.turns[0]).not.toHaveProperty('trainingReward');
    expect(shaped.values).not.toEqual(plain.values);
  });

  it('does not depend on what other runs did in between', async () => {
    const settings = smallSettings();
    const alone = await play(settings, 2);
    const [one, two] = [await startRun(settings), await startRun(smallSettings({ seed: 9 }))];
    const traces = [];
    for (let i = 0; i < 2; i++) {
      traces.push(trace(await one.trainer.step(settings, one.user)));
      await two.trainer.step(smallSettings({ seed: 9 }), two.user);
    }
    expect(traces).toEqual(alone.traces);
    one.policy.dispose();
    two.policy.dispose();
  });

  it('reports numbers that fit what happened', async () => {
    const settings = smallSettings({ klCoefficient: 0.02 });
    const { results } = await play(settings, 2);
    let tokens = 0;
    results.forEach(({ metrics, groups, trajectories }, i) => {
      tokens += trajectories.reduce((sum, { ids }) => sum + ids.length, 0);
      expect(metrics).toMatchObject({
        step: i + 1,
        num_tokens: tokens,
        learning_rate: settings.learningRate,
      });
      expect(groups).toHaveLength(2);
      for (const { rollouts, task, mean, std } of groups) {
        expect(rollouts).toHaveLength(4);
        expect(new Set(rollouts.map((rollout) => rollout.task))).toEqual(new Set([task]));
        const scores = rollouts.map(({ trajectoryScore }) => trajectoryScore);
        const expected = normaliseGroup(scores, settings);
        expect([mean, std]).toEqual([expected.mean, expected.std]);
        rollouts.forEach(({ advantage, turns, reward }, r) => {
          expect(advantage).toBeCloseTo(expected.normalised[r]!, 4);
          expect(turns.reduce((sum, turn) => sum + turn.reward, 0)).toBeCloseTo(reward, 10);
        });
        const advantages = groupAdvantages(
          rollouts.map(({ turns }) => ({
            turnRewards: turns.map((turn) => turn.reward),
            turnTokens: turns.map((turn) => turn.tokens.length),
          })),
          settings,
        );
        rollouts.forEach(({ turns }, r) =>
          turns.forEach(({ advantage }, t) => expect(advantage).toBeCloseTo(advantages[r]![t]!, 4)),
        );
      }
      const all = groups.flatMap(({ rollouts }) => rollouts);
      const average = (of: (rollout: (typeof all)[number]) => number) =>
        all.reduce((sum, rollout) => sum + of(rollout), 0) / all.length;
      expect(metrics.reward).toBeCloseTo(
        average(({ reward }) => reward),
        10,
      );
      expect(metrics.turns).toBeCloseTo(
        average(({ turns }) => turns.length),
        10,
      );
      expect(metrics.success).toBeCloseTo(
        average(({ success }) => Number(success)),
        10,
      );
      expect(metrics['completions/mean_length']).toBeCloseTo(
        average(({ turns }) => turns.reduce((sum, { tokens: said }) => sum + said.length, 0)),
        10,
      );
      expect(metrics.step_time).toBeGreaterThanOrEqual(metrics.rollout_time + metrics.train_time);
      expect(metrics.entropy).toBeGreaterThan(0);
      for (const value of Object.values(metrics)) expect(Number.isFinite(value)).toBe(true);
    });
    // The first update is made by the reference itself: no divergence yet, no clipping, ratio 1 to the last digits.
    expect(Math.abs(results[0]!.metrics.kl)).toBeLessThan(1e-6);
    expect(results[0]!.metrics['clip_ratio/region_mean']).toBe(0);
    expect(results[1]!.metrics.kl).toBeGreaterThan(0);
  });

  it.each(['token-mean', 'seq-mean-token-mean', 'seq-mean-token-sum', 'seq-mean-token-sum-norm'] as const)(
    'has the loss that credit/ computes from the record, by %s',
    async (aggregation) => {
      const settings = smallSettings({ aggregation, klCoefficient: 0, turnMethod: 'r2g', maxTurns: 4 });
      const { results } = await play(settings, 2);
      for (const { metrics, groups } of results) {
        const rollouts = groups.flatMap((group) => group.rollouts);
        const rows = (of: (turn: (typeof rollouts)[number]['turns'][number]) => number[]) =>
          rollouts.map(({ turns }) => turns.flatMap(of));
        // Before the first update of a batch every ratio is 1.
        const logProbs = rows(({ tokens }) => tokens.map(({ logProb }) => logProb));
        const { loss } = grpoLoss(
          {
            logProbs,
            oldLogProbs: logProbs,
            advantages: rows(({ tokens, advantage }) => tokens.map(() => advantage)),
            mask: rows(({ tokens }) => tokens.map(() => 1)),
          },
          { ...settings, normLength: settings.maxTurns * MAX_NEW_TOKENS },
        );
        expect(metrics.policy_loss).toBeCloseTo(loss, 4);
      }
    },
  );

  it('warms the learning rate up', async () => {
    const settings = smallSettings({ warmupSteps: 4, maxTurns: 1 });
    const { results } = await play(settings, 6);
    [0.25, 0.5, 0.75, 1, 1, 1].forEach((share, i) => {
      expect(results[i]!.metrics.learning_rate / settings.learningRate).toBeCloseTo(share, 12);
    });
  });

  it('leaves the ratio at 1 with one inner epoch, and not with several', async () => {
    const clipped = async (innerEpochs: number) => {
      const { results, values } = await play(
        smallSettings({ innerEpochs, learningRate: 3e-2, clipLow: 0.1, clipHigh: 0.1 }),
        1,
      );
      return { share: results[0]!.metrics['clip_ratio/region_mean'], values };
    };
    const [once, thrice] = [await clipped(1), await clipped(3)];
    expect(once.share).toBe(0);
    expect(thrice.share).toBeGreaterThan(0.01);
    expect(thrice.values).not.toEqual(once.values);
  });

  it('stops with a word where the loss is no number any more', async () => {
    const settings = smallSettings({ maxTurns: 1 });
    const { policy, trainer, user } = await startRun(settings);
    policy.parameters.reset(new Float32Array(policy.parameters.size).fill(NaN));
    await expect(trainer.step(settings, user)).rejects.toThrow(DivergedError);
    policy.dispose();
  });
});

describe('the gradient of a real batch', () => {
  onDevice('wasm');

  it('is the same cut into chunks as in one piece', async () => {
    const settings = smallSettings({
      klCoefficient: 0.05,
      temperature: 0.9,
      turnMethod: 'r2g',
      aggregation: 'seq-mean-token-mean',
    });
    const { policy, trainer, user } = await startRun(settings);
    const { trajectories } = await trainer.step(settings, user);
    const credit = await creditBatch(trajectories, settings);
    const tokens = trajectories.map(({ turns }) =>
      turns.reduce((sum, { logProbs }) => sum + logProbs.length, 0),
    );
    const weights = tokenWeights(tokens, settings.aggregation, settings.maxTurns * MAX_NEW_TOKENS);
    const gradient = async (maxTokens: number) => {
      const chunks = tokenChunks(trajectories, maxTokens).map((chunk) =>
        prepareChunk(policy, chunk, credit.advantages, weights, settings),
      );
      const sums = addSums(chunks.map((chunk) => chunkGradient(policy, chunk, settings)));
      const [flat, stats] = [await sums.gradient.data(), await sums.stats.data()];
      [...chunks].forEach(disposeChunk);
      sums.gradient.dispose();
      sums.stats.dispose();
      return { pieces: chunks.length, flat, stats };
    };
    const whole = await gradient(8192);
    const before = memory().numTensors;
    expect(whole.pieces).toBe(1);
    expect(Math.hypot(...whole.flat)).toBeGreaterThan(0);
    for (const maxTokens of [1, 150, 300]) {
      const cut = await gradient(maxTokens);
      expect(cut.pieces).toBeGreaterThan(1);
      expect(
        measured(`gradient in ${cut.pieces} chunks`, relativeDifference(cut.flat, whole.flat)),
      ).toBeLessThan(1e-4);
      expect(difference(cut.stats, whole.stats) / Math.max(...whole.stats.map(Math.abs))).toBeLessThan(1e-5);
    }
    expect(memory().numTensors).toBe(before);
    credit.advantages.dispose();
    policy.dispose();
  });
});

describe('memory', () => {
  onDevice('wasm');

  it('is the same after eight steps as after three', async () => {
    const settings = smallSettings({ innerEpochs: 2 });
    const { policy, trainer, user } = await startRun(settings);
    const seen: { readonly numTensors: number; readonly numBytes: number }[] = [];
    for (let i = 0; i < 8; i++) {
      const { metrics } = await trainer.step(settings, user);
      const { numTensors, numBytes } = memory();
      expect(metrics).toMatchObject({ num_tensors: numTensors, num_bytes: numBytes });
      seen.push({ numTensors, numBytes });
    }
    expect(seen[7]).toEqual(seen[2]);
    policy.dispose();
  });

  it('stays bounded where a setting says so, with the same update', async () => {
    const step = async (activationMemory: number) => {
      const settings = smallSettings({ activationMemory, entropyCoefficient: 0.01 });
      const { policy, trainer, user } = await startRun(settings);
      const { metrics } = await trainer.step(settings, user);
      const values = await policy.parameters.values();
      policy.dispose();
      return { metrics, values };
    };
    const free = await step(512);
    const bound = await step(1);
    expect(bound.metrics.peak_memory).toBeLessThan(0.4 * free.metrics.peak_memory);
    expect(bound.metrics.grad_norm / free.metrics.grad_norm).toBeCloseTo(1, 4);
    expect(bound.metrics.policy_loss).toBeCloseTo(free.metrics.policy_loss, 6);
    // The first update of AdamW is as good as the sign of the gradient: numbers near 0 may go either way.
    expect(relativeDifference(bound.values, free.values)).toBeLessThan(1e-2);
  });

  it('is all given back at the end', async () => {
    const before = { tensors: memory().numTensors, bytes: memory().numBytes };
    await play(smallSettings(), 1);
    expect({ tensors: memory().numTensors, bytes: memory().numBytes }).toEqual(before);
  });
});

describe('a step that is broken off', () => {
  onDevice('wasm');

  /** What must not change. */
  const state = async ({ policy, trainer }: Run) => {
    // The matrices are cut out of the parameters when they are first asked for, and kept until the next update.
    policy.parameters.views();
    const { state: all, updates } = await policy.parameters.snapshot();
    // As text: comparing two of these is quick, and so is saying that they differ.
    const parameters = createHash('sha256').update(new Uint8Array(all.slice().buffer)).digest('hex');
    return {
      parameters,
      updates,
      steps: trainer.steps,
      tensors: memory().numTensors,
      bytes: memory().numBytes,
    };
  };
  /** Aborts when it is asked for the nth time. */
  const stopAt = (n: number) => {
    const controller = new AbortController();
    let asked = 0;
    const { signal } = controller;
    signal.throwIfAborted = () => {
      if (++asked >= n) controller.abort(new Error('enough'));
      AbortSignal.prototype.throwIfAborted.call(signal);
    };
    return signal;
  };

  it('by the signal while a user speaks leaves everything as it was, and the next step is as if nothing had been', async () => {
    const settings = smallSettings();
    const undisturbed = await play(settings, 2);
    const run = await startRun(settings);
    const first = trace(await run.trainer.step(settings, run.user));
    const before = await state(run);
    const controller = new AbortController();
    const scripted = createUser(settings);
    const impatient: SimulatedUser = {
      name: 'impatient',
      hears: (call, seed) => scripted.hears(call, seed),
      reply: (requests) => {
        controller.abort(new Error('enough'));
        return scripted.reply(requests);
      },
    };
    await expect(run.trainer.step(settings, impatient, controller.signal)).rejects.toThrow('enough');
    expect(await state(run)).toEqual(before);
    const second = trace(await run.trainer.step(settings, run.user));
    expect([first, second]).toEqual(undisturbed.traces);
    run.policy.dispose();
  });

  it('by a user that fails leaves everything as it was', async () => {
    const settings = smallSettings();
    const run = await startRun(settings);
    await run.trainer.step(settings, run.user);
    const before = await state(run);
    const failing = { ...answering(''), reply: () => Promise.reject(new Error('the line is dead')) };
    await expect(run.trainer.step(settings, failing)).rejects.toThrow('the line is dead');
    expect(await state(run)).toEqual(before);
    run.policy.dispose();
  });

  // With one turn the signal is asked once in the rollout and once before each inner epoch.
  it.each([1, 2, 3, 4])('at the %d. time the signal is looked at leaves everything as it was', async (n) => {
    const settings = smallSettings({ maxTurns: 1, innerEpochs: 3, learningRate: 3e-2 });
    const run = await startRun(settings);
    await run.trainer.step(settings, run.user);
    const before = await state(run);
    await expect(run.trainer.step(settings, run.user, stopAt(n))).rejects.toThrow('enough');
    expect(await state(run)).toEqual(before);
    run.policy.dispose();
  });

  it('before it began does nothing at all', async () => {
    const settings = smallSettings();
    const run = await startRun(settings);
    const before = await state(run);
    await expect(run.trainer.step(settings, run.user, AbortSignal.abort(new Error('never')))).rejects.toThrow(
      'never',
    );
    expect(await state(run)).toEqual(before);
    run.policy.dispose();
  });
});

describe('learning', () => {
  onDevice('wasm');
  const cleanUp: (() => void)[] = [];
  afterAll(() => cleanUp.forEach((dispose) => dispose()));

  /** What the fresh policy says in its first turn, and how often. */
  const vocabulary = async (settings: Settings) => {
    const { policy, trainer } = await startRun(settings, wordGym('no such word'), answering(''));
    const counts = new Map<string, number>();
    const { trajectories } = await trainer.step(
      { ...settings, tasksPerStep: 32, groupSize: 4, learningRate: 1e-5 },
      answering(''),
    );
    for (const { turns } of trajectories) {
      for (const word of new Set(turns[0]!.content.split(' ')))
        counts.set(word, (counts.get(word) ?? 0) + 1 / trajectories.length);
    }
    policy.dispose();
    return counts;
  };

  it('raises the reward of a gym that pays for one word', async () => {
    const settings = smallSettings({
      tasksPerStep: 4,
      groupSize: 8,
      maxTurns: 1,
      learningRate: 1e-2,
      klCoefficient: 0,
    });
    // A word that the policy says now and then, whatever checkpoint this is.
    const [word, share] = [...(await vocabulary(settings))]
      .filter(([text]) => /^\w+$/.test(text))
      .sort((a, b) => Math.abs(a[1] - 0.2) - Math.abs(b[1] - 0.2))[0]!;
    measured(`share of "${word}" before`, share);
    expect(share).toBeLessThan(0.5);
    const gym: Gym = wordGym(word);
    const { policy, trainer, user } = await startRun(settings, gym, answering('thanks'));
    cleanUp.push(() => policy.dispose());
    const rewards: number[] = [];
    for (let i = 0; i < 15; i++) rewards.push((await trainer.step(settings, user)).metrics.reward);
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const [start, end] = [mean(rewards.slice(0, 3)), mean(rewards.slice(-3))];
    measured('reward of the first three steps', start);
    measured('reward of the last three steps', end);
    expect(end).toBeGreaterThan(start + 0.3);
  });

  it('does not move where a whole group scores alike', async () => {
    const settings = smallSettings({ maxTurns: 2, klCoefficient: 0 });
    const { policy, trainer, user } = await startRun(settings, wordGym('no such word'), answering('no'));
    cleanUp.push(() => policy.dispose());
    const before = await policy.parameters.values();
    const { metrics } = await trainer.step(settings, user);
    expect(metrics).toMatchObject({
      reward: 0,
      frac_reward_zero_std: 1,
      frac_all_bad: 1,
      frac_all_good: 0,
      grad_norm: 0,
    });
    expect(difference(await policy.parameters.values(), before)).toBe(0);
  });
});
