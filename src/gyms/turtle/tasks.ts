/**
 * The task set: every hidden story that every surface allows, with weights drawn from one fixed seed. Some hidden
 * stories are kept for the test: none of those is behind any surface of a training task, though each of their
 * parts is, in other stories.
 */
import { Random, splitSeed } from '../../random';
import { render } from '../text';
import { taskId } from '../task-set';
import type { Split } from '../types';
import type { Criterion, TurtleTask } from './types';
import {
  SCENE_NAMES,
  SLOTS,
  VALUES,
  VALUE_NAMES,
  possibleValues,
  sceneOf,
  slotsOf,
  type SceneName,
  type Slot,
  type Story,
  type ValueName,
} from './world';

/** Fixed for ever: checkpoints are trained on, and measured with, exactly these tasks. */
const TASK_SEED = 250_919_738;
/** Hidden stories kept for the test, of 36 with two parts and 216 with three. */
const TEST_STORIES = { two: 8, three: 30 };
/** Weights by number of criteria, dealt out at random. UserRL: 1 to 5 criteria whose weights sum to 1. */
const WEIGHTS: Readonly<Record<number, readonly number[]>> = { 2: [0.6, 0.4], 3: [0.5, 0.3, 0.2] };

export const OPENING_TEMPLATES: readonly string[] = [
  '{title} : {surface} what is behind it ?',
  '{title} . {surface} who , where and why ?',
  'a story about {title} : {surface} what is going on ?',
];
/** Where the place does not matter, nobody is asked to find it. */
export const SHORT_OPENING_TEMPLATES: readonly string[] = [
  '{title} : {surface} what is behind it ?',
  '{title} . {surface} who and why ?',
  'a story about {title} : {surface} what is going on ?',
];

/** All tasks of both splits in random order, so that any prefix is a fair sample. */
export function generateTasks(): Record<Split, TurtleTask[]> {
  const random = new Random(splitSeed(TASK_SEED, 'turtle'));
  const tested = new Set([
    ...drawStories(['who', 'why'], TEST_STORIES.two, random),
    ...drawStories(SLOTS, TEST_STORIES.three, random),
  ]);
  const drafts: Record<Split, Omit<TurtleTask, 'id'>[]> = { train: [], test: [] };
  for (const scene of SCENE_NAMES) {
    for (const story of storiesOf(slotsOf(scene), (slot) => possibleValues(scene, slot))) {
      const split = tested.has(storyKey(story)) ? 'test' : 'train';
      drafts[split].push(drawTask(scene, story, split, random));
    }
  }
  const numbered = (split: Split): TurtleTask[] =>
    random.shuffled(drafts[split]).map((draft, i) => ({ id: taskId('turtle', split, i), ...draft }));
  return { train: numbered('train'), test: numbered('test') };
}

export const storyKey = (story: Story): string => SLOTS.map((slot) => story[slot] ?? '').join('/');

/** Every combination of one value for each slot. */
function storiesOf(slots: readonly Slot[], values: (slot: Slot) => readonly ValueName[]): Story[] {
  return slots.reduce<Story[]>(
    (stories, slot) => stories.flatMap((story) => values(slot).map((value) => ({ ...story, [slot]: value }))),
    [{}],
  );
}

function drawStories(slots: readonly Slot[], count: number, random: Random): string[] {
  const all = storiesOf(slots, (slot) => VALUE_NAMES.filter((name) => VALUES[name].slot === slot));
  return random.shuffled(all).slice(0, count).map(storyKey);
}

function drawTask(scene: SceneName, story: Story, split: Split, random: Random): Omit<TurtleTask, 'id'> {
  const slots = slotsOf(scene);
  const weights = random.shuffled(WEIGHTS[slots.length] ?? []);
  const criteria = slots.map((slot, i): Criterion => ({ slot, value: story[slot]!, weight: weights[i]! }));
  const opening = wordOpening(scene, random);
  return { split, level: sceneOf(scene).level, opening, hidden: { scene, criteria } };
}

export function wordOpening(scene: SceneName, random: Random): string {
  const { title, surface, possible } = sceneOf(scene);
  const templates = possible.where ? OPENING_TEMPLATES : SHORT_OPENING_TEMPLATES;
  return render(random.pick(templates), { title, surface });
}
