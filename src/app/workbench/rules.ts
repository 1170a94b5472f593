/** The rules that lie on the workbench, and which of them matter under the others. */
import { choice, type ChoiceRow } from '../../runs/setting-rows';
import type { SettingKey, Settings } from '../../runs/settings';
import type { Formula } from './bench.svelte';

export const REWARD_RULES = [
  'gymRewardWeight',
  'stepPenalty',
  'rewardTerms',
] as const satisfies readonly SettingKey[];

export const CREDIT_RULES = [
  'turnMethod',
  'trajectoryMethod',
  'gamma',
  'k',
  'std',
  'normalizeByStd',
] as const satisfies readonly SettingKey[];

/** Discount and steepness are shown where something is discounted or mapped. */
export function creditRules({ turnMethod, trajectoryMethod }: Settings): readonly SettingKey[] {
  return CREDIT_RULES.filter((key) => {
    if (key === 'gamma') return turnMethod === 'r2g' || trajectoryMethod === 'r2g';
    return key !== 'k' || turnMethod === 'em';
  });
}

/** To be looked at, not trained with; so it is no setting of a run. */
export const FORMULA_ROW: ChoiceRow<Formula> = choice({
  group: 'credit',
  label: 'Formula',
  help: "UserRL's code and its paper differ in how credits become advantages. Training uses the code's.",
  default: 'released',
  options: [
    {
      value: 'released',
      label: 'As released',
      hint: "The rollout's score against its group, spread over its turns by their credit.",
    },
    {
      value: 'printed',
      label: 'As printed',
      hint: "A turn's own credit against the scores of the group. To look at.",
    },
  ],
});
