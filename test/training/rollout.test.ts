/** Conversations: what is recorded, how they end, and what of them is trained on. */
import { beforeAll, describe, expect, it } from 'vitest';
import { findGym } from '../../src/gyms/registry';
import type { Task } from '../../src/gyms/types';
import { Decoder } from '../../src/policy/decoder';
import { Dialogue } from '../../src/policy/dialogue';
import { Policy } from '../../src/policy/policy';
import type { PolicyTokenizer } from '../../src/policy/tokenizer';
import { MAX_NEW_TOKENS } from '../../src/training/grpo';
import { rollOut, type RolloutOptions, type Trajectory } from '../../src/training/rollout';
import { tokenChunks } from '../../src/training/tokens';
import { createUser } from '../../src/users/registry';
import { difference, measured, onDevice } from '../support/device';
import { readNano, readTiny } from '../support/fixtures';
import { scored } from '../support/policies';
import { answering, wordGym } from '../support/wordGym';

const OPTIONS: RolloutOptions = { maxTurns: 4, executeLastTurn: true, rewardInObservation: false, seed: 3 };
const TASK: Task = { id: 'one', split: 'train', opening: 'tell me about the cat', hidden: null };
const GYM = wordGym('green', { train: [TASK], test: [] });

describe('a conversation of a policy that says what it is told', () => {
  let tokenizer: PolicyTokenizer;
  let dialogue: Dialogue;
  beforeAll(async () => {
    ({ tokenizer } = await readTiny());
    dialogue = new Dialogue(tokenizer);
  });

  /** In place of a decoder: says the given turns, one after the other, in every row, and remembers what it was fed. */
  const scripted = (turns: readonly (readonly string[])[], room = Infinity) => {
    const fed: number[][] = [];
    let at = 0;
    const stub: Pick<Decoder, 'hasRoom' | 'turn'> = {
      hasRoom: (_, incoming) => incoming <= room,
      turn: async (pending) => {
        const said = turns[at++]!.flatMap((word) => tokenizer.encode(word));
        pending.forEach(({ ids }) => fed.push([...ids]));
        return pending.map(({ row }) => ({ row, ids: said, logProbs: said.map((_, i) => -0.1 * (i + 1)) }));
      },
    };
    return { decoder: stub as Decoder, fed };
  };
  const play = async (
    turns: readonly (readonly string[])[],
    options: Partial<RolloutOptions> = {},
    room?: number,
  ) => {
    const { decoder, fed } = scripted(turns, room);
    const [trajectory] = await rollOut(GYM, answering('no thanks'), dialogue, decoder, [TASK], {
      ...OPTIONS,
      ...options,
    });
    return { trajectory: trajectory!, fed };
  };
  const text = ({ ids }: Trajectory) => ids.map((id) => tokenizer.token(id)).join(' ');

  it('succeeds', async () => {
    const { trajectory, fed } = await play([
      ['<action>', 'the', 'tree', '<end>'],
      ['<answer>', 'green', '<end>'],
    ]);
    expect(trajectory).toMatchObject({
      end: 'success',
      success: true,
      turns: [
        { choice: 'action', content: 'the tree', feedback: 'no thanks', reward: 0 },
        { choice: 'answer', content: 'green', feedback: 'no thanks', reward: 1 },
      ],
    });
    expect(text(trajectory)).toBe(
      '<bos> <user> tell me about the cat <end> <agent> <action> the tree <end> <user> no thanks <end> <agent> <answer> green <end>',
    );
    // What was fed is the conversation, the end token sampled last leading the next chunk.
    const tail = trajectory.turns[1]!.start;
    expect(fed[0]).toEqual(trajectory.ids.slice(0, trajectory.turns[0]!.start));
    expect(fed[1]).toEqual(trajectory.ids.slice(trajectory.turns[0]!.start + 3, tail));
  });

  it.each([
    ['plain-text', ['the', 'tree', '<end>']],
    ['malformed', ['<action>', 'the', 'tree']],
    ['malformed', ['<action>', '<end>']],
    ['malformed', ['<action>', 'the', '<user>', 'green', '<end>']],
  ] as const)('ends as %s where it says %j, with nothing earned', async (end, said) => {
    const { trajectory } = await play([['<search>', 'cat', '<end>'], said]);
    expect(trajectory).toMatchObject({ end, success: false });
    expect(trajectory.turns).toHaveLength(2);
    expect(trajectory.turns[1]).toMatchObject({ choice: null, feedback: '', reward: 0 });
    expect(trajectory.turns[1]!.events).toEqual([{ name: trajectory.end }]);
    expect(trajectory.turns[1]!.logProbs).toHaveLength(said.length);
    expect(trajectory.ids.slice(-said.length)).toEqual(said.flatMap((word) => tokenizer.encode(word)));
  });

  const GREEN = ['<action>', 'green', '<end>'];
  const RED = ['<action>', 'red', '<end>'];
  it('runs the last turn, or generates it only', async () => {
    const executed = await play([RED, GREEN], { maxTurns: 2 });
    expect(executed.trajectory).toMatchObject({ end: 'success', success: true });
    const idle = await play([RED, GREEN], { maxTurns: 2, executeLastTurn: false });
    expect(idle.trajectory).toMatchObject({ end: 'turn-limit', success: false });
    expect(idle.trajectory.turns[1]).toMatchObject({
      choice: 'action',
      content: 'green',
      feedback: '',
      reward: 0,
    });
    expect(idle.trajectory.turns[1]!.logProbs).toHaveLength(3);
  });
  it('ends at the turn limit', async () => {
    expect((await play([RED, RED, RED], { maxTurns: 3 })).trajectory).toMatchObject({
      end: 'turn-limit',
      success: false,
    });
  });
  it('ends where the next words and a whole turn would not fit any more', async () => {
    const { trajectory } = await play([RED, RED, RED], {}, 8);
    expect(trajectory.turns).toHaveLength(0);
    expect(trajectory).toMatchObject({ end: 'context', ids: [] });
  });
  it('shows the reward only where it is told to', async () => {
    const hidden = await play([RED, GREEN]);
    const shown = await play([RED, GREEN], { rewardInObservation: true });
    expect(text(hidden.trajectory)).not.toContain('<unk>');
    // The tiny vocabulary has no word for a reward; its four pieces are unknown words.
    expect(text(shown.trajectory)).toContain('no thanks <unk> <unk> . <unk> <end> <agent>');
    expect(shown.trajectory.turns[0]!.feedback).toBe('no thanks');
  });

  it('is trained on at exactly the tokens that the policy said', async () => {
    const conversations = [
      (await play([RED, ['<search>', 'the', 'cat', 'and', 'the', 'dog', '<end>'], GREEN])).trajectory,
      (await play([['yes', '<end>']])).trajectory,
      (await play([RED, RED, RED, RED])).trajectory,
    ];
    for (const [maxTokens, pieces] of [
      [1, 3],
      [50, 2],
      [1000, 1],
    ] as const) {
      const chunks = tokenChunks(conversations, maxTokens);
      expect(chunks).toHaveLength(pieces);
      const seen: string[] = [];
      for (const chunk of chunks) {
        const flat = chunk.sequences.flat();
        chunk.sequences.forEach((sequence, s) =>
          expect(sequence).toEqual(conversations[chunk.rollouts[s]!]!.ids.slice(0, -1)),
        );
        chunk.positions.forEach((position, i) => {
          const { turns, ids } = conversations[chunk.rollout[i]!]!;
          const turn = turns[chunk.turn[i]!]!;
          const before = chunk.rollouts
            .slice(0, chunk.rollouts.indexOf(chunk.rollout[i]!))
            .reduce((sum, r) => sum + conversations[r]!.ids.length - 1, 0);
          const place = position - before + 1;
          expect(place).toBeGreaterThanOrEqual(turn.start);
          expect(place).toBeLessThan(turn.start + turn.logProbs.length);
          expect(chunk.targets[i]).toBe(ids[place]);
          expect(flat[position]).toBe(ids[place - 1]);
          expect(chunk.oldLogProbs[i]).toBe(Math.fround(turn.logProbs[place - turn.start]!));
          seen.push(`${chunk.rollout[i]}:${place}`);
        });
      }
      const said = conversations.flatMap(({ turns }, r) =>
        turns.flatMap(({ start, logProbs }) => logProbs.map((_, i) => `${r}:${start + i}`)),
      );
      expect(seen).toEqual(said);
    }
  });

  it('asks a user once a turn for all conversations, and hands a failure on', async () => {
    let calls = 0;
    const user = {
      ...answering('no'),
      reply: async (requests: readonly unknown[]) => (calls++, requests.map(() => 'no')),
    };
    const { decoder } = scripted([RED, RED]);
    const tasks = [TASK, TASK, TASK];
    expect(await rollOut(GYM, user, dialogue, decoder, tasks, { ...OPTIONS, maxTurns: 2 })).toHaveLength(3);
    expect(calls).toBe(2);
    const broken = { ...user, reply: () => Promise.reject(new Error('no connection')) };
    await expect(rollOut(GYM, broken, dialogue, scripted([RED]).decoder, tasks, OPTIONS)).rejects.toThrow(
      'no connection',
    );
  });
});

