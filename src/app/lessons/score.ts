/** Scoring the trajectory: true sum, reward-to-go, and the mean that UserRL's code computes under the name Sum. */
import { effectiveTurns } from '../../training/metrics';
import { fixed } from '../format';
import { lesson, QUICK, type ArmResult, type Conclusion } from './lesson';
import { difference, lately, overRollouts } from './measure';
import { divergence, listed, nothing, ONE_SEED, overTheLast, scores, sureness } from './say';

const STEPS = 18;
const ACTS = [{ kind: 'train', steps: STEPS }] as const;

const effective = (arm: ArmResult): number =>
  overRollouts(arm, ({ turns }) => effectiveTurns(turns.map(({ reward }) => reward))).mean;

export const SCORE = lesson({
  name: 'score',
  title: 'Sum or mean?',
  line: 'One number for a whole conversation: sum, reward-to-go, or mean.',
  seconds: 50,
  background: [
    'Every turn earns something or nothing. To rank the attempts of a group, a conversation needs one number. One can add its rewards up (sum), count early ones for more (reward-to-go), or divide the sum by the number of turns (mean).',
    'The paper says sum. The code that was released with it computes the mean, and calls it Sum.',
    `Three runs from the same start, ${STEPS} steps each.`,
  ],
  question: 'What does the policy learn when it is scored by the mean?',
  predictions: [
    { id: 'stops', text: 'To stop early, and to earn less.' },
    { id: 'same', text: 'The same: a mean is only a sum, divided.' },
    { id: 'better', text: 'More: it is not paid for talking long.' },
  ],
  arms: {
    sum: { label: 'Sum', settings: { ...QUICK, trajectoryMethod: 'sum' }, acts: ACTS },
    r2g: { label: 'Reward-to-go', settings: { ...QUICK, trajectoryMethod: 'r2g' }, acts: ACTS },
    mean: { label: 'Mean', settings: { ...QUICK, trajectoryMethod: 'mean' }, acts: ACTS },
  },
  things: [{ kind: 'curves', of: ['score', 'turns'] }],
  conclude: ({ sum, r2g, mean }): Conclusion => {
    const arms = [sum, r2g, mean];
    if (nothing(arms)) return { came: null, said: divergence(arms) };
    const [sumScore, meanScore] = [lately(sum, 'score'), lately(mean, 'score')];
    const [sumTurns, meanTurns] = [lately(sum, 'turns'), lately(mean, 'turns')];
    const score = difference(sumScore, meanScore).ahead;
    const turns = difference(sumTurns, meanTurns).ahead;
    const came =
      score === 'b'
        ? 'better'
        : score === 'a' && turns === 'a'
          ? 'stops'
          : score === 'level' && turns === 'level'
            ? 'same'
            : null;
    const length = `Turns in a conversation: ${listed(arms, (arm) => fixed(lately(arm, 'turns').mean, 1))}. The last turn that earned anything, in the newest step (effective turns): ${listed(arms, (arm) => fixed(effective(arm), 1))}.`;
    const why =
      came === 'stops'
        ? 'Under the mean a turn that earns nothing costs: it makes the divisor larger. A conversation that stops after one good question beats one that goes on and finds three more, so the policy learns to end it, if need be by breaking the protocol.'
        : came === 'better'
          ? 'That is not what the rule suggests: under the mean a conversation that stops after one good question beats one that finds more and needs longer. While conversations are of one length, though, mean and sum rank them alike, and then chance decides.'
          : came === 'same'
            ? `This time the mean did as well as the sum. While all conversations are of one length the two rank them alike; they part once some attempts end early, and in ${mean.steps.length} steps that may not have happened. More steps show it.`
            : 'The two part, but not in every respect: under the mean a turn that earns nothing costs, since it makes the divisor larger. Whether that already shortens conversations or lowers what they earn takes more steps to tell.';
    return {
      came,
      said: [
        `Scored by its rule, each policy earned, ${overTheLast(sum)}: ${scores(arms)} of what was possible. ${sureness(sumScore, meanScore, 'sum and mean')}`,
        length,
        why,
        `Reward-to-go is the discounted sum; ${difference(sumScore, lately(r2g, 'score')).ahead === 'level' ? 'here it cannot be told from the sum' : 'here it parts from the sum'}.`,
        ...divergence(arms),
        ONE_SEED,
      ],
    };
  },
  sources: [
    { path: 'src/credit/score.ts', what: 'the three rules' },
    { path: 'docs/evaluation.md', what: 'effective turns, and other measures' },
  ],
  next: [
    { text: 'Train with the mean for longer', view: 'watch', settings: { trajectoryMethod: 'mean' } },
    { text: 'The same conversations under both rules, on the workbench', view: 'workbench', settings: {} },
  ],
});
