/** Whether a policy was taught the words of a gym: it would see the others as one and the same unknown word. */
import { gymsOf, type GymSetting } from '../gyms/mixture';
import { createOwn, isTeachable, ownVocabulary } from '../gyms/own';
import type { OwnTable } from '../gyms/own/table';
import { findGym } from '../gyms/registry';
import type { Checkpoint } from '../policy/checkpoint';
import { CheckpointError } from '../policy/errors';
import { extendCheckpoint } from '../policy/extend';
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

/**
 * The policy with the words of somebody's own table, those it was never taught added. Throws a `CheckpointError`
 * where there are too many, or where the table is a file of free text.
 */
export function fitWords(checkpoint: Checkpoint, table: OwnTable, seed: number): Checkpoint {
  const { tokenizer } = checkpoint;
  const words = ownVocabulary(table);
  const unknown = unknownWords(tokenizer, words);
  if (isTeachable(table)) {
    const calls = createOwn(table).operations.map((operation) => tokenizer.special[operation]);
    const said = [...calls, ...words.flatMap((word) => tokenizer.encode(word))];
    return extendCheckpoint(
      checkpoint,
      { words: unknown, said: said.filter((id) => id !== tokenizer.special.unknown) },
      seed,
    );
  }
  if (unknown.length === 0) return checkpoint;
  throw new CheckpointError(
    'checkpoint-unfit',
    `The policy "${checkpoint.name}" does not know ${unknown.length} of the ${words.length} words that the tasks of this file are told in. UserRL's data files are for larger policies, which read free text; a table of your own works with this one.`,
  );
}
