/**
 * The stories: what is told of each (its surface), and what can be behind it. A hidden story says who it is,
 * where it is and why; every possible answer belongs to a family of two, and a surface leaves only some families
 * possible. Which surface leaves what is the knowledge a good player brings along.
 */
import type { Level } from '../types';

export type Slot = 'who' | 'where' | 'why';
export const SLOTS: readonly Slot[] = ['who', 'where', 'why'];

interface Idea {
  readonly slot: Slot;
  /** As it stands in a sentence. */
  readonly phrase: string;
  /** Words that mean it, for the judge. */
  readonly words: readonly string[];
}

export const FAMILIES = {
  artist: { slot: 'who', phrase: 'an artist', words: ['artist', 'performer', 'in a show'] },
  animal: { slot: 'who', phrase: 'an animal', words: ['animal', 'animals', 'pet'] },
  toy: { slot: 'who', phrase: 'a toy', words: ['toy', 'toys', 'thing'] },
  story: { slot: 'where', phrase: 'in a story', words: ['in a story', 'made up', 'fiction', 'real'] },
  water: { slot: 'where', phrase: 'on the water', words: ['on the water', 'on water', 'at sea', 'water'] },
  land: { slot: 'where', phrase: 'on land', words: ['on land', 'land', 'in town'] },
  feast: { slot: 'why', phrase: 'a feast', words: ['feast', 'party', 'celebration', 'celebrate'] },
  danger: { slot: 'why', phrase: 'a danger', words: ['danger', 'dangerous', 'afraid', 'fear'] },
  need: { slot: 'why', phrase: 'a need', words: ['a need', 'needs something'] },
} as const satisfies Record<string, Idea>;

export type FamilyName = keyof typeof FAMILIES;
export const FAMILY_NAMES = Object.freeze(Object.keys(FAMILIES) as FamilyName[]);

export const VALUES = {
  actor: { slot: 'who', family: 'artist', phrase: 'an actor', words: ['actor', 'actress', 'acting'] },
  clown: { slot: 'who', family: 'artist', phrase: 'a clown', words: ['clown', 'circus'] },
  dog: { slot: 'who', family: 'animal', phrase: 'a dog', words: ['dog', 'puppy'] },
  horse: { slot: 'who', family: 'animal', phrase: 'a horse', words: ['horse', 'pony'] },
  doll: { slot: 'who', family: 'toy', phrase: 'a doll', words: ['doll', 'puppet'] },
  robot: { slot: 'who', family: 'toy', phrase: 'a robot', words: ['robot', 'machine'] },
  film: { slot: 'where', family: 'story', phrase: 'in a film', words: ['film', 'movie'] },
  dream: { slot: 'where', family: 'story', phrase: 'in a dream', words: ['dream', 'dreaming', 'asleep'] },
  ship: { slot: 'where', family: 'water', phrase: 'on a ship', words: ['ship', 'boat'] },
  lake: { slot: 'where', family: 'water', phrase: 'on a lake', words: ['lake', 'pond'] },
  school: { slot: 'where', family: 'land', phrase: 'in a school', words: ['school', 'classroom'] },
  garden: { slot: 'where', family: 'land', phrase: 'in a garden', words: ['garden', 'park'] },
  birthday: { slot: 'why', family: 'feast', phrase: 'a birthday', words: ['birthday', 'birthdays'] },
  wedding: { slot: 'why', family: 'feast', phrase: 'a wedding', words: ['wedding', 'married', 'marry'] },
  fire: { slot: 'why', family: 'danger', phrase: 'a fire', words: ['fire', 'burning', 'burns', 'smoke'] },
  storm: { slot: 'why', family: 'danger', phrase: 'a storm', words: ['storm', 'wind', 'thunder'] },
  hunger: { slot: 'why', family: 'need', phrase: 'hunger', words: ['hunger', 'hungry', 'starving'] },
  thirst: { slot: 'why', family: 'need', phrase: 'thirst', words: ['thirst', 'thirsty', 'drink'] },
} as const satisfies Record<string, Idea & { readonly family: FamilyName }>;

export type ValueName = keyof typeof VALUES;
export const VALUE_NAMES = Object.freeze(Object.keys(VALUES) as ValueName[]);

export interface Scene {
  readonly level: Level;
  readonly title: string;
  readonly surface: string;
  /** The families that can be behind it, for every criterion its stories have. */
  readonly possible: Readonly<Partial<Record<Slot, readonly FamilyName[]>>>;
}

