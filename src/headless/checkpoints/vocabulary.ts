/** The word-level tokenizer: every word that any gym can say, and what the protocol adds. */
import { GYMS } from '../../gyms/registry';
import { FAREWELL } from '../../policy/dialogue';
import { SPECIAL_TOKENS } from '../../policy/tokenizer';

/** What the tokenizer library splits a text into before it looks words up. */
const WORD = /\w+|[^\w\s]+/g;

/** What a checkpoint for all gyms must know; a reward is spelled digit by digit. */
export const allTexts = (): string[] => [
  ...Object.values(GYMS).flatMap((gym) => gym.vocabulary()),
  FAREWELL,
  'reward 0 1 2 3 4 5 6 7 8 9 . -',
];

/** `tokenizer.json` in the Hugging Face format: control tokens first, then words in alphabetical order. */
export function tokenizerFile(texts: Iterable<string>): { json: string; size: number } {
  const words = new Set<string>();
  for (const text of texts) for (const word of text.toLowerCase().match(WORD) ?? []) words.add(word);
  const special = Object.values(SPECIAL_TOKENS);
  const vocab = Object.fromEntries([...special, ...[...words].sort()].map((word, id) => [word, id]));
  const file = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: { type: 'Lowercase' },
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: null,
    decoder: null,
    model: { type: 'WordLevel', vocab, unk_token: SPECIAL_TOKENS.unknown },
  };
  return { json: JSON.stringify(file, null, 1), size: Object.keys(vocab).length };
}

export const tokenizerConfigFile = (contextLength: number): string =>
  JSON.stringify(
    {
      tokenizer_class: 'PreTrainedTokenizerFast',
      bos_token: SPECIAL_TOKENS.begin,
      eos_token: SPECIAL_TOKENS.end,
      pad_token: SPECIAL_TOKENS.pad,
      unk_token: SPECIAL_TOKENS.unknown,
      clean_up_tokenization_spaces: false,
      model_max_length: contextLength,
    },
    null,
    1,
  );
