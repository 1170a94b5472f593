/**
 * A world of Telepathy as data, and what follows from it: what is true of which thing, how one asks and guesses,
 * and what a free text asks or guesses. A thing may come in several materials; in a world without materials the
 * thing alone is guessed.
 */
import { Mentions } from '../mentions';
import { recordOf } from '../record';
import { withArticle } from '../text';
import type { Truth } from '../truth';
import type { Claim, Fact, Toy } from './types';

export interface Attribute {
  readonly about: 'thing' | 'material';
  /** "can it fly ?" is `can` and `fly`; "it can not fly" is made of the same words. */
  readonly verb: 'can' | 'is' | 'does';
  readonly rest: string;
  /** Further ways to ask, for people. */
  readonly phrases: readonly string[];
}

export interface Known<A extends string = string> {
  readonly yes: readonly A[];
  readonly maybe: readonly A[];
  /** Other names people use. */
  readonly also: readonly string[];
}

export interface RiddleData<
  A extends string = string,
  C extends string = string,
  T extends string = string,
  M extends string = string,
> {
  /** What one of them is called: "toy". */
  readonly noun: string;
  readonly attributes: Readonly<Record<A, Attribute>>;
  /** The kinds of things, as an opening speaks of them: "a toy animal". */
  readonly categories: Readonly<Record<C, string>>;
  readonly things: Readonly<Record<T, Known<A> & { readonly category: C }>>;
  /** Nothing where a thing is not made of anything in particular. */
  readonly materials: Readonly<Record<M, Known<A>>>;
  /** Phrases in which a known word means something else. */
  readonly neutral: readonly string[];
}

export interface Guess {
  readonly things: readonly string[];
  readonly materials: readonly string[];
}

type Kind = 'attribute' | 'thing' | 'material' | 'category' | 'neutral';

const names = <N extends string>(record: Readonly<Record<N, unknown>>) => Object.keys(record) as N[];

export class Riddle<
  A extends string = string,
  C extends string = string,
  T extends string = string,
  M extends string = string,
> {
  readonly attributeNames: readonly A[];
  readonly materialNames: readonly M[];
  readonly #thingNames: readonly T[];
  readonly #mentions: Mentions<string>;
  readonly #telling = new Map<C, readonly A[]>();

  constructor(readonly data: RiddleData<A, C, T, M>) {
    const { attributes, things, materials, categories, neutral } = data;
    this.attributeNames = names(attributes);
    this.materialNames = names(materials);
    this.#thingNames = names(things);
    // The kind is part of the name, so that a thing may be called what an attribute is called inside the table.
    const phrases = <N extends string>(kind: Kind, of: readonly N[], said: (name: N) => readonly string[]) =>
      recordOf<string, readonly string[]>(
        of.map((name) => `${kind} ${name}`),
        (key) => said(key.slice(kind.length + 1) as N),
      );
    this.#mentions = new Mentions<string>({
      ...phrases('attribute', this.attributeNames, (name) => [
        attributes[name].rest,
        ...attributes[name].phrases,
      ]),
      ...phrases('thing', this.#thingNames, (name) => [name, ...things[name].also]),
      ...phrases('material', this.materialNames, (name) => [name, ...materials[name].also]),
      ...phrases('category', names(categories), (name) => [name, `${name}s`]),
      'neutral phrases': neutral,
    });
  }

  thingsOf(category: C): readonly T[] {
    return this.#thingNames.filter((name) => this.data.things[name].category === category);
  }

  toysOf(category: C): readonly Toy<T, M>[] {
    const things = this.thingsOf(category);
    if (this.materialNames.length === 0) return things.map((thing) => ({ thing }));
    return things.flatMap((thing) => this.materialNames.map((material) => ({ thing, material })));
  }

  categoryOf({ thing }: Toy<T, M>): C {
    return this.data.things[thing].category;
  }

  /** What the one who thinks of `toy` must answer. */
  truthOf(attribute: A, { thing, material }: Toy<T, M>): Truth {
    const { attributes, things, materials } = this.data;
    const known: Known<A> =
      attributes[attribute].about === 'material' && material ? materials[material] : things[thing];
    return known.yes.includes(attribute) ? 'yes' : known.maybe.includes(attribute) ? 'maybe' : 'no';
  }

  /** The attributes in which the toys of a category differ: what is worth asking. */
  tellingAttributes(category: C): readonly A[] {
    const known = this.#telling.get(category);
    if (known) return known;
    const toys = this.toysOf(category);
    const telling = this.attributeNames.filter(
      (name) => new Set(toys.map((toy) => this.truthOf(name, toy))).size > 1,
    );
    this.#telling.set(category, telling);
    return telling;
  }

  /** One wording each, because a small policy loses its way among paraphrases. */
  questionFor(attribute: A): string {
    const { verb, rest } = this.data.attributes[attribute];
    return `${verb} it ${rest} ?`;
  }

  statementOf({ attribute, truth }: Fact<A>): string {
    const { verb, rest } = this.data.attributes[attribute];
    return `it ${verb} ${truth === 'no' ? 'not ' : ''}${rest}`;
  }

  nameOf({ thing, material }: { readonly thing?: string; readonly material?: string }): string {
    return [material, thing].filter((half) => half !== undefined).join(' ');
  }

  guessFor(toy: Toy<T, M>): string {
    return `it is ${withArticle(this.nameOf(toy))} .`;
  }

  /** The claims of a question; thing, material and kind of one toy are one claim, two things are two. */
  claimsIn(text: string): Claim<A>[] {
    const mentioned = this.#mentions.in(text).map(({ name }) => name);
    const of = (kind: Kind) => namesOf(kind, mentioned);
    const [things, materials, categories] = [of('thing'), of('material'), of('category')];
    const claims: Claim<A>[] = of('attribute').map((attribute) => ({
      kind: 'attribute',
      attribute: attribute as A,
    }));
    const identities = Math.max(things.length, materials.length, categories.length);
    for (let i = 0; i < identities; i++) {
      claims.push({ kind: 'identity', category: categories[i], thing: things[i], material: materials[i] });
    }
    return claims;
  }

  /** The things and materials that a guess says it is. */
  guessIn(text: string): Guess {
    const said = this.#mentions.in(text).flatMap(({ name, negated }) => (negated ? [] : [name]));
    return { things: namesOf('thing', said), materials: namesOf('material', said) };
  }

  claimTruth(claim: Claim<A>, toy: Toy<T, M>): Truth {
    if (claim.kind === 'attribute') return this.truthOf(claim.attribute, toy);
    const { category, thing = toy.thing, material = toy.material } = claim;
    const same = thing === toy.thing && material === toy.material;
    return same && (category ?? this.categoryOf(toy)) === this.categoryOf(toy) ? 'yes' : 'no';
  }
}

const namesOf = (kind: Kind, mentioned: readonly string[]): string[] =>
  mentioned.flatMap((name) => (name.startsWith(`${kind} `) ? [name.slice(kind.length + 1)] : []));
