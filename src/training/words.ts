/** Whether a policy was taught the words of a gym: it would see the others as one and the same unknown word. */
import { gymsOf, type GymSetting } from '../gyms/mixture';
import { findGym } from '../gyms/registry';
import type { Checkpoint } from '../policy/checkpoint';
import { CheckpointError } from '../policy/errors';
import type { PolicyTokenizer } from '../policy/tokenizer';

export const unknownWords = ({ encode, special }: PolicyTokenizer, words: readonly string[]): string[] =>
  words.filter((word) => encode(word).includes(special.unknown));

/** Throws a `CheckpointError` that names the gyms and counts the words, if any is missing. */
export function checkWords(
  { name, tokenizer }: Pick<Checkpoint, 'name' | 'tokenizer'>,
  setting: GymSetting,
): void {
  const { train, heldOut } = gymsOf(setting);
  const lacking = [...train, ...heldOut].flatMap((gym) => {
    const words = findGym(gym).vocabulary();
    const unknown = unknownWords(tokenizer, words);
    return unknown.length > 0 ? [`${unknown.length} of the ${words.length} words of ${gym}`] : [];
  });
  if (lacking.length === 0) return;
  throw new CheckpointError(
    'checkpoint-unfit',
    `The policy "${name}" does not know ${lacking.join(', ')}. Choose a gym and a policy that fit together.`,
  );
}
