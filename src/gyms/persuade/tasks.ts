/**
 * The task set, generated from one fixed seed: who claims what, and what moves them. The values of a test user,
 * with their strengths, are those of no training user.
 */
import { Random, splitSeed } from '../../random';
import { render, withArticle } from '../text';
import { LEVELS, taskId } from '../task-set';
import type { Level, Split } from '../types';
import type { Mover, PersuadeHidden, PersuadeTask } from './types';
import {
  CLAIMS,
  PERSONAS,
  PERSONA_NAMES,
  VALUES,
  VALUE_NAMES,
  type PersonaName,
  type ValueName,
} from './world';

/** Fixed for ever: checkpoints are trained on, and measured with, exactly these tasks. */
const TASK_SEED = 250_919_739;
/** For each of the 72 pairs of a person and a claim. */
const TASKS_PER_PAIR: Readonly<Record<Split, number>> = { train: 6, test: 1 };
/** How much more likely a person's typical values are. */
const TYPICAL_WEIGHT = 6;

/** Levels that the arguments move, and how many values are hated. They sum to 6, the whole way. */
const PROFILES: Readonly<Record<Level, { readonly moves: readonly number[]; readonly hated: number }>> = {
  easy: { moves: [3, 3], hated: 1 },
  normal: { moves: [3, 2, 1], hated: 1 },
  hard: { moves: [2, 2, 1, 1], hated: 2 },
};

export const OPENING_TEMPLATES: readonly string[] = [
  'i am {who} . i say : {claim} .',
  'i am {who} and i think {claim} .',
  '{claim} . so i say , and i am {who} .',
];
/** What an easy task adds. */
export const TOLD_TEMPLATES: readonly string[] = ['i care about {value} .', 'i love {value} .'];

/** All tasks of both splits in random order, so that any prefix is a fair sample. */
export function generateTasks(): Record<Split, PersuadeTask[]> {
  const random = new Random(splitSeed(TASK_SEED, 'persuade'));
  const tested = new Set<string>();
  const draw = (split: Split): PersuadeTask[] => {
    const drafts = PERSONA_NAMES.flatMap((persona, p) =>
      CLAIMS.flatMap((claim, c) =>
        Array.from({ length: TASKS_PER_PAIR[split] }, (_, i) => {
          const level = LEVELS[(p + c + i) % LEVELS.length]!;
          let draft = drawTask(persona, claim, level, split, random);
          while (split === 'train' && tested.has(profileKey(draft.hidden)))
            draft = drawTask(persona, claim, level, split, random);
          if (split === 'test') tested.add(profileKey(draft.hidden));
          return draft;
        }),
      ),
    );
    return random.shuffled(drafts).map((draft, i) => ({ id: taskId('persuade', split, i), ...draft }));
  };
  const test = draw('test');
  return { train: draw('train'), test };
}

/** What moves a user, whoever it is and whatever they claim. */
export const profileKey = ({ movers }: PersuadeHidden): string =>
  movers
    .map(({ value, levels }) => `${value} ${levels}`)
    .sort()
    .join(', ');

function drawTask(
  persona: PersonaName,
  claim: string,
  level: Level,
  split: Split,
  random: Random,
): Omit<PersuadeTask, 'id'> {
  const { moves, hated: hatedCount } = PROFILES[level];
  const { likes, hates } = PERSONAS[persona];
  const liked = drawValues(likes, hates, moves.length, random);
  const movers = liked.map((value, i): Mover => ({ value, levels: moves[i]! }));
  const hated = drawValues(hates, [...likes, ...liked], hatedCount, random);
  const told = level === 'easy' ? [movers[0]!.value] : [];
  const opening = wordOpening(persona, claim, told, random);
  return { split, level, opening, hidden: { persona, claim, movers, hated, told } };
}

/** Some values, none of the excluded ones, the typical ones more likely. */
function drawValues(
  typical: readonly ValueName[],
  excluded: readonly ValueName[],
  count: number,
  random: Random,
): ValueName[] {
  const drawn: ValueName[] = [];
  while (drawn.length < count) {
    const urn = VALUE_NAMES.filter((name) => !excluded.includes(name) && !drawn.includes(name)).flatMap(
      (name) => Array<ValueName>(typical.includes(name) ? TYPICAL_WEIGHT : 1).fill(name),
    );
    drawn.push(random.pick(urn));
  }
  return drawn;
}

export function wordOpening(
  persona: PersonaName,
  claim: string,
  told: readonly ValueName[],
  random: Random,
): string {
  const opening = render(random.pick(OPENING_TEMPLATES), { who: withArticle(persona), claim });
  const extra = told.map((value) => render(random.pick(TOLD_TEMPLATES), { value: VALUES[value].own }));
  return [opening, ...extra].join(' ');
}
