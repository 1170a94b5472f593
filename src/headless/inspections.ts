/** Looking into a whole step, for a recording that others will read. */
import type { Inspection } from '../runs/inspection';
import type { GroupRecord } from '../runs/record';
import type { Session } from '../training/session';

/**
 * Rollouts of a step just made, token by token, group by group; on WASM each takes about a twentieth of the time of a
 * default step. `chosen` leaves some out. Write the result with `encodeInspections`.
 */
export async function inspectStep(
  session: Session,
  step: number,
  groups: readonly GroupRecord[],
  chosen: (group: number, rollout: number) => boolean = () => true,
): Promise<Inspection[]> {
  const inspections: Inspection[] = [];
  for (const [group, { rollouts }] of groups.entries()) {
    for (const rollout of rollouts.keys()) {
      if (!chosen(group, rollout)) continue;
      const inspection = await session.inspect(step, group, rollout);
      if (!inspection)
        throw new Error(`Step ${step} is not remembered any more: look into it before the next is made.`);
      inspections.push(inspection);
    }
  }
  return inspections;
}
