/**
 * A table of things and what is true of them, played by the rules of Telepathy: someone thinks of one of them and
 * answers yes, no or maybe.
 */
import { Random, splitSeed } from '../../random';
import { NOT_HEARD, NOT_UNDERSTOOD, SEVERAL } from '../phrases';
import { OWN } from '../options';
import { recordOf } from '../record';
import { LEVELS, lazyTasks } from '../task-set';
import { telepathyOver } from '../telepathy';
import { Riddle } from '../telepathy/riddle';
import type { TelepathyHidden, TelepathySituation, Fact, Toy } from '../telepathy/types';
import {
  ANSWER,
  HINT,
  NO_GUESS_OF_THINGS,
  NOTHING_ASKED_OF_THINGS,
  RIGHT,
  telepathyReply,
} from '../telepathy/wording';
import { render, withArticle, wordsIn } from '../text';
import { AGAIN, VAGUE } from '../truth';
import type { Gym, Level, Split, Task } from '../types';
import { TASK_SEED, TASKS_PER_LEVEL, numbered, split, subsets } from './draw';
import type { Spoken } from './spoken';
import type { ThingsTable } from './table';

export type ThingsTask = Task<TelepathyHidden & Spoken>;

/** Facts that the opening tells, by level. */
const TOLD: Readonly<Record<Level, number>> = { easy: 2, normal: 1, hard: 0 };

export const OPENINGS: readonly string[] = [
  'i think of {what} . what is it ?',
  'i have {what} in mind . what is it ?',
  'can you guess it ? it is {what} .',
];

/** The world of a table; all its things are of one kind. */
export function riddleOf({ noun, attributes, things }: ThingsTable): Riddle {
  const nameOf = ({ verb, rest }: ThingsTable['attributes'][number]) => `${verb} ${rest}`;
  const byName = new Map(attributes.map((attribute) => [nameOf(attribute), attribute]));
  const those = (is: string, letter: string) =>
    attributes.flatMap((attribute, i) => (is[i] === letter ? [nameOf(attribute)] : []));
  return new Riddle({
    noun,
    attributes: recordOf([...byName.keys()], (name) => {
      const { verb, rest, also } = byName.get(name)!;
      return { about: 'thing', verb, rest, phrases: also };
    }),
    categories: { [noun]: withArticle(noun) },
    things: Object.fromEntries(
      things.map(({ name, also, is }) => [
        name,
        { category: noun, yes: those(is, 'y'), maybe: those(is, 'm'), also },
      ]),
    ),
    materials: {},
    neutral: [],
  });
}

export function thingsGym(table: ThingsTable): Gym<ThingsTask, TelepathySituation> {
  const riddle = riddleOf(table);
  return telepathyOver(
    OWN,
    riddle,
    lazyTasks(() => drawTasks(riddle, table.noun)),
  );
}

/** Every word that is said over the table. */
export function thingsVocabulary(table: ThingsTable): string[] {
  const riddle = riddleOf(table);
  const toys = riddle.toysOf(table.noun);
  return wordsIn([
    [riddle.attributeNames.map((name) => riddle.questionFor(name)), toys.map((toy) => riddle.guessFor(toy))],
    [ANSWER, HINT, RIGHT, NO_GUESS_OF_THINGS, NOTHING_ASKED_OF_THINGS, NOT_UNDERSTOOD],
    [NOT_HEARD, SEVERAL, AGAIN, VAGUE, OPENINGS, table.noun, 'it is not a an'],
  ]);
}

/**
 * Every thing comes up in both splits, since a policy cannot know one that it was never shown; what is told of it
 * in the openings differs. Levels as in Telepathy: easy tells two facts, normal one, hard none.
 */
function drawTasks(riddle: Riddle, noun: string): Record<Split, ThingsTask[]> {
  const random = new Random(splitSeed(TASK_SEED, 'things'));
  const spoken: Spoken = {
    wording: { word: (_task, situation, manner, of) => telepathyReply(riddle, situation, manner, of) },
  };
  const toys = random.shuffled(riddle.toysOf(noun));
  const drafts: Record<Split, Omit<ThingsTask, 'id'>[]> = { train: [], test: [] };
  for (const level of LEVELS) {
    const openings = toys.map((toy) => split(toldSets(riddle, toy, TOLD[level]), random));
    for (const which of ['train', 'test'] as const) {
      for (let i = 0; i < TASKS_PER_LEVEL[which]; i++) {
        const at = i % toys.length;
        const sets = openings[at]![which];
        const told = sets[Math.floor(i / toys.length) % sets.length]!;
        const opening = [
          render(random.pick(OPENINGS), { what: withArticle(noun) }),
          ...told.map((fact) => `${riddle.statementOf(fact)} .`),
        ].join(' ');
        const hidden = { category: noun, toy: toys[at]!, told, ...spoken };
        drafts[which].push({ split: which, level, opening, hidden });
      }
    }
  }
  return numbered(drafts, random);
}

/** What may be told of a thing: so many clear answers, or as many as there are. */
function toldSets(riddle: Riddle, toy: Toy, count: number): Fact[][] {
  const facts = riddle
    .tellingAttributes(riddle.categoryOf(toy))
    .map((attribute): Fact => ({ attribute, truth: riddle.truthOf(attribute, toy) }))
    .filter(({ truth }) => truth !== 'maybe');
  return subsets(facts, Math.min(count, facts.length));
}
