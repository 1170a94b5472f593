/** The judge of free text: what a question asks about, and what a guess names. */
import { Mentions } from '../mentions';
import type { Claim } from './types';
import {
  ATTRIBUTES,
  ATTRIBUTE_NAMES,
  CATEGORY_NAMES,
  MATERIALS,
  MATERIAL_NAMES,
  THINGS,
  THING_NAMES,
  type AttributeName,
  type CategoryName,
  type MaterialName,
  type ThingName,
} from './world';

type Name = AttributeName | CategoryName | MaterialName | ThingName | 'nothing';

const has = <T extends string>(names: readonly T[], name: string): name is T =>
  (names as readonly string[]).includes(name);

const PHRASES = Object.fromEntries<readonly string[]>([
  ...ATTRIBUTE_NAMES.map((name) => [name, [ATTRIBUTES[name].rest, ...ATTRIBUTES[name].phrases]] as const),
  ...THING_NAMES.map((name) => [name, [name, ...THINGS[name].also]] as const),
  ...MATERIAL_NAMES.map((name) => [name, [name, ...MATERIALS[name].also]] as const),
  ...CATEGORY_NAMES.map((name) => [name, [name, `${name}s`]] as const),
  // In these a known word means something else.
  ['nothing', ['toy animal', 'toy vehicle', 'toy food']],
]) as Record<Name, readonly string[]>;

const MENTIONS = new Mentions<Name>(PHRASES);

/** The claims of a question; thing, material and kind of one toy are one claim, two things are two. */
export function claimsIn(text: string): Claim[] {
  const names = MENTIONS.in(text).map((mention) => mention.name);
  const things = names.filter((name) => has(THING_NAMES, name));
  const materials = names.filter((name) => has(MATERIAL_NAMES, name));
  const categories = names.filter((name) => has(CATEGORY_NAMES, name));
  const claims: Claim[] = names
    .filter((name) => has(ATTRIBUTE_NAMES, name))
    .map((attribute) => ({ kind: 'attribute', attribute }));
  const identities = Math.max(things.length, materials.length, categories.length);
  for (let i = 0; i < identities; i++) {
    claims.push({ kind: 'identity', category: categories[i], thing: things[i], material: materials[i] });
  }
  return claims;
}

/** The things and materials that a guess says the toy is. */
export function guessIn(text: string): {
  readonly things: readonly ThingName[];
  readonly materials: readonly MaterialName[];
} {
  const names = MENTIONS.in(text).flatMap(({ name, negated }) => (negated ? [] : [name]));
  return {
    things: names.filter((name) => has(THING_NAMES, name)),
    materials: names.filter((name) => has(MATERIAL_NAMES, name)),
  };
}
