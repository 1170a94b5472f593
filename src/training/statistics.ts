/** Arithmetic over rollouts that training and evaluation share. */

/** Arithmetic mean; 0 of nothing. */
export const mean = (values: readonly number[]): number =>
  values.length ? values.reduce((a, b) => a + b, 0) / values.length : 0;

/** Share of the items for which `test` holds. */
export const share = <T>(items: readonly T[], test: (item: T) => boolean): number =>
  mean(items.map((item) => Number(test(item))));

/** Sum of turn rewards. */
export const totalReward = (turns: readonly { readonly reward: number }[]): number =>
  turns.reduce((sum, { reward }) => sum + reward, 0);
