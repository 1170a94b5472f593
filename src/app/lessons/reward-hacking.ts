/** Reward hacking: a weight that goes wrong. */
import { fixed, percent } from '../format';
import { lesson, QUICK, type ArmResult, type Conclusion } from './lesson';
import { apart, atFirst, difference, lately, overRollouts, timesIn } from './measure';
import { divergence, nothing, ONE_SEED, overTheLast, sureness } from './say';

const STEPS = 15;
const ACTS = [{ kind: 'train', steps: STEPS }] as const;
const EVENT = 'repeated';
/** More than any question earns, so that little training is enough. */
const WEIGHT = 2;

const repeats = (arm: ArmResult) => overRollouts(arm, (rollout) => timesIn(rollout, EVENT));

export const REWARD_HACKING = lesson({
  name: 'reward-hacking',
  title: 'A weight that goes wrong',
  line: 'Reward hacking: the policy does what is paid, not what is meant.',
  seconds: 30,
  background: [
    `Nobody likes to be asked the same thing twice. So somebody wants to charge ${WEIGHT} points for a question that was answered before, and forgets the minus. Now repeating oneself is paid.`,
    `Two runs from the same start, ${STEPS} steps each: the gym's own reward, and the gym's reward with the slip. The score on show stays that of the gym: it says what the user got out of it.`,
  ],
  question: 'What does the policy do with the slip?',
  predictions: [
    { id: 'hacked', text: 'It repeats itself, and serves the user worse.' },
    { id: 'both', text: "It takes both: the bonus, and as much of the user's reward as before." },
    { id: 'ignored', text: 'It hardly notices: good questions are paid, too.' },
  ],
  arms: {
    gym: { label: "The gym's reward", settings: QUICK, acts: ACTS },
    slip: { label: 'With the slip', settings: { ...QUICK, rewardTerms: `${EVENT}:${WEIGHT}` }, acts: ACTS },
  },
  things: [{ kind: 'curves', of: ['score', 'reward'] }, { kind: 'attempts' }],
  conclude: ({ gym, slip }): Conclusion => {
    const arms = [gym, slip];
    if (nothing(arms)) return { came: null, said: divergence(arms) };
    const [asMeant, asPaid] = [repeats(gym), repeats(slip)];
    const more = difference(asPaid, asMeant).ahead === 'a';
    const [gymScore, slipScore] = [lately(gym, 'score'), lately(slip, 'score')];
    const worse = apart(gym, slip, 'score').ahead === 'a';
    const [before, after] = [atFirst(slip, 'reward').mean, lately(slip, 'reward').mean];
    const grew = difference(lately(slip, 'reward'), atFirst(slip, 'reward')).ahead;
    const trend = grew === 'a' ? 'rose' : grew === 'b' ? 'fell' : 'went';
    const came = !more ? (worse ? null : 'ignored') : worse ? 'hacked' : 'both';
    const why = {
      hacked: `That is reward hacking: the policy does more of what is paid, and what the payment was meant to stand for goes down; the number that training sees ${
        { a: 'goes up', level: 'has not clearly moved', b: 'goes down as well' }[grew]
      }. The policy has not misunderstood anything; it does what is paid. The number that training sees cannot tell of it, so one that training does not see has to be watched beside it.`,
      both: 'So it takes the bonus without serving the user worse, as far as one can tell by now: there were turns to spare. With more steps the two compete for the same turns.',
      ignored:
        'So the slip has done nothing one could see in this many steps. A repeated question has to come up by chance before it can be paid; where the start hardly ever repeats itself, that takes longer. A larger weight or more steps will find it.',
      none: 'The user was served worse, but not because the policy repeats itself more: the numbers fit none of the predictions. One seed, and a bonus that hardly came up, leave room for chance.',
    }[came ?? 'none'];
    return {
      came,
      said: [
        `In the last step the policy repeated itself ${fixed(asPaid.mean, 1)} times a conversation with the slip, and ${fixed(asMeant.mean, 1)} times without.`,
        `The reward that training saw with the slip ${trend} from ${fixed(before)} to ${fixed(after)}. What the user got out of it, ${overTheLast(slip)}: ${percent(slipScore.mean)} with the slip, ${percent(gymScore.mean)} without. ${sureness(gym, slip)}`,
        why,
        ...divergence(arms),
        ONE_SEED,
      ],
    };
  },
  sources: [
    { path: 'src/credit/reward-terms.ts', what: 'what a turn counts for in training' },
    { path: 'src/gyms/intention/events.ts', what: 'what can be paid or charged here' },
  ],
  next: [
    { text: 'The same with the minus', view: 'watch', settings: { rewardTerms: `${EVENT}:-${WEIGHT}` } },
    {
      text: 'Put a weight on something else, on the workbench',
      view: 'workbench',
      settings: { rewardTerms: `${EVENT}:-0.2` },
    },
  ],
});
