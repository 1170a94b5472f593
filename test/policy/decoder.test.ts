/** Decoding with the cache against plain repeated forward passes. */
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Decoder, type DecoderOptions, type PendingTurn, type SampledTurn } from '../../src/policy/decoder';
import type { Policy } from '../../src/policy/policy';
import { Random } from '../../src/random';
import { DEVICES, difference, measured, onDevice } from '../support/device';
import { greedyTurn, scored, tinyPolicy } from '../support/policies';

/** No token has this id: nothing ends before its time. */
const NEVER = -1;

describe.each(DEVICES)('the decoder on %s', (device) => {
  onDevice(device);
  let policy: Policy;
  beforeAll(async () => {
    policy = await tinyPolicy();
  });

  const decoder = (options: Partial<DecoderOptions> = {}) =>
    new Decoder(policy.config, policy.weights, policy.adapter, {
      rows: 4,
      context: 96,
      maxNewTokens: 6,
      temperature: 0,
      seed: 5,
      endToken: NEVER,
      padToken: 0,
      ...options,
    });

  /** Words without control tokens, different for every row and turn. */
  const words = (length: number, ...name: number[]) => {
    const random = new Random(name.reduce((h, n) => h * 31 + n, 7));
    return Array.from({ length }, () => 9 + random.int(policy.config.vocab_size - 9));
  };

  /**
   * Turns with rows of other lengths, in another order, with fewer rows: row 1 is dropped after the first turn, row 2
   * sits out the second. Returns each row's ids and where its sampled tokens stand.
   */
  const SCRIPT: readonly (readonly { readonly row: number; readonly length: number }[])[] = [
    [
      { row: 0, length: 3 },
      { row: 1, length: 11 },
      { row: 2, length: 1 },
      { row: 3, length: 7 },
    ],
    [
      { row: 3, length: 2 },
      { row: 0, length: 9 },
    ],
    [
      { row: 0, length: 1 },
      { row: 2, length: 5 },
      { row: 3, length: 4 },
    ],
    [
      { row: 2, length: 3 },
      { row: 0, length: 2 },
    ],
  ];

  interface Played {
    readonly ids: number[];
    readonly turns: { readonly start: number; readonly sampled: SampledTurn }[];
  }

  const play = async (
    options: Partial<DecoderOptions>,
    only?: readonly number[],
  ): Promise<Map<number, Played>> => {
    const cached = decoder(options);
    const rows = new Map<number, Played>();
    for (const [turn, script] of SCRIPT.entries()) {
      const pending = script
        .filter(({ row }) => !only || only.includes(row))
        .map(({ row, length }): PendingTurn => {
          const played = rows.get(row) ?? { ids: [], turns: [] };
          rows.set(row, played);
          const said = words(length, row, turn);
          // The token sampled last is in the conversation but not in the cache.
          const fed = played.ids.length ? [played.ids.at(-1)!, ...said] : said;
          played.ids.push(...said);
          return { row, ids: fed };
        });
      for (const sampled of await cached.turn(pending)) {
        const played = rows.get(sampled.row)!;
        played.turns.push({ start: played.ids.length, sampled });
        played.ids.push(...sampled.ids);
      }
    }
    cached.dispose();
    return rows;
  };

  it('says greedily what repeated forward passes say, and with the same log-probabilities', async () => {
    // An end token that row 0 reaches in the middle of its first turn, so that some rows end early and some do not.
    const endToken = (await greedyTurn(policy, policy.adapter, words(3, 0, 0), 3, NEVER))[2]!;
    const rows = await play({ endToken });
    const lengths = [...rows.values()].flatMap(({ turns }) => turns.map(({ sampled }) => sampled.ids.length));
    expect(Math.min(...lengths)).toBeLessThan(6);
    expect(Math.max(...lengths)).toBe(6);
    let worst = 0;
    for (const { ids, turns } of rows.values()) {
      for (const { start, sampled } of turns) {
        expect(sampled.ids).toEqual(
          await greedyTurn(policy, policy.adapter, ids.slice(0, start), 6, endToken),
        );
        const upTo = ids.slice(0, start + sampled.ids.length);
        worst = Math.max(
          worst,
          difference(sampled.logProbs, await scored(policy, policy.adapter, upTo, start, 1)),
        );
      }
    }
    expect(measured(`greedy log-probabilities, ${device}`, worst)).toBeLessThan(1e-4);
  });

  it.each([0.5, 1, 1.7])(
    'records the log-probability of what it samples at temperature %d',
    async (temperature) => {
      const rows = await play({ temperature, endToken: 12 });
      let worst = 0;
      for (const { ids, turns } of rows.values()) {
        for (const { start, sampled } of turns) {
          const upTo = ids.slice(0, start + sampled.ids.length);
          worst = Math.max(
            worst,
            difference(sampled.logProbs, await scored(policy, policy.adapter, upTo, start, temperature)),
          );
        }
      }
      expect(measured(`sampled log-probabilities at ${temperature}, ${device}`, worst)).toBeLessThan(1e-4);
    },
  );

  it('gives a row the same tokens whoever else is in the batch', async () => {
    // Ends row 3 early, so that the others go on while it idles.
    const endToken = (await play({ temperature: 1 })).get(3)!.turns[0]!.sampled.ids[2]!;
    const options = { temperature: 1, endToken };
    const together = await play(options);
    const lengths = [...together.values()].flatMap(({ turns }) =>
      turns.map(({ sampled }) => sampled.ids.length),
    );
    expect(Math.min(...lengths)).toBeLessThan(6);
    expect(Math.max(...lengths)).toBe(6);
    for (const only of [[0], [3], [0, 3], [0, 1, 2]]) {
      for (const [row, { ids }] of await play(options, only)) expect(ids).toEqual(together.get(row)!.ids);
    }
    // Nor how many rows the decoder was made for.
    const wider = await play({ ...options, rows: 9 });
    for (const [row, { ids }] of wider) expect(ids).toEqual(together.get(row)!.ids);
  });

  it('gives every row and every turn its own randomness, and another seed another', async () => {
    const turns = async (seed: number) => {
      const cached = decoder({ temperature: 1, seed });
      const said = words(4, 0, 0);
      const first = await cached.turn([0, 1, 2, 3].map((row) => ({ row, ids: said })));
      cached.dispose();
      return first.map(({ ids }) => ids.join(' '));
    };
    const one = await turns(5);
    expect(new Set(one).size).toBe(4);
    expect(await turns(5)).toEqual(one);
    expect(await turns(6)).not.toEqual(one);
  });

  it('stops a row at its end token and not before', async () => {
    const free = await play({ temperature: 1 });
    const first = free.get(3)!.turns[0]!.sampled.ids;
    const [, , third] = first;
    const ended = await play({ temperature: 1, endToken: third! });
    expect(ended.get(3)!.turns[0]!.sampled.ids).toEqual(first.slice(0, first.indexOf(third!) + 1));
  });

  it('knows what still fits, refuses what does not, and can go on after it', async () => {
    const cached = decoder({ rows: 2, context: 20, maxNewTokens: 4 });
    expect(cached.hasRoom(0, 16)).toBe(true);
    expect(cached.hasRoom(0, 17)).toBe(false);
    const [turn] = await cached.turn([{ row: 0, ids: words(9, 1) }]);
    expect(turn!.ids).toHaveLength(4);
    // 9 fed and 3 of the 4 sampled are in the cache.
    expect(cached.hasRoom(0, 4)).toBe(true);
    expect(cached.hasRoom(0, 5)).toBe(false);
    expect(cached.hasRoom(1, 16)).toBe(true);
    const before = memory().numTensors;
    await expect(cached.turn([{ row: 0, ids: words(5, 2) }])).rejects.toThrow(/context of 20/);
    expect(memory().numTensors).toBe(before);
    // Filled to the last slot.
    const fed = [turn!.ids.at(-1)!, ...words(3, 3)];
    const [last] = await cached.turn([{ row: 0, ids: fed }]);
    const ids = [...words(9, 1), ...turn!.ids, ...words(3, 3)];
    expect(last!.ids).toEqual(await greedyTurn(policy, policy.adapter, ids, 4, NEVER));
    expect(cached.hasRoom(0, 1)).toBe(false);
    expect(await cached.turn([])).toEqual([]);
    cached.dispose();
  });

  it('gives back all its memory', async () => {
    // The matrices are cut out of the parameters when they are first asked for.
    expect(policy.adapter).toHaveLength(policy.config.num_hidden_layers);
    const before = { ...memory() };
    const cached = decoder({ temperature: 1, endToken: 12 });
    await cached.turn([{ row: 0, ids: words(3, 0) }]);
    await cached.turn([{ row: 1, ids: words(3, 0) }]);
    cached.dispose();
    expect(memory()).toMatchObject({ numTensors: before.numTensors, numBytes: before.numBytes });
  });
});
