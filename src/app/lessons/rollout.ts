/** What a rollout and a group are. */
import type { GroupRecord } from '../../runs/record';
import { fixed, inWords } from '../format';
import { lesson, QUICK, type Conclusion } from './lesson';
import { liveliest, wordsOf } from './measure';
import { allOf, capital } from './say';

const SIZE = 8;

/** How many of its conversations differ word for word. */
export const distinct = ({ rollouts }: GroupRecord): number => new Set(rollouts.map(wordsOf)).size;

export const ROLLOUT = lesson({
  name: 'rollout',
  title: 'Eight times the same request',
  line: 'What a rollout is, and what a group.',
  seconds: 5,
  background: [
    'A user asks for help and leaves out what matters. The policy, a small language model, has up to eight turns to ask for it. One conversation from the first word to the last is a rollout.',
    'Now the same policy meets the same user with the same request eight times over. These eight are a group.',
  ],
  question: 'How alike will the eight conversations be?',
  predictions: [
    { id: 'same', text: 'Word for word the same: it is the same policy and the same user.' },
    { id: 'some', text: 'Mostly alike, with one or another that goes its own way.' },
    { id: 'all', text: 'Nearly all different.' },
  ],
  arms: {
    run: {
      label: 'one step',
      settings: { ...QUICK, tasksPerStep: 4, groupSize: SIZE },
      acts: [{ kind: 'train', steps: 1 }],
    },
  },
  things: [{ kind: 'attempts' }],
  conclude: ({ run }): Conclusion => {
    const group = liveliest(run.groups);
    if (!group) return { came: null, said: ['No conversation came about, so there is nothing to compare.'] };
    const size = group.rollouts.length;
    const different = distinct(group);
    const of = run.groups.map(distinct).reduce((sum, one) => sum + one, 0) / run.groups.length;
    const scores = group.rollouts.map((one) => one.trajectoryScore);
    const [least, most] = [Math.min(...scores), Math.max(...scores)];
    const came = of <= 1 ? 'same' : of <= 0.75 * size ? 'some' : 'all';
    const words =
      different === 1
        ? `In the group on show ${allOf(size)} conversations are the same, word for word: here the policy is as good as certain of what it says.`
        : different === size
          ? `In the group on show no two of the ${inWords(size)} conversations are the same.`
          : `In the group on show ${inWords(different)} of the ${inWords(size)} conversations are different; the others repeat one of them.`;
    const each =
      run.groups.length > 1
        ? ` Over ${allOf(run.groups.length)} groups that were played it is ${fixed(of, 1)} of ${inWords(size)}.`
        : '';
    return {
      came,
      said: [
        words + each,
        different === 1
          ? 'The policy does not choose a word; it gives every word a probability, and the words are drawn. Where one word has nearly all of the probability, every draw gives the same. A higher temperature spreads it.'
          : 'The policy does not choose a word; it gives every word a probability, and the words are drawn. So the same request leads to other questions, and a question that was not asked can change all that follows.',
        most - least < 1e-9
          ? `${capital(allOf(size))} earned the same, ${fixed(least)}. There is no better and worse among them, so from this group nothing is learnt.`
          : `They earned between ${fixed(least)} and ${fixed(most)}. This difference is what is learnt from: the same request, the same user, and some ways to ask that turned out better than others.`,
      ],
    };
  },
  sources: [
    { path: 'src/training/rollout.ts', what: 'how a conversation is played' },
    { path: 'src/training/groups.ts', what: 'how groups are drawn' },
    { path: 'docs/gyms/intention.md', what: 'what this user rewards' },
  ],
  next: [
    { text: 'Watch group after group, while the policy learns', view: 'watch', settings: {} },
    { text: 'The same with temperature 0.3', view: 'watch', settings: { temperature: 0.3 } },
  ],
});
