/** The adapter: where it starts, that it can be switched off, and that a frozen copy stays frozen. */
import { memory, tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { PROJECTION_NAMES, PROJECTIONS, projectionShape } from '../../src/policy/config';
import { adapterShapes, initialAdapter } from '../../src/policy/lora';
import { Policy } from '../../src/policy/policy';
import { DEVICES, difference, onDevice } from '../support/device';
import { readNano, readTiny } from '../support/fixtures';
import { allLogits, tinyPolicy } from '../support/policies';

const SENTENCE = [2, 3, 10, 11, 12, 5, 4, 6, 13, 14, 5];

describe('the first values of an adapter', () => {
  it("are PEFT's: A uniform in +-1/sqrt(in), B zero", async () => {
    const { config } = await readTiny();
    const shapes = adapterShapes(config, { rank: 8, alpha: 16 });
    const values = initialAdapter(shapes, 1);
    expect(shapes).toHaveLength(2 * PROJECTION_NAMES.length * config.num_hidden_layers);
    let at = 0;
    shapes.forEach(({ name, shape }, i) => {
      const [rows, width] = shape as [number, number];
      const projection = PROJECTION_NAMES[Math.floor(i / 2) % PROJECTION_NAMES.length]!;
      const [outer, inner] = projectionShape(config, projection);
      const own = values.subarray(at, (at += rows * width));
      if (name.endsWith('lora_B')) {
        expect(shape).toEqual([outer, 8]);
        expect(own.every((value) => value === 0)).toBe(true);
        return;
      }
      expect(shape).toEqual([8 * PROJECTIONS[projection].length, inner]);
      const bound = 1 / Math.sqrt(inner);
      expect(Math.max(...own.map(Math.abs))).toBeLessThanOrEqual(bound);
      // The deviation of a uniform distribution, with room for chance.
      expect(
        Math.sqrt(own.reduce((sum, x) => sum + x * x, 0) / own.length) / (bound / Math.sqrt(3)),
      ).toBeCloseTo(1, 0.5);
    });
    expect(at).toBe(values.length);
    expect(initialAdapter(shapes, 1)).toEqual(values);
    expect(initialAdapter(shapes, 2)).not.toEqual(values);
  });
});

describe.each(DEVICES)('the adapter on %s', (device) => {
  onDevice(device);

  it('starts exactly at the bare checkpoint', async () => {
    for (const read of [readTiny, readNano]) {
      const policy = new Policy(await read(), { rank: 8, alpha: 16 }, 3);
      const [bare] = await allLogits(policy, undefined, [SENTENCE]);
      const [adapted] = await allLogits(policy, policy.adapter, [SENTENCE]);
      expect(adapted).toEqual(bare);
      policy.dispose();
    }
  });

  it('changes the policy, and switching it off gives the checkpoint back', async () => {
    const policy = await tinyPolicy();
    const fresh = new Policy(await readTiny(), { rank: 3, alpha: 6 }, 0);
    const logits = async (which: Policy, adapter: Policy['referenceAdapter']) =>
      (await allLogits(which, adapter, [SENTENCE]))[0]!.flat();
    expect(difference(await logits(policy, policy.adapter), await logits(policy, undefined))).toBeGreaterThan(
      0.1,
    );
    expect(await logits(policy, undefined)).toEqual(await logits(fresh, undefined));
    policy.dispose();
    fresh.dispose();
  });

  it('weighs alpha / rank', async () => {
    const strong = await tinyPolicy({ rank: 3, alpha: 12 });
    const weak = await tinyPolicy({ rank: 3, alpha: 6 });
    // Twice B is twice the adapter.
    const values = await weak.parameters.values();
    let at = 0;
    for (const { name, shape } of weak.parameters.shapes) {
      const to = at + shape.reduce((a, b) => a * b, 1);
      if (name.endsWith('lora_B'))
        values.subarray(at, to).forEach((value, i) => (values[at + i] = 2 * value));
      at = to;
    }
    weak.parameters.reset(values);
    const logits = async (policy: Policy) => (await allLogits(policy, policy.adapter, [SENTENCE]))[0]!.flat();
    expect(difference(await logits(strong), await logits(weak))).toBeLessThan(1e-4);
    strong.dispose();
    weak.dispose();
  });

  it('leaves a frozen copy behind that further updates do not touch', async () => {
    const before = memory().numTensors;
    const policy = await tinyPolicy();
    expect(policy.referenceAdapter).toBeUndefined();
    const update = () => {
      const gradient = tensor1d(new Float32Array(policy.parameters.size).fill(1));
      const norm = policy.parameters.update(gradient, {
        learningRate: 0.1,
        beta1: 0.9,
        beta2: 0.95,
        epsilon: 1e-8,
        weightDecay: 0,
        maxNorm: 1,
      });
      [gradient, norm].forEach((tensor) => tensor.dispose());
    };
    update();
    const start = await allLogits(policy, policy.adapter, [SENTENCE]);
    await policy.freezeReference();
    // The optimiser starts afresh.
    expect(policy.parameters.updates).toBe(0);
    const { state } = await policy.parameters.snapshot();
    expect(Math.max(...state.subarray(policy.parameters.size).map(Math.abs))).toBe(0);
    expect(await allLogits(policy, policy.referenceAdapter, [SENTENCE])).toEqual(start);
    expect(await allLogits(policy, policy.adapter, [SENTENCE])).toEqual(start);
    update();
    expect(policy.parameters.updates).toBe(1);
    expect(await allLogits(policy, policy.referenceAdapter, [SENTENCE])).toEqual(start);
    expect(await allLogits(policy, policy.adapter, [SENTENCE])).not.toEqual(start);
    await policy.freezeReference();
    expect(await allLogits(policy, policy.referenceAdapter, [SENTENCE])).toEqual(
      await allLogits(policy, policy.adapter, [SENTENCE]),
    );
    policy.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('goes on from a snapshot as if nothing had happened', async () => {
    const options = {
      learningRate: 0.01,
      beta1: 0.9,
      beta2: 0.95,
      epsilon: 1e-8,
      weightDecay: 0.1,
      maxNorm: 1,
    };
    const step = (policy: Policy, value: number) => {
      const gradient = tensor1d(
        Float32Array.from({ length: policy.parameters.size }, (_, i) => Math.sin(i * value)),
      );
      policy.parameters.update(gradient, options).dispose();
      gradient.dispose();
    };
    const one = await tinyPolicy();
    step(one, 1);
    const kept = await one.parameters.snapshot();
    const state = kept.state.slice();
    step(one, 2);
    const two = await tinyPolicy();
    two.parameters.restore({ state, updates: kept.updates });
    step(two, 2);
    expect(await two.parameters.values()).toEqual(await one.parameters.values());
    expect(() => two.parameters.restore({ state: new Float32Array(3), updates: 0 })).toThrow(
      /Expected a state/,
    );
    one.dispose();
    two.dispose();
  });

  it('does not change a snapshot after the fact', async () => {
    const policy = await tinyPolicy();
    const { state } = await policy.parameters.snapshot();
    const copy = state.slice();
    const values = await policy.parameters.values();
    const gradient = tensor1d(new Float32Array(policy.parameters.size).fill(1));
    policy.parameters
      .update(gradient, {
        learningRate: 0.1,
        beta1: 0.9,
        beta2: 0.95,
        epsilon: 1e-8,
        weightDecay: 0,
        maxNorm: 1,
      })
      .dispose();
    expect(await policy.parameters.values()).not.toEqual(values);
    expect(state).toEqual(copy);
    gradient.dispose();
    policy.dispose();
  });
});