describe('conversations of models/nano', () => {
  onDevice('wasm');

  it.each([0.8, 1])(
    'record what was sampled as a forward pass over all of it sees it, at temperature %d',
    async (temperature) => {
      const policy = new Policy(await readNano(), { rank: 2, alpha: 4 }, 0);
      // An adapter that does something, and is larger than training makes it in a few steps.
      policy.parameters.reset(
        Float32Array.from({ length: policy.parameters.size }, (_, i) => 0.05 * Math.sin(i * 1.7)),
      );
      const { gym } = findGym('intention');
      const tasks = gym.tasks.train.slice(0, 6);
      const { special } = policy.dialogue.tokenizer;
      const decoder = new Decoder(policy.config, policy.weights, policy.adapter, {
        rows: tasks.length,
        context: policy.config.max_position_embeddings,
        maxNewTokens: MAX_NEW_TOKENS,
        temperature,
        seed: 8,
        endToken: special.end,
        padToken: special.pad,
      });
      const played = await rollOut(
        gym,
        createUser({ userStrength: 'helpful' }),
        policy.dialogue,
        decoder,
        tasks,
        { ...OPTIONS, maxTurns: 5 },
      );
      decoder.dispose();
      let worst = 0;
      for (const { ids, turns, task } of played) {
        expect(ids.slice(0, turns[0]!.start)).toEqual(policy.dialogue.opening(task.opening));
        const all = await scored(policy, policy.adapter, ids, 1, temperature);
        turns.forEach(({ start, logProbs, content, feedback, choice }, t) => {
          worst = Math.max(worst, difference(logProbs, all.slice(start - 1, start - 1 + logProbs.length)));
          const said = ids.slice(start, start + logProbs.length);
          if (choice)
            expect(policy.dialogue.parse(said)).toEqual({ kind: 'call', call: { choice, content } });
          const next = turns[t + 1];
          if (next)
            expect(ids.slice(start + logProbs.length, next.start)).toEqual(policy.dialogue.reply(feedback));
        });
      }
      expect(Math.max(...played.map(({ turns }) => turns.length))).toBeGreaterThan(1);
      expect(measured(`recorded log-probabilities at ${temperature}`, worst)).toBeLessThan(1e-4);
      policy.dispose();
    },
  );
});
