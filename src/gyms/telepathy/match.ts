/** The judge of free text: what a question asks about, and what a guess names. */
import { Mentions } from '../mentions';
import { recordOf } from '../record';
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

const MENTIONS = new Mentions<Name>({
  ...recordOf(ATTRIBUTE_NAMES, (name) => [ATTRIBUTES[name].rest, ...ATTRIBUTES[name].phrases]),
  ...recordOf(THING_NAMES, (name) => [name, ...THINGS[name].also]),
  ...recordOf(MATERIAL_NAMES, (name) => [name, ...MATERIALS[name].also]),
  ...recordOf(CATEGORY_NAMES, (name) => [name, `${name}s`]),
  // In these a known word means something else.
  nothing: ['toy animal', 'toy vehicle', 'toy food'],
});

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
