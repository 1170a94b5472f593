/** Where the credit rule in force does something one would not expect of it, in words for the group on the stage. */
import { creditHazards, type CreditHazard } from '../../credit/hazards';
import type { GroupRecord } from '../../runs/record';
import type { Settings } from '../../runs/settings';
import { countedReward } from '../ranking';

const attempts = (count: number) => (count === 1 ? 'One attempt' : `${count} attempts`);

/** One sentence for each kind of hazard. A group that scores all alike is told elsewhere (ranking.ts). */
export function warnings(group: GroupRecord, settings: Settings): string[] {
  const rollouts = group.rollouts.map(({ turns }) => ({
    turnRewards: turns.map(countedReward),
    turnTokens: turns.map(({ tokens }) => tokens.length),
  }));
  const hazards = creditHazards(rollouts, settings);
  const of = <K extends CreditHazard['kind']>(kind: K) =>
    hazards.filter((hazard): hazard is Extract<CreditHazard, { kind: K }> => hazard.kind === kind);

  const sentences: string[] = [];
  const silent = of('never-pushed-down').length;
  if (silent > 0) {
    const verb = silent === 1 ? 'has' : 'have';
    sentences.push(
      `${attempts(silent)} below the mean ${verb} no credit to spread, so this turn shaping never pushes ${silent === 1 ? 'it' : 'them'} down.`,
    );
  }
  const mixed = of('mixed-signs');
  if (mixed.length > 0) {
    const factor = Math.max(...mixed.map((hazard) => hazard.factor));
    sentences.push(
      `${attempts(mixed.length)} with credits of both signs, which nearly cancel: a turn is pushed up to ${factor.toFixed(1)} times as hard as its attempt.`,
    );
  }
  if (of('prefers-short').length > 0) {
    sentences.push(
      'The mean ranks a shorter attempt above a longer one that earned more: it pays to stop early.',
    );
  }
  return sentences;
}
