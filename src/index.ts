/** What the package offers to other programs: the credit rules and the objective, as pure functions. */
export { shapeTurnRewards } from './credit/shape';
export type { ShapeOptions, TurnMethod } from './credit/shape';
export { scoreTrajectory } from './credit/score';
export type { ScoreOptions, TrajectoryMethod } from './credit/score';
export { groupAdvantages } from './credit/advantages';
export type { CreditOptions, CreditRollout, DeviationKind } from './credit/advantages';
export { grpoLoss } from './credit/loss';
export type { Aggregation, KlEstimator, LossInputs, LossOptions, LossResult } from './credit/loss';
