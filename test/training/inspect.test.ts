/** Looking into rollouts: that what is shown is what the loss, the policy and the reference compute. */
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { History, MOST_SNAPSHOTS, RECENT_STEPS, type StepMemory } from '../../src/training/history';
import { inspect } from '../../src/training/inspect';
import type { Trajectory } from '../../src/training/rollout';
import { DEVICES, difference, onDevice } from '../support/device';
import { unpack } from '../support/fixtures';
import { readReference, referencePolicy, referenceSettings } from '../support/objective';
import { allLogits, scored } from '../support/policies';
import { smallSettings, startRun } from '../support/trainers';

describe.each(DEVICES)('looking into a rollout on %s', (device) => {
  onDevice(device);

  it("gives PyTorch's log-probabilities and entropies", async () => {
    const reference = readReference();
    const { objective } = reference;
    const policy = await referencePolicy(reference);
    const values = await policy.parameters.values();
    const old = unpack(objective.old);
    const logProbs = unpack(objective.logProbs);
    const entropies = unpack(objective.entropies);
    const history = new History();
    const settings = referenceSettings(reference, { groupSize: 1 });
    // One trajectory a sequence; each scored token counts as a turn of its own, wherever it stands.
    const places = objective.sequences.map((_, s) =>
      objective.tokens
        .flatMap(([sequence, at], n) => (sequence === s ? [{ at, n }] : []))
        .sort((a, b) => a.at - b.at),
    );
    const trajectories = objective.sequences.map(
      (ids, s) =>
        ({
          ids,
          turns: places[s]!.map(({ at, n }) => ({ start: at, logProbs: [old[n]!] })),
        }) as unknown as Trajectory,
    );
    history.add({
      step: 1,
      settings,
      trajectories,
      weights: trajectories.map(() => 1),
      sampled: values,
      updated: values,
      after: values,
    });
    for (const [s, there] of places.entries()) {
      const inspection = (await inspect(policy, history, { step: 1, group: s, rollout: 0 }))!;
      const tokens = inspection.turns.flat();
      const column = (of: Float32Array) => there.map(({ n }) => of[n]!);
      expect(
        difference(
          tokens.map((one) => one.now),
          column(logProbs),
        ),
      ).toBeLessThan(2e-4);
      expect(
        difference(
          tokens.map((one) => one.update),
          column(logProbs),
        ),
      ).toBeLessThan(2e-4);
      expect(
        difference(
          tokens.map((one) => one.nowEntropy),
          column(entropies),
        ),
      ).toBeLessThan(2e-4);
      expect(
        difference(
          tokens.map((one) => one.old),
          column(old),
        ),
      ).toBe(0);
    }
    policy.dispose();
  });

  it('shows a step that changed nothing as one: old is now, the ratio is 1', async () => {
    const settings = smallSettings({ learningRate: 0, temperature: 0.8, maxTurns: 3 });
    const { policy, trainer, user } = await startRun(settings);
    const { groups } = await trainer.step(settings, user);
    const inspection = (await trainer.inspect(1, 0, 1))!;
    expect(inspection).toMatchObject({ step: 1, group: 0, rollout: 1, steps: [0, 1] });
    const record = groups[0]!.rollouts[1]!;
    inspection.turns.forEach((turn, t) => {
      expect(turn.map(({ text, old }) => ({ text, logProb: old }))).toEqual(
        record.turns[t]!.tokens.map(({ text, logProb }) => ({ text, logProb: Math.fround(logProb) })),
      );
      for (const token of turn) {
        expect(token.now).toBeCloseTo(token.old, 4);
        expect(Math.exp(token.now - token.old)).toBeCloseTo(1, 4);
        expect(token.update).toBe(token.now);
        expect(token.reference).toBeCloseTo(token.now, 4);
        expect(token.nowEntropy).toBe(token.updateEntropy);
        for (const one of token.alternatives) expect(one.now).toBe(one.before);
      }
    });
    policy.dispose();
  });

  it('shows what a step did, and remembers the way there', async () => {
    const settings = smallSettings({ innerEpochs: 2, temperature: 1.3, maxTurns: 3 });
    const { policy, trainer, user } = await startRun(settings);
    for (let step = 1; step <= 3; step++) await trainer.step(settings, user);
    const inspection = (await trainer.inspect(3, 1, 2))!;
    expect(inspection.steps).toEqual([0, 1, 2, 3]);
    const tokens = inspection.turns.flat();
    const off = (of: (token: (typeof tokens)[number]) => readonly [number, number]) =>
      Math.max(...tokens.map((token) => Math.abs(of(token)[0] - of(token)[1])));
    // A snapshot at step 0 is the reference, one after the step is the policy as it is now.
    expect(off(({ history, reference }) => [history[0]!, Math.exp(reference)])).toBeLessThan(1e-5);
    expect(off(({ history, now }) => [history[3]!, Math.exp(now)])).toBeLessThan(1e-6);
    // What sampled is the policy after the step before.
    expect(off(({ history, old }) => [history[2]!, Math.exp(old)])).toBeLessThan(1e-4);
    expect(off(({ now, old }) => [now, old])).toBeGreaterThan(1e-3);
    // The second epoch took its gradient in between.
    expect(off(({ update, old }) => [update, old])).toBeGreaterThan(1e-3);
    expect(off(({ update, now }) => [update, now])).toBeGreaterThan(1e-3);

    // The same again by one pass over the whole conversation, from the logits themselves.
    const { ids, turns } = (await trainer.step(settings, user)).trajectories[6]!;
    const last = (await trainer.inspect(4, 1, 2))!;
    const first = turns[0]!;
    const plain = await scored(
      policy,
      policy.adapter,
      ids.slice(0, first.start + first.logProbs.length),
      first.start,
      1.3,
    );
    expect(
      difference(
        last.turns[0]!.map(({ now }) => now),
        plain,
      ),
    ).toBeLessThan(1e-4);
    const logits = (await allLogits(policy, policy.adapter, [ids]))[0]![first.start - 1]!.map((z) => z / 1.3);
    const total = logits.reduce((sum, z) => sum + Math.exp(z), 0);
    const best = logits.map((z) => Math.exp(z) / total).sort((a, b) => b - a);
    const shown = last.turns[0]![0]!.alternatives;
    expect(shown).toHaveLength(5);
    expect(shown[0]!.now).toBeCloseTo(best[0]!, 4);
    expect(shown.map(({ now }) => now)).toEqual(shown.map(({ now }) => now).sort((a, b) => b - a));
    const itself = shown.find(({ text }) => text === last.turns[0]![0]!.text);
    if (itself) expect(itself.now).toBeCloseTo(Math.exp(last.turns[0]![0]!.now), 4);
    policy.dispose();
  });

  it('leaves the policy and the memory of the device as they were', async () => {
    const settings = smallSettings({ maxTurns: 3 });
    const { policy, trainer, user } = await startRun(settings);
    await trainer.step(settings, user);
    const values = await policy.parameters.values();
    await trainer.inspect(1, 0, 0);
    const before = memory().numTensors;
    await trainer.inspect(1, 1, 3);
    expect(memory().numTensors).toBe(before);
    expect(difference(await policy.parameters.values(), values)).toBe(0);
    for (const [step, group, rollout] of [
      [2, 0, 0],
      [1, 2, 0],
      [1, 0, 4],
      [1, 0, -1],
    ] as const)
      expect(await trainer.inspect(step, group, rollout)).toBeUndefined();
    policy.dispose();
  });
});

