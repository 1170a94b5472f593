/**
 * The world of Search: one small library of invented facts about things, people and cities, drawn once from a
 * fixed seed. Invented, so that nothing can be known without searching; built from few words (ten colours and
 * sizes times ten nouns, ten first names times eight surnames), so that a small policy can read it.
 */
import { Random, splitSeed } from '../../random';
import { PEOPLE } from '../people';
import { render } from '../text';
import type { Split } from '../types';

const WORLD_SEED = 125_555;

export type Kind = 'thing' | 'person' | 'city' | 'word';

interface RelationWords {
  readonly from: Kind;
  readonly to: Kind;
  /** How the library states it. At most 7 words: context is the scarcest thing a small model has. */
  readonly stated: string;
  /** How the policy searches for it: the subject and one word for the relation. */
  readonly query: string;
  readonly questions: readonly [string, string];
  /** A noun phrase for the object, to ask further about; relations to plain words lead nowhere. */
  readonly phrase?: string;
}

export const RELATIONS = {
  maker: {
    from: 'thing',
    to: 'person',
    stated: '{o} made {s} .',
    query: '{s} made',
    questions: ['who made {s} ?', 'who is the maker of {s} ?'],
    phrase: 'the maker of {s}',
  },
  place: {
    from: 'thing',
    to: 'city',
    stated: '{s} is in {o} .',
    query: '{s} where',
    questions: ['in which city is {s} ?', 'where is {s} ?'],
    phrase: 'the city of {s}',
  },
  birth: {
    from: 'person',
    to: 'city',
    stated: '{s} was born in {o} .',
    query: '{s} born',
    questions: ['in which city was {s} born ?', 'where was {s} born ?'],
    phrase: 'the city where {s} was born',
  },
  job: {
    from: 'person',
    to: 'word',
    stated: '{s} works as a {o} .',
    query: '{s} works',
    questions: ['what is the job of {s} ?', 'what does {s} work as ?'],
  },
  pet: {
    from: 'person',
    to: 'word',
    stated: '{s} lives with a {o} .',
    query: '{s} lives',
    questions: ['which animal lives with {s} ?', 'with which animal does {s} live ?'],
  },
  fame: {
    from: 'city',
    to: 'word',
    stated: '{s} is famous for {o} .',
    query: '{s} famous',
    questions: ['what is {s} famous for ?', 'for what is {s} famous ?'],
  },
  mayor: {
    from: 'city',
    to: 'person',
    stated: '{o} is mayor of {s} .',
    query: '{s} mayor',
    questions: ['who is the mayor of {s} ?', 'which person is the mayor of {s} ?'],
    phrase: 'the mayor of {s}',
  },
} as const satisfies Record<string, RelationWords>;

export type RelationName = keyof typeof RELATIONS;
export const RELATION_NAMES: readonly RelationName[] = Object.freeze(
  Object.keys(RELATIONS) as RelationName[],
);
export const relationWords = (relation: RelationName): RelationWords => RELATIONS[relation];
export const relationsFrom = (kind: Kind): RelationName[] =>
  RELATION_NAMES.filter((name) => RELATIONS[name].from === kind);

export interface Fact {
  readonly subject: string;
  readonly relation: RelationName;
  readonly object: string;
}

const LOOKS = ['red', 'blue', 'green', 'white', 'pink', 'dark', 'old', 'small', 'large', 'quiet'];
const NOUNS = ['house', 'garden', 'school', 'bridge', 'tower', 'clock', 'boat', 'picture', 'market', 'lamp'];
export const THINGS: readonly string[] = LOOKS.flatMap((look) => NOUNS.map((noun) => `the ${look} ${noun}`));
export const CITIES: readonly string[] = 'arlen belmo corva dorlen elmar fontal gorla harlo ivra jarvo'.split(
  ' ',
);
const OBJECT_WORDS: Readonly<Record<'job' | 'pet' | 'fame', readonly string[]>> = {
  job: ['teacher', 'doctor', 'baker', 'painter', 'farmer', 'writer', 'singer', 'driver'],
  pet: ['dog', 'cat', 'horse', 'bird', 'goat', 'duck', 'sheep', 'rabbit'],
  fame: ['wine', 'beer', 'tea', 'juice', 'cakes', 'candles', 'flowers', 'jazz', 'leather', 'nuts'],
};

/** Who and what a task of a split may ask about, and through which it may lead. */
export const SPLIT_OF: ReadonlyMap<string, Split> = new Map([
  ...assign(PEOPLE, 16),
  ...assign(THINGS, 25),
  ...assign(CITIES, 3),
]);

function assign(names: readonly string[], testCount: number): (readonly [string, Split])[] {
  const random = new Random(splitSeed(WORLD_SEED, 'split', names[0] ?? ''));
  return random.shuffled(names).map((name, i) => [name, i < testCount ? 'test' : 'train'] as const);
}

export const entitiesOf = (kind: Kind): readonly string[] =>
  ({ thing: THINGS, person: PEOPLE, city: CITIES, word: [] })[kind];

/** What can be said of a relation, whoever it is about. */
export const objectsOf = (relation: RelationName): readonly string[] => {
  switch (relation) {
    case 'maker':
    case 'mayor':
      return PEOPLE;
    case 'place':
    case 'birth':
      return CITIES;
    default:
      return OBJECT_WORDS[relation];
  }
};

/** Facts of a library; every thing, person and city has one of each of its relations. */
export function drawFacts(seed: number): Fact[] {
  return RELATION_NAMES.flatMap((relation) => {
    const random = new Random(splitSeed(seed, 'facts', relation));
    return entitiesOf(RELATIONS[relation].from).map((subject) => {
      // Makers and mayors come from the split of their works and cities, so that questions can lead on to them.
      const split = SPLIT_OF.get(subject);
      const candidates = objectsOf(relation);
      const own = candidates.filter((object) => SPLIT_OF.get(object) === split);
      const together = RELATIONS[relation].to === 'person' || split === 'test';
      return { subject, relation, object: random.pick(together && own.length > 0 ? own : candidates) };
    });
  });
}

/** The facts of the library that the gym is played with. */
export const FACTS: readonly Fact[] = drawFacts(WORLD_SEED);

const words = ({ subject: s, object: o }: Fact): Record<string, string> => ({ s, o });
export const statementOf = (fact: Fact): string => render(RELATIONS[fact.relation].stated, words(fact));
/** Without the article: "red bridge made". */
export const queryFor = (subject: string, relation: RelationName): string =>
  render(RELATIONS[relation].query, { s: subject.replace(/^the /, '') });

/** Asks for the object of the last fact, telling the way to its subject from the first. */
export function questionFor(chain: readonly Fact[], random: Random): string {
  const last = chain.at(-1)!;
  const subject = chain.slice(0, -1).reduce((known, { relation }) => {
    const { phrase } = relationWords(relation);
    if (phrase === undefined) throw new Error(`Nothing follows from a ${relation}`);
    return render(phrase, { s: known });
  }, chain[0]!.subject);
  return render(random.pick(RELATIONS[last.relation].questions), { s: subject });
}
