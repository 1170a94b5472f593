/** Zero variance: a policy that always does the same learns nothing, however well it does. */
import { fixed, percent } from '../format';
import { lesson, ONE_STEP, type Conclusion } from './lesson';
import { lately } from './measure';
import { nothing } from './say';

/** A share of the groups that is worth telling apart, where eight are played. */
const MANY = 0.25;

/** Where a conversation earns all or nothing, attempts that are alike earn the same; part of a reward would differ anyway. */
const GUESSING = { ...ONE_STEP, gym: 'telepathy' } as const;

export const DIFFERENCES = lesson({
  name: 'differences',
  title: 'Always do your best?',
  line: 'Why a policy that does not vary has nothing to learn from.',
  seconds: 5,
  background: [
    'Words are drawn from the probabilities that the policy gives them. A setting, the temperature, sharpens these or flattens them: near 0 the policy nearly always says what it thinks best, at 1 it says what it says.',
    'The user here thinks of a toy and answers yes or no; whoever names it in time has earned 1, all others 0. The same policy makes one step at temperature 1 and one at 0.1, with the same tasks.',
  ],
  question: 'From which of the two can it learn more?',
  predictions: [
    { id: 'cold', text: 'From 0.1: there it shows its best.' },
    { id: 'warm', text: 'From 1: there its attempts differ.' },
    { id: 'equal', text: 'From both alike: it is the same policy.' },
  ],
  arms: {
    warm: {
      label: 'temperature 1',
      settings: { ...GUESSING, temperature: 1 },
      acts: [{ kind: 'train', steps: 1 }],
    },
    cold: {
      label: 'temperature 0.1',
      settings: { ...GUESSING, temperature: 0.1 },
      acts: [{ kind: 'train', steps: 1 }],
    },
  },
  things: [{ kind: 'attempts' }],
  conclude: ({ warm, cold }): Conclusion => {
    if (nothing([warm, cold]))
      return { came: null, said: ['A step is missing, so there is nothing to compare.'] };
    const flat = (arm: typeof warm): number => lately(arm, 'frac_reward_zero_std').mean;
    const spread = (arm: typeof warm): number => lately(arm, 'reward_std').mean;
    const score = (arm: typeof warm): number => lately(arm, 'score').mean;
    const gap = flat(cold) - flat(warm);
    const came = gap >= MANY ? 'warm' : gap <= -MANY ? 'cold' : 'equal';
    const earned = `At temperature 0.1 the policy earned ${percent(score(cold))} of what was possible, at 1 ${percent(score(warm))}.`;
    const groups = `At 0.1 ${percent(flat(cold))} of the groups had eight equal scores, at 1 ${percent(flat(warm))}; within a group scores lay ${fixed(spread(cold))} and ${fixed(spread(warm))} apart (standard deviation).`;
    const why = {
      warm: "Where all of a group earn the same, all are at the mean, every advantage is 0, and the step goes by without a trace: zero variance. Doing one's best each time looks good and teaches nothing. So rollouts are drawn at temperature 1, and only tests are played greedily.",
      equal:
        'So this time both had about as much to learn from. At a low temperature attempts become alike only where the policy is sure of its words; this one leaves enough open that even sharpened probabilities lead to different conversations. Where all of a group earn the same, nothing is learnt from it: zero variance.',
      cold: 'So this time it was the flatter probabilities that made more groups equal, against the rule: at temperature 1 attempts can also be equal because all of them fail. Where all of a group earn the same, nothing is learnt from it: zero variance. One step is little; another seed may say otherwise.',
    }[came];
    return { came, said: [groups, earned, why] };
  },
  sources: [
    { path: 'src/app/workbench/lossIsZero.ts', what: 'what else can make the loss 0' },
    { path: 'src/credit/advantages.ts', what: 'why equal scores give exactly 0' },
  ],
  next: [
    { text: 'On the workbench: why is my loss 0?', view: 'workbench', settings: {} },
    {
      text: 'Train at temperature 0.1 and watch the curve “Equal groups”',
      view: 'watch',
      settings: { gym: 'telepathy', temperature: 0.1 },
    },
  ],
});
