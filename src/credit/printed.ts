/**
 * The advantage as UserRL's paper prints it (arXiv 2509.19736, section 4.4), taken at its word:
 *
 *   A_t = (c_t - mean) / (std + epsilon)
 *
 * with the shaped credit c_t of the turn, and mean and population deviation of the group's trajectory scores. What
 * a turn is pushed by then depends on how its rollout fared only through c_t: credits that are all alike, as
 * Equalized makes them, push all turns of all rollouts alike, which teaches nothing. UserRL's results can therefore
 * only have come from its released code (advantages.ts). Here to be looked at; nothing is trained with it.
 */
import type { GroupNormalisation, NormaliseOptions } from './advantages';

/** The paper divides by the population deviation, always. */
export const asPrinted = (options: NormaliseOptions): NormaliseOptions => ({
  ...options,
  std: 'population',
  normalizeByStd: true,
});

/**
 * One advantage a turn. `normalisation` is that of the group under `asPrinted`. A group that scores all alike gets
 * 0, as with the other formula; taken at its word this one would divide by epsilon there.
 */
export function printedAdvantages(
  credits: readonly (readonly number[])[],
  { mean, std }: GroupNormalisation,
  { epsilon = 1e-6 }: NormaliseOptions = {},
): number[][] {
  return credits.map((row) => row.map((credit) => (std === 0 ? 0 : (credit - mean) / (std + epsilon))));
}
