/** The clip: how far one batch of conversations may push. */
import { compact, inWords, percent } from '../format';
import { lesson, QUICK, type ArmResult, type Conclusion } from './lesson';
import { apart, lately } from './measure';
import { mean } from '../../training/statistics';
import { capital, divergence, listed, nothing, ONE_SEED, overTheLast, scores, sureness } from './say';

const STEPS = 10;
const EPOCHS = 4;
const ACTS = [{ kind: 'train', steps: STEPS }] as const;

/** Over all steps: what is asked is whether it ever acts. */
const clipped = ({ steps }: ArmResult): number => mean(steps.map((step) => step['clip_ratio/region_mean']));

export const CLIP = lesson({
  name: 'clip',
  title: 'A push cut short',
  line: 'The clip: when it acts, and what happens without it.',
  seconds: 60,
  background: [
    'A batch of conversations says which words to make likelier. With each update from it the policy moves away from the one that held these conversations, and what they say becomes less true of it. The ratio of new to old probability shows how far a word has moved; GRPO takes from PPO the clip, which stops pushing a word once its ratio has left 0.8 to 1.2.',
    `Three runs from the same start, ${STEPS} steps each: one update from each batch; ${inWords(EPOCHS)} updates; ${inWords(EPOCHS)} updates without the clip.`,
  ],
  question: 'Where does the clip cut anything?',
  predictions: [
    { id: 'both', text: 'With one update and with four.' },
    { id: 'four', text: 'Only with four.' },
    { id: 'never', text: 'In neither: steps this small stay inside.' },
  ],
  arms: {
    one: { label: 'One update', settings: QUICK, acts: ACTS },
    four: { label: 'Four', settings: { ...QUICK, innerEpochs: EPOCHS }, acts: ACTS },
    open: {
      label: 'Four, no clip',
      settings: { ...QUICK, innerEpochs: EPOCHS, clipLow: 1, clipHigh: 10, dualClip: 0 },
      acts: ACTS,
    },
  },
  things: [{ kind: 'curves', of: ['score', 'clip_ratio/region_mean', 'kl'] }],
  conclude: ({ one, four, open }): Conclusion => {
    const arms = [one, four, open];
    if (nothing(arms)) return { came: null, said: divergence(arms) };
    const [atOne, atFour] = [clipped(one), clipped(four)];
    const came = atOne > 0 && atFour > 0 ? 'both' : atFour > 0 ? 'four' : atOne > 0 ? null : 'never';
    const cut = `With one update ${share(atOne)} of the words were clipped, with ${inWords(EPOCHS)} ${share(atFour)} (mean over the steps).`;
    const why =
      atOne > 0
        ? 'That the clip acts with one update is not what one expects: before the first update the policy is the one that held the conversations, so every ratio should be 1. Please tell us; it may be a fault.'
        : came === 'four'
          ? 'Before the first update from a batch the policy is still the one that held the conversations: every ratio is exactly 1, and there is nothing to clip. From the second on words have moved, some of them too far. So with the usual single update the clip stands by and does nothing.'
          : 'Before the first update from a batch every ratio is exactly 1, so with one update the clip can never act. Here not even four updates moved a word out of its range: the steps are small. A higher learning rate would.';
    const { ahead } = apart(four, open, 'score');
    return {
      came,
      said: [
        cut,
        why,
        `${capital(overTheLast(one))} the policies earned: ${scores(arms)} of what was possible. ${sureness(four, open, 'the last two')}`,
        `They have moved this far from where they began (KL divergence): ${listed(arms, (arm) => compact(lately(arm, 'kl').mean))}. ${
          ahead === 'a'
            ? 'Without the clip the updates went too far, and what was learnt suffered.'
            : ahead === 'b'
              ? 'Without the clip the policy learnt faster here. In a longer run that can turn: nothing holds an update that goes too far.'
              : 'In so short a run the clip neither costs nor saves anything one could tell from chance.'
        }`,
        ...divergence(arms),
        ONE_SEED,
      ],
    };
  },
  sources: [
    { path: 'src/credit/loss.ts', what: 'the clipped objective' },
    { path: 'src/kernels/grpoloss/index.ts', what: 'the same as a kernel' },
  ],
  next: [
    {
      text: 'Four updates at ten times the learning rate, without the clip',
      view: 'watch',
      settings: { innerEpochs: EPOCHS, clipLow: 1, clipHigh: 10, dualClip: 0, learningRate: 0.02 },
    },
  ],
});

const share = (value: number): string =>
  value === 0 ? 'none' : value < 0.01 ? `${compact(value * 100)} %` : percent(value);
