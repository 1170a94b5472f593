/** What follows from the surface and the replies so far: the values that are left for each criterion. */
import type { TurtleSituation } from './types';
import { VALUES, possibleValues, slotsOf, type SceneName, type Slot, type ValueName } from './world';

export type Possible = ReadonlyMap<Slot, readonly ValueName[]>;

export function possibleNow(scene: SceneName, situations: readonly TurtleSituation[]): Possible {
  const left = new Map<Slot, readonly ValueName[]>(
    slotsOf(scene).map((slot) => [slot, possibleValues(scene, slot)]),
  );
  const keep = (slot: Slot, holds: (value: ValueName) => boolean) =>
    left.set(slot, (left.get(slot) ?? []).filter(holds));
  for (const { claim, truth, said, covered } of situations) {
    if (claim?.kind === 'family') {
      const { family } = claim;
      for (const slot of slotsOf(scene))
        if (possibleValues(scene, slot).some((value) => VALUES[value].family === family))
          keep(slot, (value) => (VALUES[value].family === family) === (truth === 'yes'));
    }
    if (claim?.kind === 'value') {
      const { slot, family } = VALUES[claim.value];
      if (left.has(slot)) {
        keep(slot, (value) => {
          if (truth === 'yes') return value === claim.value;
          return (VALUES[value].family === family) === (truth === 'maybe') && value !== claim.value;
        });
      }
    }
    for (const value of said) {
      const { slot } = VALUES[value];
      const right = covered.some((criterion) => criterion.value === value);
      if (left.has(slot)) keep(slot, (other) => (other === value) === right);
    }
  }
  return left;
}
