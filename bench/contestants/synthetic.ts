/**
 * A policy, a gym and a user of exactly the wanted size: one turn, a prompt of so many tokens, random words. What
 * is said means nothing; what it costs is what a real run of that shape would cost.
 */
import type { Episode, Gym, Judgement, Task } from '../../src/gyms/types';
import type { PolicyConfig } from '../../src/policy/config';
import { Dialogue, type ParsedTurn } from '../../src/policy/dialogue';
import { quantisedTensors } from '../../src/policy/float-weights';
import { Policy } from '../../src/policy/policy';
import { SPECIAL_TOKENS, type PolicyTokenizer, type SpecialToken } from '../../src/policy/tokenizer';
import type { SimulatedUser } from '../../src/users/types';
import { flatWeights } from '../core/weights';

const names = Object.keys(SPECIAL_TOKENS) as SpecialToken[];

/** Words are the ids themselves, written out. */
function numberTokenizer(size: number): PolicyTokenizer {
  return {
    special: Object.fromEntries(names.map((name, id) => [name, id])) as Record<SpecialToken, number>,
    size,
    encode: (text) => (text === '' ? [] : text.split(' ').map(Number)),
    decode: (ids) => ids.join(' '),
    token: String,
    withWords: () => {
      throw new Error('Every number is a word here already.');
    },
  };
}

/** Takes whatever was sampled for an answer, as TRL takes any completion: long ones have no end token. */
class CompletionDialogue extends Dialogue {
  override parse(ids: readonly number[]): ParsedTurn {
    return { kind: 'call', call: { choice: 'answer', content: this.tokenizer.decode(ids) } };
  }
}

/** A policy with the seeded weights as int8 and a rank-8 adapter, the app's default. */
export function syntheticPolicy(config: PolicyConfig, context: number): Policy {
  const sized = { ...config, max_position_embeddings: context };
  const tokenizer = numberTokenizer(config.vocab_size);
  const tensors = quantisedTensors(sized, flatWeights(sized));
  let bytes = 0;
  for (const { data } of tensors.values()) bytes += data.byteLength;
  const policy = new Policy(
    { name: 'synthetic', config: sized, tokenizer, tensors, bytes },
    { rank: 8, alpha: 16 },
    1,
  );
  Object.defineProperty(policy, 'dialogue', { value: new CompletionDialogue(tokenizer) });
  return policy;
}

/** Tokens that frame a conversation: <bos> <user> ... <end> <agent> around the prompt, an operation and <end> around an answer. */
const FRAME = 4;
const ANSWER_FRAME = 2;

/** Words that hold no control token. */
const words = (ids: readonly number[]) => ids.map((id) => Math.max(id, names.length)).join(' ');

export interface SyntheticOptions {
  /** Tokens before the policy speaks; one task for each row. */
  readonly prompts: readonly (readonly number[])[];
  /** Whole answers that demonstrators give one after the other; none where nobody demonstrates. */
  readonly answers?: readonly (readonly number[])[];
}

/** One turn and it is over; the reward is the share of even numbers in what was said. */
export function syntheticGym({ prompts, answers = [] }: SyntheticOptions): Gym {
  let demonstrated = 0;
  const tasks: Task[] = prompts.map((ids, i) => ({
    id: String(i),
    split: 'train',
    opening: words(ids.slice(FRAME)),
    hidden: undefined,
  }));
  const reset = (task: Task): Episode => {
    let turns = 0;
    return {
      opening: task.opening,
      operations: ['answer'],
      get turns() {
        return turns;
      },
      get over() {
        return turns > 0;
      },
      act({ content }): Judgement {
        turns++;
        const said = content.split(' ').map(Number);
        return {
          reward: said.filter((id) => id % 2 === 0).length / said.length,
          terminated: true,
          truncated: false,
          success: false,
          situation: { kind: 'over' },
          events: [],
        };
      },
      hiddenFacts: () => [],
    };
  };
  return {
    name: 'synthetic',
    operations: ['answer'],
    tasks: { train: tasks, test: tasks },
    reset,
    demonstrator: (kind) => ({
      name: kind,
      next: () => {
        const answer = answers[demonstrated++ % answers.length] ?? [];
        return { choice: 'answer', content: words(answer.slice(ANSWER_FRAME)) };
      },
    }),
    maximumReturn: () => 1,
  };
}

/** Hears everything and says nothing. */
export const silentUser: SimulatedUser = {
  name: 'silent',
  hears: () => true,
  reply: async (requests) => requests.map(() => ''),
};
