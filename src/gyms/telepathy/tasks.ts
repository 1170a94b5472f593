/**
 * The task set, generated from one fixed seed. Each toy comes in three levels: easy tells two facts in the
 * opening, normal one, hard none. Test toys appear in no training task at any level; each half of them, the
 * thing and the material, does, with other partners.
 */
import { Random, splitSeed } from '../../random';
import { LEVELS, taskId } from '../task-set';
import type { Level, Split } from '../types';
import { render } from '../text';
import {
  ATTRIBUTES,
  CATEGORIES,
  CATEGORY_NAMES,
  MATERIAL_NAMES,
  categoryOf,
  nameOf,
  statementOf,
  tellingAttributes,
  thingsOf,
  toysOf,
  truthOf,
  type CategoryName,
  type Toy,
  type ToyFact,
  type ToyTask,
} from './world';

/** Fixed for ever: checkpoints are trained on, and measured with, exactly these tasks. */
const TASK_SEED = 250_919_737;
/** Of each kind: every thing is tested with one material, and this many things with a second one. */
const SECOND_TEST_TOYS = 6;

export const OPENING_TEMPLATES: readonly string[] = [
  'i think of {toy} . what is it ?',
  'i have {toy} in mind . what is it ?',
  'guess my toy : it is {toy} .',
  'can you guess it ? it is {toy} .',
];

/** All tasks of both splits in random order, so that any prefix is a fair sample. */
export function generateTasks(): Record<Split, ToyTask[]> {
  const random = new Random(splitSeed(TASK_SEED, 'telepathy'));
  const drafts: Record<Split, Omit<ToyTask, 'id'>[]> = { train: [], test: [] };
  for (const category of CATEGORY_NAMES) {
    const tested = drawTestToys(category, random);
    for (const toy of toysOf(category)) {
      const split = tested.has(`${toy.material} ${toy.thing}`) ? 'test' : 'train';
      for (const level of LEVELS) drafts[split].push(drawTask(toy, level, split, random));
    }
  }
  const numbered = (split: Split): ToyTask[] =>
    random.shuffled(drafts[split]).map((draft, i) => ({ id: taskId('telepathy', split, i), ...draft }));
  return { train: numbered('train'), test: numbered('test') };
}

let training: ReadonlySet<string> | undefined;

/** Whether a toy is none of those kept for the test. */
export function isForTraining(toy: Toy): boolean {
  training ??= new Set(generateTasks().train.map(({ hidden }) => nameOf(hidden.toy)));
  return training.has(nameOf(toy));
}

/** Spread over things and materials: neither half is in more than two test toys of its kind. */
function drawTestToys(category: CategoryName, random: Random): ReadonlySet<string> {
  const materials = random.shuffled(MATERIAL_NAMES);
  const things = random.shuffled(thingsOf(category));
  const first = things.map((thing, i) => `${materials[i]} ${thing}`);
  const second = things
    .slice(0, SECOND_TEST_TOYS)
    .map((thing, i) => `${materials[(i + 1) % materials.length]} ${thing}`);
  return new Set([...first, ...second]);
}

function drawTask(toy: Toy, level: Level, split: Split, random: Random): Omit<ToyTask, 'id'> {
  const category = categoryOf(toy);
  const facts = random
    .shuffled(tellingAttributes(category))
    .map((attribute): ToyFact => ({ attribute, truth: truthOf(attribute, toy) }))
    .filter(({ truth }) => truth !== 'maybe');
  const ofThing = facts.find(({ attribute }) => ATTRIBUTES[attribute].about === 'thing')!;
  const ofMaterial = facts.find(({ attribute }) => ATTRIBUTES[attribute].about === 'material')!;
  const told =
    level === 'easy' ? [ofThing, ofMaterial] : level === 'normal' ? [random.pick([ofThing, ofMaterial])] : [];
  const opening = wordOpening(category, told, random);
  return { split, level, opening, hidden: { category, toy, told } };
}

export function wordOpening(category: CategoryName, told: readonly ToyFact[], random: Random): string {
  const riddle = render(random.pick(OPENING_TEMPLATES), { toy: CATEGORIES[category] });
  return [riddle, ...told.map((fact) => `${statementOf(fact)} .`)].join(' ');
}
