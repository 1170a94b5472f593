/** The baseline of GRPO: the group's own mean. */
import type { GroupRecord, RolloutRecord } from '../../runs/record';
import { fixed, signed } from '../format';
import { lesson, ONE_STEP, type Conclusion } from './lesson';
import { counted } from './say';

interface Placed {
  readonly rollout: RolloutRecord;
  readonly group: GroupRecord;
}

export interface Inversion {
  /** Earned more, and was pushed down. */
  readonly down: Placed;
  /** Earned less, and was pushed up. */
  readonly up: Placed;
}

/** The pair, of all, that shows most clearly that a score alone decides nothing: a higher one pushed down, a lower one up. */
export function inversion(groups: readonly GroupRecord[]): Inversion | null {
  const placed = groups.flatMap((group) => group.rollouts.map((rollout): Placed => ({ rollout, group })));
  let best: Inversion | null = null;
  let most = 0;
  for (const down of placed) {
    for (const up of placed) {
      const gap = down.rollout.trajectoryScore - up.rollout.trajectoryScore;
      const push = Math.min(-down.rollout.advantage, up.rollout.advantage);
      if (gap <= 0 || push <= 0 || gap * push <= most) continue;
      best = { down, up };
      most = gap * push;
    }
  }
  return best;
}

export const GROUP_MEAN = lesson({
  name: 'group-mean',
  title: 'Better than whom?',
  line: "The group's own mean, by which every attempt is measured.",
  seconds: 5,
  background: [
    'A conversation has earned something. Shall the policy have more of its kind? One number decides: the advantage. Above 0 the words that were said are made likelier, below 0 less likely.',
    'Eight tasks are played, each by a group of eight.',
  ],
  question: 'An attempt earned 1 point. Is it made likelier?',
  predictions: [
    { id: 'earned', text: 'Yes: what earns something is made likelier, what earns nothing is not.' },
    { id: 'best', text: 'Only if it is the best of its group.' },
    { id: 'depends', text: 'That depends on what the others of its group earned.' },
  ],
  arms: {
    run: { label: 'one step', settings: ONE_STEP, acts: [{ kind: 'train', steps: 1 }] },
  },
  things: [{ kind: 'advantages' }],
  conclude: ({ run }): Conclusion => {
    const { groups } = run;
    const rollouts = groups.flatMap((group) => group.rollouts);
    const flat = groups.filter(({ std }) => std <= 1e-9).length;
    const pair = inversion(groups);
    const flatly =
      flat === 0
        ? []
        : [
            `In ${counted(flat, 'group')} everybody earned the same. There the mean is what each earned, every advantage is 0, and nobody is pushed.`,
          ];
    const drag =
      'Now drag a score in the group on show. The mean moves with it, and with the mean the advantages of all the others, whose conversations have not changed by a word.';
    if (pair) {
      const { down, up } = pair;
      return {
        came: 'depends',
        said: [
          `One attempt earned ${fixed(down.rollout.trajectoryScore)} and was pushed down (${signed(down.rollout.advantage)}): its group's mean was ${fixed(down.group.mean)}. In another group one earned only ${fixed(up.rollout.trajectoryScore)} and was pushed up (${signed(up.rollout.advantage)}): there the mean was ${fixed(up.group.mean)}.`,
          "So the score alone decides nothing. An attempt is measured by the others that had the same task, by the group's own mean; no second network has to guess how hard a task is. That is the “group relative” in GRPO.",
          ...flatly,
          drag,
        ],
      };
    }
    const pushed = rollouts.filter(({ advantage }) => advantage !== 0);
    const byEarning = pushed.every(({ trajectoryScore, advantage }) => trajectoryScore > 0 === advantage > 0);
    const onlyBest = groups.every((group) => {
      const most = Math.max(...group.rollouts.map((one) => one.trajectoryScore));
      return group.rollouts.every((one) => one.advantage <= 0 || one.trajectoryScore === most);
    });
    const came = pushed.length === 0 ? null : byEarning ? 'earned' : onlyBest ? 'best' : null;
    const seen =
      pushed.length === 0
        ? 'This time nobody was pushed at all: within every group all earned the same.'
        : byEarning
          ? `This time it came out as if earning were enough: of ${counted(pushed.length, 'attempt')} with a push, those that earned something were pushed up and those that earned nothing down.`
          : onlyBest
            ? 'This time only the best of each group were pushed up.'
            : 'This time no attempt that earned more than another was pushed down while the other was pushed up.';
    return {
      came,
      said: [
        seen,
        "The rule is another one: an attempt is measured by its group's own mean. That a higher score is pushed down and a lower one up takes an easy task and a hard one in the same step, and in this step there was no such pair. Run it again with another seed.",
        ...flatly,
        drag,
      ],
    };
  },
  sources: [
    { path: 'src/credit/advantages.ts', what: 'the advantage, as a function one can read' },
    { path: 'src/kernels/advantage/index.ts', what: 'the same as a kernel' },
  ],
  next: [
    {
      text: 'Change what counts on the workbench, and see who would be pushed',
      view: 'workbench',
      settings: {},
    },
    {
      text: 'Without dividing by the deviation (Dr. GRPO)',
      view: 'watch',
      settings: { normalizeByStd: false },
    },
  ],
});
