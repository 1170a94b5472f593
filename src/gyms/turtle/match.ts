/** The judge of free text: what a question supposes, and what an account of the story says. */
import { Mentions } from '../mentions';
import { recordOf } from '../record';
import type { Claim } from './types';
import { FAMILIES, FAMILY_NAMES, VALUES, VALUE_NAMES, type FamilyName, type ValueName } from './world';

const MENTIONS = new Mentions<ValueName | FamilyName>({
  ...recordOf(VALUE_NAMES, (name) => VALUES[name].words),
  ...recordOf(FAMILY_NAMES, (name) => FAMILIES[name].words),
});

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
