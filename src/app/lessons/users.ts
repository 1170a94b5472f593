/** Who plays the user: trained with one, tested with others. */
import type { Estimate } from '../../runs/record';
import type { UserStrength } from '../../worker/protocol';
import { percent } from '../format';
import { lesson, QUICK, type ArmResult, type Conclusion } from './lesson';
import { difference } from './measure';
import { divergence, ONE_SEED, points } from './say';

const STEPS = 12;
export const TESTERS = ['helpful', 'noisy'] as const satisfies readonly UserStrength[];
const ACTS = [
  { kind: 'train', steps: STEPS },
  { kind: 'compare', users: TESTERS },
] as const;

/** The score of a player with a user, on test tasks; undefined where that was not played. */
export const testScore = (
  { comparison }: ArmResult,
  user: UserStrength,
  player: 'sft' | 'trained',
): Estimate | undefined =>
  comparison?.rows.find((row) => row.user === user && row.player === player)?.measures.score;

export const USERS = lesson({
  name: 'users',
  title: 'Who plays the user?',
  line: 'Train with one user, test with another.',
  seconds: 40,
  background: [
    'The user here follows a script, which can talk in several ways. The helpful one answers in full and hints at what else matters. The noisy one now and then misses the question and rambles.',
    `Two runs from the same start, ${STEPS} steps each, one with either user. Then both policies play all test tasks with both users.`,
  ],
  question: 'Which policy does better with the noisy user?',
  predictions: [
    { id: 'own', text: 'The one that learnt from the noisy user; and with the helpful one the other.' },
    {
      id: 'noisy',
      text: 'The one that learnt from the noisy user, who is the harder school; it is ahead with both.',
    },
    {
      id: 'helpful',
      text: 'The one that learnt from the helpful user, from whom there is more to learn; it is ahead with both.',
    },
    { id: 'level', text: 'Neither: what is learnt carries over.' },
  ],
  arms: {
    helpful: { label: 'Helpful', settings: { ...QUICK, userStrength: 'helpful' }, acts: ACTS },
    noisy: { label: 'Noisy', settings: { ...QUICK, userStrength: 'noisy' }, acts: ACTS },
  },
  things: [{ kind: 'users' }],
  conclude: ({ helpful, noisy }): Conclusion => {
    const arms = [helpful, noisy];
    const cells = TESTERS.map((user) => ({
      user,
      fromHelpful: testScore(helpful, user, 'trained'),
      fromNoisy: testScore(noisy, user, 'trained'),
      before: testScore(helpful, user, 'sft'),
    }));
    const said: string[] = [];
    const ahead: Partial<Record<UserStrength, 'a' | 'b' | 'level'>> = {};
    for (const { user, fromHelpful, fromNoisy, before } of cells) {
      if (!fromHelpful || !fromNoisy) {
        said.push(`The tests with the ${user} user are missing, so nothing can be said of them.`);
        continue;
      }
      ahead[user] = difference(fromHelpful, fromNoisy).ahead;
      said.push(
        `Tested with the ${user} user: trained with the helpful one ${percent(fromHelpful.mean)}, trained with the noisy one ${percent(fromNoisy.mean)}${before ? `; before training ${percent(before.mean)}` : ''}. ${
          ahead[user] === 'level'
            ? `Over ${fromHelpful.n} test tasks that is no difference one could tell from chance.`
            : `Over ${fromHelpful.n} test tasks that is more than chance would explain.`
        }`,
      );
    }
    const { helpful: withHelpful, noisy: withNoisy } = ahead;
    const came = winner(withHelpful, withNoisy);
    const why: Record<string, string> = {
      own: 'So each policy fits the user it learnt from: it has learnt to talk with that user as much as to do the task. Whoever trains with a simulated user should test with others.',
      noisy:
        'So here the harder school taught more: what gets a user to answer who does not always listen works with one who does.',
      helpful:
        'So here the clearer user taught more: where an answer follows on the question, it is easier to see which question it was that paid.',
      level:
        'So what was learnt carries over from one user to the other, as far as these tests can see: which details matter is the same with both.',
    };
    const unclear =
      'The numbers point in more than one direction, and fit none of the predictions: each user has one policy that does better, but not in the way one would expect.';
    if (withHelpful && withNoisy) said.push(came ? (why[came] ?? '') : unclear);
    return { came, said: [...said, ...testers(arms), ...divergence(arms), ONE_SEED] };
  },
  sources: [
    { path: 'src/users/scripted.ts', what: 'the scripted user' },
    { path: 'src/training/comparison.ts', what: 'who plays what in a test' },
  ],
  next: [
    { text: 'Test your own run with all four users', view: 'evaluation', settings: {} },
    { text: 'Train with the terse user', view: 'watch', settings: { userStrength: 'terse' } },
  ],
});

/** What it makes of a score who plays the user in the test; nothing where a test is missing. */
function testers(arms: readonly ArmResult[]): string[] {
  const gaps = arms.flatMap((arm) => {
    const [helpful, noisy] = TESTERS.map((user) => testScore(arm, user, 'trained'));
    return helpful && noisy ? [difference(helpful, noisy)] : [];
  });
  if (gaps.length < arms.length) return [];
  const apart = gaps.map(({ value }) => points(value)).join(' and ');
  if (gaps.every(({ ahead }) => ahead === 'a'))
    return [
      `Either policy earns less in a test with the noisy user, by ${apart}. So a score belongs to a policy and a user; without the name of the user it says little.`,
    ];
  return gaps.every(({ ahead }) => ahead === 'level')
    ? ['That either user is the harder one to be tested with cannot be told from these numbers.']
    : [`Between the two users the scores of the policies differ by ${apart}, and not all of that is chance.`];
}

type Ahead = 'a' | 'b' | 'level' | undefined;

/** `a` is the policy that learnt from the helpful user. One that is ahead somewhere and nowhere behind wins. */
function winner(withHelpful: Ahead, withNoisy: Ahead): string | null {
  if (!withHelpful || !withNoisy) return null;
  const all = [withHelpful, withNoisy];
  if (withHelpful === 'a' && withNoisy === 'b') return 'own';
  if (all.every((one) => one === 'level')) return 'level';
  if (!all.includes('a')) return 'noisy';
  if (!all.includes('b')) return 'helpful';
  return null;
}
