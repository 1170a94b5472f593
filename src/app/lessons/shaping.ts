/** Turn-level shaping: how the advantage of a conversation is spread over its turns. */
import { percent } from '../format';
import { lesson, QUICK, type ArmResult, type Conclusion } from './lesson';
import { apart, lately } from './measure';
import { capital, divergence, nothing, ONE_SEED, overTheLast, scores, sureness } from './say';

const STEPS = 15;
const ACTS = [{ kind: 'train', steps: STEPS }] as const;

/** Share of the turns that no push reached, in groups where somebody was pushed. */
export function untouched({ groups }: ArmResult): number | null {
  const turns = groups
    .flatMap((group) => group.rollouts)
    .filter(({ advantage }) => advantage !== 0)
    .flatMap((rollout) => rollout.turns);
  return turns.length === 0 ? null : turns.filter(({ advantage }) => advantage === 0).length / turns.length;
}

export const SHAPING = lesson({
  name: 'shaping',
  title: 'Which turn was it?',
  line: 'Shaping the turns: who in a conversation gets the credit.',
  seconds: 60,
  background: [
    'A conversation did better than its group. Six of its eight turns earned nothing, two did. The advantage can go to all turns alike (equalized), to each by its own reward (naive), or to each by what it and later turns earn (reward-to-go).',
    `Three runs from the same start, ${STEPS} steps each.`,
  ],
  question: 'With which does the policy learn most?',
  predictions: [
    { id: 'naive', text: 'Each turn by its own reward: that is exact.' },
    { id: 'r2g', text: 'By what comes after: an early question may make a later one possible.' },
    { id: 'equalized', text: 'All alike, crude as it is.' },
    { id: 'level', text: 'It makes no difference that one could see.' },
  ],
  arms: {
    equalized: { label: 'Equalized', settings: { ...QUICK, turnMethod: 'equalized' }, acts: ACTS },
    naive: { label: 'Naive', settings: { ...QUICK, turnMethod: 'naive' }, acts: ACTS },
    r2g: { label: 'Reward-to-go', settings: { ...QUICK, turnMethod: 'r2g' }, acts: ACTS },
  },
  things: [{ kind: 'curves', of: ['score'] }, { kind: 'shapes' }],
  conclude: (results): Conclusion => {
    const arms = [results.equalized, results.naive, results.r2g];
    if (nothing(arms)) return { came: null, said: divergence(arms) };
    const [best, second] = arms.toSorted((a, b) => lately(b, 'score').mean - lately(a, 'score').mean) as [
      ArmResult,
      ArmResult,
      ArmResult,
    ];
    const clear = apart(best, second, 'score').ahead === 'a';
    const lead = clear ? `${best.label} leads ${second.label.toLowerCase()}. ` : '';
    const without = untouched(results.naive);
    const reach =
      without === null
        ? 'With naive shaping no attempt of the last step was pushed at all.'
        : without > 0
          ? `With naive shaping ${percent(without)} of the turns in the last step got no push at all, because they earned nothing: neither was a wasted question made less likely in a bad attempt, nor likelier in a good one.`
          : 'With naive shaping every turn of the last step earned something, so every turn was pushed.';
    return {
      came: clear ? best.id : 'level',
      said: [
        `${capital(overTheLast(best))} the policies earned: ${scores(arms)} of what was possible. ${lead}${sureness(best, second, clear ? 'them' : `${best.label.toLowerCase()} and ${second.label.toLowerCase()}`)}`,
        reach,
        clear && best.id === 'equalized'
          ? 'Equalized is crude: it praises the idle turns of a good attempt, too. But across eight attempts an idle turn stands in bad ones as often as in good ones, so that cancels; and what a bad attempt wasted its turns on is pushed down.'
          : clear
            ? `${best.label} being ahead is one outcome of several that one sees; the paper finds equalized ahead, and the differences between the shapings smaller than those between the trajectory scores.`
            : 'The paper, too, finds that the shaping of turns matters less than the score of the trajectory. Longer runs and more seeds are needed to see an order.',
        'The table shows one conversation under each rule. The attempt is judged the same; what differs is which of its turns bear it, and how much.',
        ...divergence(arms),
        ONE_SEED,
      ],
    };
  },
  sources: [
    { path: 'src/credit/shape.ts', what: 'the rules' },
    { path: 'src/credit/advantages.ts', what: 'how a credit becomes a push' },
  ],
  next: [
    { text: 'Try the rules on conversations of your own run', view: 'workbench', settings: {} },
    { text: 'Train with exponential mapping', view: 'watch', settings: { turnMethod: 'em' } },
  ],
});
