/** Cold start or not: reinforcement learning with and without demonstrations before it. */
import { percent } from '../format';
import { lesson, QUICK, type ArmResult, type Conclusion } from './lesson';
import { apart, atFirst, difference, lately } from './measure';
import { capital, divergence, listed, nothing, ONE_SEED, overTheLast, scores } from './say';

const STEPS = 12;
const UPDATES = 60;
const TRAIN = { kind: 'train', steps: STEPS } as const;

const share = (arm: ArmResult, metric: 'validity' | 'frac_all_bad'): string =>
  percent(arm.steps[0]?.[metric]);

export const COLD_START = lesson({
  name: 'cold-start',
  title: 'From nothing?',
  line: 'Cold start or not: what reinforcement learning needs to begin with.',
  seconds: 40,
  background: [
    'A base policy knows the words and the world, but was hardly ever shown how to call a tool or how to serve a user. A cold start shows it: supervised updates on demonstrated conversations, good and bad ones mixed. Only then does reinforcement learning begin.',
    `Three runs, ${STEPS} steps each: from the cold-started policy, from the base, and from the base after ${UPDATES} updates of a cold start made here.`,
  ],
  question: `Where does the base policy get in ${STEPS} steps?`,
  predictions: [
    { id: 'level', text: 'It catches up: reward is all it needs.' },
    { id: 'slower', text: 'It learns, but stays behind.' },
    { id: 'stuck', text: 'It hardly gets off the ground.' },
  ],
  arms: {
    started: { label: 'Cold-started', settings: { ...QUICK, checkpoint: 'nano' }, acts: [TRAIN] },
    base: { label: 'Base', settings: { ...QUICK, checkpoint: 'nano-base' }, acts: [TRAIN] },
    taught: {
      label: 'Base, taught here',
      settings: { ...QUICK, checkpoint: 'nano-base', sftSteps: UPDATES },
      acts: [{ kind: 'coldStart' }, TRAIN],
    },
  },
  things: [{ kind: 'curves', of: ['score', 'turns'] }],
  conclude: ({ started, base, taught }): Conclusion => {
    const arms = [started, base, taught];
    if (nothing(arms)) return { came: null, said: divergence(arms) };
    const behind = apart(started, base, 'score').ahead;
    const [began, ended] = [atFirst(base, 'score'), lately(base, 'score')];
    const rose = difference(ended, began).ahead === 'a';
    const came = behind !== 'a' ? 'level' : rose ? 'slower' : 'stuck';
    const [validBefore, validAfter] = [atFirst(base, 'validity'), lately(base, 'validity')];
    const course = `The base went from ${percent(began.mean)} over its first steps to ${percent(ended.mean)} over its last, and from ${percent(validBefore.mean)} valid calls to ${percent(validAfter.mean)}${
      rose ? '' : '; what it earned has not risen by more than chance explains'
    }.`;
    const why = {
      level:
        'So this time the base was not behind in the end: it made enough valid calls by itself for some attempts to earn more than others, and that is all that reinforcement learning asks for.',
      slower:
        'So the base does learn from reward alone, as soon as some of its attempts earn more than others; but it spends its first steps on what a few demonstrations show at once.',
      stuck:
        'Reward can only choose among what is tried. Where all of a group fail before they earn anything, nobody is pushed, and nothing is learnt from it. Reinforcement learning sharpens what is sometimes done; what is never done it does not invent.',
    }[came];
    const lift = apart(taught, base, 'score');
    const lesson =
      lift.ahead === 'a'
        ? `${UPDATES} updates on demonstrations were enough to lift the base clear of that.`
        : lift.ahead === 'b'
          ? `The ${UPDATES} updates made here did not help: the policy that had them ended below the bare base. So short a cold start can unsettle more than it teaches.`
          : `The ${UPDATES} updates made here did not make a difference that one could tell from chance; the shipped cold start had many more.`;
    return {
      came,
      said: [
        `In the first step ${listed(arms, (arm) => share(arm, 'validity'))} of the turns were valid tool calls, and ${listed(arms, (arm) => share(arm, 'frac_all_bad'))} of the groups earned nothing at all.`,
        `${capital(overTheLast(started))} the policies earned: ${scores(arms)} of what was possible.`,
        course,
        why,
        lesson,
        ...divergence(arms),
        ONE_SEED,
      ],
    };
  },
  sources: [
    { path: 'src/training/sft.ts', what: 'the cold start' },
    { path: 'src/headless/checkpoints/recipe.ts', what: 'how the shipped policies were made' },
  ],
  next: [
    {
      text: 'Start from the base and give it a cold start yourself',
      view: 'watch',
      settings: { checkpoint: 'nano-base' },
    },
    { text: 'Compare before and after on test tasks', view: 'evaluation', settings: {} },
  ],
});
