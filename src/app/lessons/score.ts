/** Scoring the trajectory: true sum, reward-to-go, and the mean that UserRL's code computes under the name Sum. */
import { effectiveTurns } from '../../training/metrics';
import { fixed } from '../format';
import { lesson, QUICK, type ArmResult, type Conclusion } from './lesson';
import { apart, lately, overRollouts } from './measure';
import { divergence, listed, nothing, ONE_SEED, overTheLast, scores, sureness } from './say';

/** A traveller's conversation may end before its last turn, so the rules can part; where all are of one length they cannot. */
const TRAVEL = { ...QUICK, gym: 'travel' } as const;
const STEPS = 12;
const ACTS = [{ kind: 'train', steps: STEPS }] as const;

const effective = (arm: ArmResult): number =>
  overRollouts(arm, ({ turns }) => effectiveTurns(turns.map(({ reward }) => reward))).mean;

export const SCORE = lesson({
  name: 'score',
  title: 'Sum or mean?',
  line: 'One number for a whole conversation: sum, reward-to-go, or mean.',
  seconds: 60,
  background: [
    'Every turn earns something or nothing. To rank the attempts of a group, a conversation needs one number. One can add its rewards up (sum), count early ones for more (reward-to-go), or divide the sum by the number of turns (mean).',
    'The paper says sum. The code that was released with it computes the mean, and calls it Sum.',
    `A traveller wants things booked. Asking for a wish is paid, choosing well is paid, searching for what is on offer is not; once everything is chosen, the conversation is over. Three runs from the same start, ${STEPS} steps each.`,
  ],
  question: 'What does the policy learn when it is scored by the mean?',
  predictions: [
    { id: 'stops', text: 'To stop early, and to earn less.' },
    { id: 'same', text: 'The same: a mean is only a sum, divided.' },
    { id: 'better', text: 'More: it is not paid for talking long.' },
  ],
  arms: {
    sum: { label: 'Sum', settings: { ...TRAVEL, trajectoryMethod: 'sum' }, acts: ACTS },
    r2g: { label: 'Reward-to-go', settings: { ...TRAVEL, trajectoryMethod: 'r2g' }, acts: ACTS },
    mean: { label: 'Mean', settings: { ...TRAVEL, trajectoryMethod: 'mean' }, acts: ACTS },
  },
  things: [{ kind: 'curves', of: ['score', 'turns'] }],
  conclude: ({ sum, r2g, mean }): Conclusion => {
    const arms = [sum, r2g, mean];
    if (nothing(arms)) return { came: null, said: divergence(arms) };
    const score = apart(sum, mean, 'score').ahead;
    const turns = apart(sum, mean, 'turns').ahead;
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
        ? 'Under the mean a turn that earns nothing costs: it makes the divisor larger. So does a search, without which one cannot choose well, and so does another question that may or may not be answered. A short conversation with one good turn beats a long one with four, and the policy learns to be done early.'
        : came === 'better'
          ? 'That is not what the rule suggests: under the mean a short conversation with one good turn beats a longer one with more of them. While conversations are of one length, though, mean and sum rank them alike, and then chance decides.'
          : came === 'same'
            ? `This time the mean did as well as the sum. While all conversations are of one length the two rank them alike; they part once some attempts end early, and in ${mean.steps.length} steps that may not have happened. More steps show it.`
            : 'The two part, but not in every respect: under the mean a turn that earns nothing costs, since it makes the divisor larger. Whether that already shortens conversations or lowers what they earn takes more steps to tell.';
    return {
      came,
      said: [
        `Scored by its rule, each policy earned, ${overTheLast(sum)}: ${scores(arms)} of what was possible. ${sureness(sum, mean, 'sum and mean')}`,
        length,
        why,
        `Reward-to-go is the discounted sum; ${apart(sum, r2g, 'score').ahead === 'level' ? 'here it cannot be told from the sum' : 'here it parts from the sum'}.`,
        ...divergence(arms),
        ONE_SEED,
      ],
    };
  },
  sources: [
    { path: 'src/credit/score.ts', what: 'the three rules' },
    { path: 'docs/gyms/travel.md', what: 'what this traveller rewards' },
    { path: 'docs/evaluation.md', what: 'effective turns, and other measures' },
  ],
  next: [
    {
      text: 'Train with the mean for longer',
      view: 'watch',
      settings: { gym: 'travel', trajectoryMethod: 'mean' },
    },
    { text: 'The same conversations under both rules, on the workbench', view: 'workbench', settings: {} },
  ],
});
