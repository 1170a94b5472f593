import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeInspections,
  encodeInspections,
  type Inspection,
  type TokenInspection,
} from '../../src/runs/inspection';
import { DEFAULT_SETTINGS } from '../../src/runs/settings';

const logProb = fc.double({ min: -30, max: 0, noNaN: true });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const entropy = fc.double({ min: 0, max: 6, noNaN: true });
const word = fc.oneof(fc.constantFrom('how', 'many', '<end>', '?'), fc.string());
const count = fc.nat(100_000);

const token = (steps: number): fc.Arbitrary<TokenInspection> =>
  fc.record({
    text: word,
    old: logProb,
    update: logProb,
    now: logProb,
    reference: logProb,
    updateEntropy: entropy,
    nowEntropy: entropy,
    alternatives: fc.array(fc.record({ text: word, before: share, now: share }), { maxLength: 5 }),
    history: fc.array(share, { minLength: steps, maxLength: steps }),
  });
const settings = fc.constantFrom(
  DEFAULT_SETTINGS,
  Object.freeze({ ...DEFAULT_SETTINGS, gamma: 0.9, turnMethod: 'r2g' as const, klCoefficient: 0 }),
);
const inspection: fc.Arbitrary<Inspection> = fc.nat(4).chain((steps) =>
  fc.record({
    step: count,
    group: count,
    rollout: count,
    settings,
    weight: share,
    steps: fc.array(count, { minLength: steps, maxLength: steps }),
    turns: fc.array(fc.array(token(steps), { maxLength: 3 }), { maxLength: 3 }),
  }),
);

/** Every number of a structure, in order, and the rest of it apart. */
function apart(value: unknown): { numbers: number[]; rest: string } {
  const numbers: number[] = [];
  const rest = JSON.stringify(value, (_, one: unknown) => {
    if (typeof one !== 'number') return one;
    numbers.push(one);
    return '#';
  });
  return { numbers, rest };
}

describe('inspections as text', () => {
  it('come back as they were, rounded', () => {
    fc.assert(
      fc.property(fc.array(inspection, { maxLength: 3 }), (inspections) => {
        const text = encodeInspections(inspections);
        const decoded = decodeInspections(text);
        if (!decoded.ok) throw new Error(decoded.problem);
        const [once, again] = [apart(inspections), apart(decoded.inspections)];
        expect(again.rest).toBe(once.rest);
        again.numbers.forEach((value, i) =>
          expect(Math.abs(value - once.numbers[i]!)).toBeLessThanOrEqual(5.1e-5),
        );
        expect(encodeInspections(decoded.inspections)).toBe(text);
      }),
    );
  });

  const plain: Inspection = {
    step: 3,
    group: 0,
    rollout: 1,
    settings: DEFAULT_SETTINGS,
    weight: 1 / 300,
    steps: [0, 3],
    turns: [
      Array.from({ length: 12 }, (_, i) => ({
        text: `word${i % 3}`,
        old: -1.2345678,
        update: -1.2345678,
        now: -1.1,
        reference: -1.3,
        updateEntropy: 1.5,
        nowEntropy: 1.4,
        alternatives: [{ text: 'word0', before: 0.25, now: 0.5 }],
        history: [0.2, 0.3],
      })),
    ],
  };

  it('are short: their words and settings stand there once', () => {
    const one = encodeInspections([plain]).length;
    const ten = encodeInspections(Array.from({ length: 10 }, () => plain)).length;
    expect((ten - one) / 9 / 12).toBeLessThan(100);
  });

  const broken = (
    change: (file: { inspections: Record<string, unknown>[] } & Record<string, unknown>) => void,
  ) => {
    const file = JSON.parse(encodeInspections([plain])) as Parameters<typeof change>[0];
    change(file);
    return decodeInspections(JSON.stringify(file));
  };
  it.each([
    ['of another version', broken((file) => (file.version = 2)), /version/],
    ['with a word that is not there', broken((file) => (file.words = ['word0'])), /place 1/],
    [
      'with a column that is too short',
      broken(({ inspections }) => (inspections[0]!.now = [1])),
      /now has 1 entries for 12/,
    ],
    ['with an incomplete history', broken(({ inspections }) => (inspections[0]!.steps = [1])), /history/],
    [
      'with incomplete alternatives',
      broken(({ inspections }) => (inspections[0]!.alternative = [0, 1])),
      /alternatives/,
    ],
    [
      'with a number that is none',
      broken(({ inspections }) => (inspections[0]!.old = ['x'])),
      /inspections\.0\.old\.0/,
    ],
    ['with settings that cannot be', broken((file) => (file.settings = [{ gamma: 7 }])), /gamma/],
    ['without settings', broken((file) => (file.settings = [])), /place 0/],
    ['that are no JSON', decodeInspections('{'), /JSON/],
    ['that are nothing', decodeInspections('null'), /Train it yourself/],
  ])('are refused %s, with the reason', (_, result, reason) => {
    expect(result.ok).toBe(false);
    expect(!result.ok && result.problem).toMatch(reason);
  });
});
