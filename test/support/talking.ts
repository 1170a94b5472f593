/** Conversations without a model: a demonstrator of the gym speaks in the place of the policy. */
import { GYMS } from '../../src/gyms/registry';
import type { GymName } from '../../src/gyms/options';
import type { Demonstrator, Episode, Gym, Task } from '../../src/gyms/types';
import type { Decoder } from '../../src/policy/decoder';
import { Dialogue } from '../../src/policy/dialogue';
import { SPECIAL_TOKENS, type PolicyTokenizer, type SpecialToken } from '../../src/policy/tokenizer';
import { DEFAULT_SETTINGS, type Settings } from '../../src/runs/settings';
import { Conversation, type ConversationOptions } from '../../src/training/conversation';

/** Knows these words and no others, one id each. */
export function wordTokenizer(words: readonly string[]): PolicyTokenizer {
  const all = [...Object.values(SPECIAL_TOKENS), ...new Set(words)];
  const ids = new Map(all.map((word, id) => [word, id]));
  const special = Object.fromEntries(
    Object.entries(SPECIAL_TOKENS).map(([name, token]) => [name, ids.get(token)!]),
  ) as Record<SpecialToken, number>;
  const token = (id: number): string => all[id] ?? SPECIAL_TOKENS.unknown;
  return {
    special,
    size: all.length,
    encode: (text) => text.split(/\s+/).flatMap((word) => (word ? [ids.get(word) ?? special.unknown] : [])),
    decode: (some) => some.map(token).join(' '),
    token,
    withWords: () => {
      throw new Error('all words are known');
    },
  };
}

export interface Talk {
  readonly conversation: Conversation;
  /** What every decoder was fed, turn by turn, in words. */
  readonly fed: readonly string[][];
  /** Decoders that are open, and whether the policy was let go. */
  readonly open: () => number;
  readonly released: () => number;
}

/** A conversation on `task` in which `kind` plays the policy. */
export function talkWith(
  name: GymName,
  task: Task,
  kind: Demonstrator['name'],
  more: Partial<Settings> = {},
  options: Partial<ConversationOptions> = {},
): Talk {
  const { seed = 3 } = options;
  const settings = { ...DEFAULT_SETTINGS, gym: name, ...more };
  const { gym } = GYMS[name];
  const dialogue = new Dialogue(wordTokenizer(GYMS[name].vocabulary()));
  let player: Demonstrator;
  const watched: Gym = {
    ...gym,
    reset(one, episodeOptions): Episode {
      const episode = gym.reset(one, episodeOptions);
      player = gym.demonstrator(kind, one, episode, { seed });
      return episode;
    },
  };
  const fed: string[][] = [];
  let open = 0;
  let released = 0;
  const decoder = (): Decoder => {
    open++;
    const words: string[] = [];
    fed.push(words);
    const stub: Pick<Decoder, 'hasRoom' | 'turn' | 'dispose'> = {
      hasRoom: () => true,
      turn: async (pending) => {
        words.push(...pending.map(({ ids }) => dialogue.tokenizer.decode(ids)));
        const ids = dialogue.turn(player.next());
        return pending.map(({ row }) => ({ row, ids, logProbs: ids.map(() => -0.5) }));
      },
      dispose: () => open--,
    };
    return stub as Decoder;
  };
  const conversation = new Conversation({
    id: 1,
    dialogue,
    gym: watched,
    task,
    settings,
    seed,
    from: 'policy',
    step: 0,
    decoder,
    release: () => released++,
    ...options,
  });
  return { conversation, fed, open: () => open, released: () => released };
}
