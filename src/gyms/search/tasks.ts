/**
 * The task set: questions that take one (easy), two (normal) or three facts (hard) of the library. Splits are
 * disjoint in their facts: no fact that a test question needs is needed by a training question. Everybody and
 * everything belongs to one split (`SPLIT_OF`), and a question never leads through another's.
 */
import { Random, splitSeed } from '../../random';
import { LEVELS, taskId } from '../task-set';
import type { Split } from '../types';
import { LIBRARY, type Library } from './library';
import type { SearchTask } from './types';
import { entitiesOf, questionFor, RELATIONS, relationsFrom, SPLIT_OF, type Fact, type Kind } from './world';

/** Fixed for ever: checkpoints are trained on, and measured with, exactly these tasks. */
const TASK_SEED = 241_125;
export const TASKS_PER_LEVEL: Readonly<Record<Split, number>> = { train: 240, test: 16 };

/** All tasks of both splits, levels taking turns so that any prefix is a fair sample. */
export function generateTasks(): Record<Split, SearchTask[]> {
  return { train: splitTasks('train'), test: splitTasks('test') };
}

function splitTasks(split: Split): SearchTask[] {
  const random = new Random(splitSeed(TASK_SEED, 'search', split));
  const byLevel = LEVELS.map((_, i) => random.shuffled(chains(LIBRARY, split, i + 1)));
  return Array.from({ length: TASKS_PER_LEVEL[split] * LEVELS.length }, (_, i) => {
    const level = i % LEVELS.length;
    const chain = byLevel[level]![Math.floor(i / LEVELS.length)];
    if (!chain) throw new Error(`Too few ${LEVELS[level]} questions for ${split}`);
    return taskOf(taskId('search', split, i), split, chain, random);
  });
}

/** A training question about another library. */
export function practiceTask(library: Library, random: Random): SearchTask {
  const length = 1 + random.int(LEVELS.length);
  return taskOf('search/practice', 'train', random.pick(chains(library, 'train', length)), random);
}

const taskOf = (id: string, split: Split, chain: readonly Fact[], random: Random): SearchTask => ({
  id,
  split,
  level: LEVELS[chain.length - 1],
  opening: questionFor(chain, random),
  hidden: { chain, answer: chain.at(-1)!.object },
});

/** Every chain of so many facts that begins with a thing or a person and stays within the split. */
function chains(library: Library, split: Split, length: number): Fact[][] {
  const extend = (subject: string, kind: Kind, left: number): Fact[][] => {
    if (left === 0) return [[]];
    if (SPLIT_OF.get(subject) !== split) return [];
    return relationsFrom(kind).flatMap((relation) => {
      const fact = library.factAbout(subject, relation);
      if (!fact) return [];
      return extend(fact.object, RELATIONS[relation].to, left - 1).map((rest) => [fact, ...rest]);
    });
  };
  return (['thing', 'person'] as const).flatMap((kind) =>
    entitiesOf(kind).flatMap((subject) => extend(subject, kind, length)),
  );
}
