/**
 * The task set, generated from one fixed seed: a category, 2 or 3 details stated in the opening, 3 to 5 missing.
 * No two tasks of a category share both sets of aspects, so a test task was never seen in training.
 */
import { Random, splitSeed } from '../../random';
import { taskId } from '../task-set';
import type { Level, Split } from '../types';
import { ASPECTS, fill, type AspectName } from './aspects';
import { CATEGORIES, CATEGORY_NAMES, relevantAspects, type CategoryName, type WishTask } from './categories';
import type { Detail, Importance } from './types';

/** Fixed for ever: checkpoints are trained on, and measured with, exactly these tasks. */
const TASK_SEED = 250_919_736;
const TASKS_PER_CATEGORY: Readonly<Record<Split, number>> = { train: 240, test: 8 };
/** Longest opening in words, so that a conversation of a few turns fits a small context window. */
export const OPENING_WORDS = 24;
/** How often a detail matters one step more or less to this user than to most. */
const IMPORTANCE_SHIFT = 0.15;

/** By the number of missing details: the more, the more turns must be well spent. */
const LEVEL_OF_MISSING: Readonly<Record<number, Level>> = { 3: 'easy', 4: 'normal', 5: 'hard' };

export const OPENING_TEMPLATES: readonly string[] = [
  'help me *',
  'i want to *',
  'please help me *',
  'can you help me *',
  'i would like to *',
  'i need help to *',
];

/** All tasks of both splits, interleaved by category so that any prefix is a fair sample. */
export function generateTasks(): Record<Split, WishTask[]> {
  const byCategory = CATEGORY_NAMES.map((category) => categoryTasks(category));
  const interleave = (split: Split): WishTask[] => {
    const tasks: WishTask[] = [];
    for (let i = 0; i < TASKS_PER_CATEGORY[split]; i++) {
      for (const lists of byCategory) {
        const draft = lists[split][i]!;
        tasks.push({ ...draft, id: taskId('intention', split, tasks.length) });
      }
    }
    return tasks;
  };
  return { train: interleave('train'), test: interleave('test') };
}

type Draft = Omit<WishTask, 'id'>;

function categoryTasks(category: CategoryName): Record<Split, Draft[]> {
  const random = new Random(splitSeed(TASK_SEED, 'intention', category));
  const drafts: Record<Split, Draft[]> = { train: [], test: [] };
  const seen = new Set<string>();
  for (const split of ['test', 'train'] as const) {
    while (drafts[split].length < TASKS_PER_CATEGORY[split]) {
      const draft = drawTask(category, split, random);
      const names = (details: readonly Detail[]) =>
        details
          .map((d) => d.aspect)
          .sort()
          .join(',');
      const key = `${names(draft.hidden.stated)}|${names(draft.hidden.missing)}`;
      if (seen.has(key)) continue;
      seen.add(key);
      drafts[split].push(draft);
    }
  }
  return drafts;
}

function drawTask(category: CategoryName, split: Split, random: Random): Draft {
  const aspects = random.shuffled(relevantAspects(category));
  const statedCount = 2 + random.int(2);
  const missingCount = 3 + random.int(3);
  const stated = aspects.slice(0, statedCount).map(([aspect, importance]) => ({
    aspect,
    importance,
    value: random.pick<string>(ASPECTS[aspect].values),
  }));
  const missing = aspects.slice(statedCount, statedCount + missingCount).map(([aspect, importance]) => ({
    aspect,
    importance: shifted(importance, random),
    value: random.pick<string>(ASPECTS[aspect].values),
  }));
  return {
    split,
    level: LEVEL_OF_MISSING[missingCount]!,
    opening: wordOpening(category, stated, random),
    hidden: { category, stated, missing },
  };
}

function shifted(importance: Importance, random: Random): Importance {
  if (random.next() >= IMPORTANCE_SHIFT) return importance;
  if (importance === 2) return random.pick([1, 3] as const);
  return 2;
}

/** "help me plan a wedding for fifty people , by the sea ." in one of the wordings that are short enough. */
export function wordOpening(
  category: CategoryName,
  stated: readonly { readonly aspect: AspectName; readonly value: string }[],
  random: Random,
): string {
  const clauses = stated.map(({ aspect, value }) => fill(ASPECTS[aspect].stated, value)).join(' , ');
  const wordings = OPENING_TEMPLATES.map(
    (template) => `${fill(template, CATEGORIES[category].wish)}${clauses ? ` ${clauses}` : ''} .`,
  ).filter((opening) => opening.split(' ').length <= OPENING_WORDS);
  return random.pick(wordings);
}
