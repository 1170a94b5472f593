/**
 * Words to numbers and back, through the Hugging Face tokenizer library and a checkpoint's `tokenizer.json`.
 */
import { Tokenizer } from '@huggingface/tokenizers';
import * as v from 'valibot';
import { CheckpointError } from './errors';

/** The control tokens of the compact tool protocol (see dialogue.ts), in the order of their ids. */
export const SPECIAL_TOKENS = {
  pad: '<pad>',
  unknown: '<unk>',
  begin: '<bos>',
  user: '<user>',
  agent: '<agent>',
  end: '<end>',
  action: '<action>',
  search: '<search>',
  answer: '<answer>',
} as const;
export type SpecialToken = keyof typeof SPECIAL_TOKENS;

export interface PolicyTokenizer {
  readonly special: Readonly<Record<SpecialToken, number>>;
  /** One more than the largest id: each id needs a row in the model. */
  readonly size: number;
  encode(text: string): number[];
  decode(ids: readonly number[]): string;
  /** The text of one token, control tokens included. */
  token(id: number): string;
  /** The same with more whole words, whose ids begin at `first`. Throws a `CheckpointError` where words are no units of it. */
  withWords(words: readonly string[], first: number): PolicyTokenizer;
}

/** What has to be known of a `tokenizer.json` to add words to it. */
const wordLevelSchema = v.looseObject({
  model: v.looseObject({ type: v.literal('WordLevel'), vocab: v.record(v.string(), v.number()) }),
});

/** Parses a `tokenizer.json` and its `tokenizer_config.json`. Throws a `CheckpointError` where they cannot be used. */
export function parseTokenizer(tokenizerText: string, configText: string): PolicyTokenizer {
  let file: object;
  let config: object;
  let tokenizer: Tokenizer;
  try {
    file = JSON.parse(tokenizerText) as object;
    config = JSON.parse(configText) as object;
    tokenizer = new Tokenizer(file, config);
  } catch (cause) {
    throw new CheckpointError(
      'checkpoint-broken',
      `tokenizer.json cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
    );
  }
  return wrapped(tokenizer, file, config);
}

function wrapped(tokenizer: Tokenizer, file: object, config: object): PolicyTokenizer {
  const special = Object.fromEntries(
    Object.entries(SPECIAL_TOKENS).map(([name, token]) => {
      const id = tokenizer.token_to_id(token);
      if (id === undefined)
        throw new CheckpointError('checkpoint-broken', `tokenizer.json has no ${token} token.`);
      return [name, id];
    }),
  ) as Record<SpecialToken, number>;
  return {
    special,
    size: [...tokenizer.get_vocab(true).values()].reduce((size, id) => Math.max(size, id + 1), 0),
    encode: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids,
    // The library refuses an empty list, which a turn without words is.
    decode: (ids) => (ids.length ? tokenizer.decode([...ids], { skip_special_tokens: false }) : ''),
    token: (id) => tokenizer.id_to_token(id) ?? SPECIAL_TOKENS.unknown,
    withWords(words, first) {
      const parsed = v.safeParse(wordLevelSchema, file);
      if (!parsed.success) {
        throw new CheckpointError(
          'checkpoint-unfit',
          'Words can only be added to a tokenizer that works by whole words; this one does not.',
        );
      }
      const { model } = parsed.output;
      const vocab = { ...model.vocab, ...Object.fromEntries(words.map((word, i) => [word, first + i])) };
      const extended = { ...parsed.output, model: { ...model, vocab } };
      return wrapped(new Tokenizer(extended, config), extended, config);
    },
  };
}