/** Easy stories have two criteria, normal ones three; in hard ones the surface says nothing about one of them. */
export const SCENES = {
  door: {
    level: 'easy',
    title: 'the door',
    surface: 'someone waits at a door all night .',
    possible: { who: ['animal', 'toy'], why: ['need', 'danger'] },
  },
  cake: {
    level: 'easy',
    title: 'the cake',
    surface: 'someone sees a cake and cries .',
    possible: { who: ['artist', 'animal'], why: ['feast', 'need'] },
  },
  hat: {
    level: 'easy',
    title: 'the hat',
    surface: 'someone eats a hat .',
    possible: { who: ['animal', 'artist'], why: ['need', 'feast'] },
  },
  window: {
    level: 'easy',
    title: 'the window',
    surface: 'someone jumps out of a window .',
    possible: { who: ['artist', 'toy'], why: ['danger', 'feast'] },
  },
  chair: {
    level: 'normal',
    title: 'the chair',
    surface: 'someone sings to an old chair .',
    possible: { who: ['artist', 'toy'], where: ['story', 'land'], why: ['feast', 'danger'] },
  },
  light: {
    level: 'normal',
    title: 'the light',
    surface: 'someone runs from the light .',
    possible: { who: ['animal', 'toy'], where: ['story', 'water'], why: ['danger', 'need'] },
  },
  box: {
    level: 'normal',
    title: 'the box',
    surface: 'someone sleeps in a small box .',
    possible: { who: ['toy', 'animal'], where: ['water', 'land'], why: ['danger', 'need'] },
  },
  flowers: {
    level: 'normal',
    title: 'the flowers',
    surface: 'someone eats all the flowers .',
    possible: { who: ['artist', 'animal'], where: ['story', 'land'], why: ['feast', 'need'] },
  },
  coat: {
    level: 'hard',
    title: 'the coat',
    surface: 'someone has no coat and laughs .',
    possible: { who: ['artist', 'animal', 'toy'], where: ['story', 'water'], why: ['feast', 'danger'] },
  },
  stone: {
    level: 'hard',
    title: 'the stone',
    surface: 'someone falls on a stone and says nothing .',
    possible: { who: ['artist', 'toy'], where: ['story', 'water', 'land'], why: ['feast', 'danger'] },
  },
  shout: {
    level: 'hard',
    title: 'the wall',
    surface: 'someone shouts at a white wall .',
    possible: { who: ['artist', 'animal'], where: ['land', 'water'], why: ['feast', 'danger', 'need'] },
  },
  bag: {
    level: 'hard',
    title: 'the bag',
    surface: 'someone hides in a bag .',
    possible: { who: ['toy', 'animal'], where: ['story', 'water', 'land'], why: ['need', 'feast'] },
  },
} as const satisfies Record<string, Scene>;

export type SceneName = keyof typeof SCENES;
export const SCENE_NAMES = Object.freeze(Object.keys(SCENES) as SceneName[]);

export const sceneOf = (name: SceneName): Scene => SCENES[name];

/** The criteria of a scene's stories. */
export const slotsOf = (scene: SceneName): readonly Slot[] =>
  SLOTS.filter((slot) => sceneOf(scene).possible[slot] !== undefined);

export const possibleValues = (scene: SceneName, slot: Slot): readonly ValueName[] => {
  const families = sceneOf(scene).possible[slot] ?? [];
  return VALUE_NAMES.filter((name) => families.includes(VALUES[name].family));
};

const SUBJECTS: Readonly<Record<Slot, readonly [string, string]>> = {
  who: ['he is', 'is he'],
  where: ['it is', 'is it'],
  why: ['the reason is', 'is the reason'],
};

/** "he is a clown", "the reason is not a fire". */
export const statementOf = ({ slot, phrase }: Idea, holds = true): string =>
  `${SUBJECTS[slot][0]} ${holds ? '' : 'not '}${phrase}`;

/** "is it in a film ?" */
export const questionFor = (value: ValueName): string =>
  `${SUBJECTS[VALUES[value].slot][1]} ${VALUES[value].phrase} ?`;

export type Story = Readonly<Partial<Record<Slot, ValueName>>>;

/** "a clown in a film because of a fire ." with as many parts as are given. */
export function storyAnswer(story: Story): string {
  const parts = SLOTS.flatMap((slot) => {
    const value = story[slot];
    return value ? [slot === 'why' ? `because of ${VALUES[value].phrase}` : VALUES[value].phrase] : [];
  });
  return `${parts.join(' ')} .`;
}
