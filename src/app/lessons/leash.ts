/** KL on a leash: how far from its beginning the policy may go. */
import { DEFAULT_SETTINGS } from '../../runs/settings';
import { compact } from '../format';
import { lesson, QUICK, type Conclusion } from './lesson';
import { apart, lately } from './measure';
import { divergence, listed, nothing, ONE_SEED, overTheLast, scores, sureness } from './say';

const STEPS = 15;
const LOOSE = DEFAULT_SETTINGS.klCoefficient;
const TIGHT = 0.5;
const ACTS = [{ kind: 'train', steps: STEPS }] as const;

export const LEASH = lesson({
  name: 'leash',
  title: 'On a leash',
  line: 'The KL term: staying near where one began, and what that costs.',
  seconds: 30,
  background: [
    'Reward alone does not care how the policy talks. The KL term does: it charges for every word whose probability has moved away from that of the policy training began with. Its coefficient, beta, is the length of the leash.',
    `Two runs from the same start, ${STEPS} steps each: beta ${LOOSE}, the default, which is hardly felt, and beta ${TIGHT}.`,
  ],
  question: 'What does the tight leash do?',
  predictions: [
    { id: 'costs', text: 'The policy stays near and learns less.' },
    { id: 'free', text: 'It stays near and learns as much: the good questions were not far away.' },
    { id: 'nothing', text: 'It goes as far as the other; reward is stronger.' },
  ],
  arms: {
    loose: { label: `beta ${LOOSE}`, settings: { ...QUICK, klCoefficient: LOOSE }, acts: ACTS },
    tight: { label: `beta ${TIGHT}`, settings: { ...QUICK, klCoefficient: TIGHT }, acts: ACTS },
  },
  things: [{ kind: 'curves', of: ['score', 'kl'] }],
  conclude: ({ loose, tight }): Conclusion => {
    const arms = [loose, tight];
    if (nothing(arms)) return { came: null, said: divergence(arms) };
    const nearer = apart(loose, tight, 'kl').ahead === 'a';
    const { ahead } = apart(loose, tight, 'score');
    const came = !nearer ? 'nothing' : ahead === 'a' ? 'costs' : 'free';
    const why = {
      costs:
        'To earn more, words have to become likelier than they were, and that is what the leash charges for. Held this short, the policy gives up reward to stay where it was. It also keeps what was good about where it began: with a reward that can be gamed, that is worth something.',
      free:
        ahead === 'b'
          ? 'The leash held the policy near and it even came out ahead: what it kept from the start was worth more than what it could have won by going far.'
          : 'The leash held the policy near, and that cost nothing one could see in this many steps: what there is to learn first lies close to where it began. Later the two may part.',
      nothing:
        'The leash did not hold: the policy went as far as the other. Either there was hardly anything to hold yet, in so few steps, or the pull of the reward was stronger. Beta 1 is as short as it gets.',
    }[came];
    return {
      came,
      said: [
        `They have moved this far from where they began (KL divergence, nats a word, ${overTheLast(loose)}): ${listed(arms, (arm) => compact(lately(arm, 'kl').mean))}.`,
        `They earned ${scores(arms)} of what was possible. ${sureness(loose, tight)}`,
        why,
        ...divergence(arms),
        ONE_SEED,
      ],
    };
  },
  sources: [
    { path: 'src/credit/loss.ts', what: 'the KL term and its three estimators' },
    { path: 'src/training/objective.ts', what: 'where it enters the objective' },
  ],
  next: [
    { text: 'Train with beta 0.1', view: 'watch', settings: { klCoefficient: 0.1 } },
    { text: 'Without any leash', view: 'watch', settings: { klCoefficient: 0 } },
  ],
});
