/** What follows from the answers so far: which toys are left, and which question tells most about them. */
import type { Riddle } from './riddle';
import type { Fact, Toy } from './types';

export const consistentToys = <A extends string, C extends string, T extends string, M extends string>(
  riddle: Riddle<A, C, T, M>,
  category: C,
  facts: readonly Fact<A>[],
): readonly Toy<T, M>[] =>
  riddle
    .toysOf(category)
    .filter((toy) => facts.every(({ attribute, truth }) => riddle.truthOf(attribute, toy) === truth));

/**
 * The attribute with the smallest expected number of toys left, sum over answers of n^2 / N; null where no
 * question tells anything. Among equals the first, in the order given.
 */
export function bestAttribute(
  riddle: Riddle,
  toys: readonly Toy[],
  attributes: readonly string[],
): string | null {
  let best: string | null = null;
  let fewest = toys.length;
  for (const attribute of attributes) {
    const counts = { yes: 0, no: 0, maybe: 0 };
    for (const toy of toys) counts[riddle.truthOf(attribute, toy)] += 1;
    const left = (counts.yes ** 2 + counts.no ** 2 + counts.maybe ** 2) / toys.length;
    if (left < fewest) {
      best = attribute;
      fewest = left;
    }
  }
  return best;
}

export const bestQuestion = (riddle: Riddle, category: string, facts: readonly Fact[]): string | null =>
  bestAttribute(riddle, consistentToys(riddle, category, facts), riddle.tellingAttributes(category));
