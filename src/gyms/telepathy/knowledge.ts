/** What follows from the answers so far: which toys are left, and which question tells most about them. */
import type { Fact } from './types';
import { tellingAttributes, toysOf, truthOf, type AttributeName, type CategoryName, type Toy } from './world';

export const consistentToys = (category: CategoryName, facts: readonly Fact[]): readonly Toy[] =>
  toysOf(category).filter((toy) => facts.every(({ attribute, truth }) => truthOf(attribute, toy) === truth));

/**
 * The attribute with the smallest expected number of toys left, sum over answers of n^2 / N; null where no
 * question tells anything. Among equals the first, in the order given.
 */
export function bestAttribute(
  toys: readonly Toy[],
  attributes: readonly AttributeName[],
): AttributeName | null {
  let best: AttributeName | null = null;
  let fewest = toys.length;
  for (const attribute of attributes) {
    const counts = { yes: 0, no: 0, maybe: 0 };
    for (const toy of toys) counts[truthOf(attribute, toy)] += 1;
    const left = (counts.yes ** 2 + counts.no ** 2 + counts.maybe ** 2) / toys.length;
    if (left < fewest) {
      best = attribute;
      fewest = left;
    }
  }
  return best;
}

export const bestQuestion = (category: CategoryName, facts: readonly Fact[]): AttributeName | null =>
  bestAttribute(consistentToys(category, facts), tellingAttributes(category));