describe('what a run remembers', () => {
  const memoryOf = (step: number): StepMemory => {
    const values = Float32Array.of(step);
    return {
      step,
      settings: smallSettings(),
      trajectories: [],
      weights: [],
      sampled: Float32Array.of(step - 1),
      updated: values,
      after: values,
    };
  };
  let history: History;
  beforeAll(() => {
    history = new History();
    for (let step = 1; step <= 1000; step++) {
      history.add(memoryOf(step));
      if (step === 500) expect(history.hold(499)?.step).toBe(499);
    }
  });

  it('is a few adapters at even distances, the first among them', () => {
    const steps = history.snapshots.map(({ step }) => step);
    expect(steps[0]).toBe(0);
    expect(steps.length).toBeLessThanOrEqual(MOST_SNAPSHOTS);
    expect(steps.length).toBeGreaterThanOrEqual(MOST_SNAPSHOTS / 2);
    const distances = new Set(steps.slice(1).map((step, i) => step - steps[i]!));
    expect(distances.size).toBe(1);
    for (const { step, values } of history.snapshots) expect(values[0]).toBe(step);
  });

  it('is the last few steps, and the one looked at last', () => {
    for (let step = 1000 - RECENT_STEPS; step >= 1; step--) {
      if (step === 499) expect(history.hold(step)?.step).toBe(499);
      else if (step > 990 || step < 10) expect(history.hold(step)).toBeUndefined();
    }
    expect(history.hold(1001 - RECENT_STEPS)?.step).toBe(1001 - RECENT_STEPS);
    // Another one has taken its place.
    expect(history.hold(499)).toBeUndefined();
  });
});
