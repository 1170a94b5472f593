/** The judge of free text: what a question supposes, and what an account of the story says. */
import { Mentions } from '../mentions';
import type { Claim } from './types';
import { FAMILIES, FAMILY_NAMES, VALUES, VALUE_NAMES, type FamilyName, type ValueName } from './world';

const PHRASES = Object.fromEntries([
  ...VALUE_NAMES.map((name) => [name, VALUES[name].words] as const),
  ...FAMILY_NAMES.map((name) => [name, FAMILIES[name].words] as const),
]) as Record<ValueName | FamilyName, readonly string[]>;

const MENTIONS = new Mentions<ValueName | FamilyName>(PHRASES);

const isValue = (name: string): name is ValueName => (VALUE_NAMES as readonly string[]).includes(name);

/** A value says more than its family, so "is he an animal , a dog ?" supposes the dog alone. */
export function claimsIn(text: string): Claim[] {
  const names = MENTIONS.in(text).map((mention) => mention.name);
  const values = names.filter(isValue);
  const families = names.filter((name): name is FamilyName => !isValue(name));
  const meant = new Set<FamilyName>(values.map((value) => VALUES[value].family));
  return [
    ...values.map((value): Claim => ({ kind: 'value', value })),
    ...families.filter((family) => !meant.has(family)).map((family): Claim => ({ kind: 'family', family })),
  ];
}

/** The values an account states. */
export const valuesIn = (text: string): ValueName[] =>
  MENTIONS.in(text).flatMap(({ name, negated }) => (!negated && isValue(name) ? [name] : []));
