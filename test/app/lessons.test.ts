/** Lessons say what the numbers say, also when those are not what one expects. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LESSONS, neighbours, numberOf } from '../../src/app/lessons/all';
import { lineData } from '../../src/app/lessons/lines';
import { apart, difference, liveliest } from '../../src/app/lessons/measure';
import type { ArmResult } from '../../src/app/lessons/lesson';
import { LESSON_NAMES, type LessonName } from '../../src/app/lessons/names';
import { DEFAULT_SETTINGS } from '../../src/runs/settings';
import { parseSettings } from '../../src/runs/validate';
import { concluded, results, text, type ArmPart } from './lesson-results';
import { group, played, rollout, turn } from './records';

interface Case {
  readonly name: LessonName;
  readonly when: string;
  readonly parts: Readonly<Record<string, ArmPart>>;
  readonly came: string | null;
  readonly says: readonly RegExp[];
  readonly not?: readonly RegExp[];
}

const words = (n: number, ...said: string[]) =>
  rollout(n, { turns: said.map((content) => turn({ content, reward: n / said.length })) });
const spoken = (...rollouts: ReturnType<typeof words>[]) => ({ ...group([]), rollouts, std: 1 });
const alike = { ...group([1, 1, 1, 1]), std: 0, mean: 1 };
/** By rollout, how often it repeats itself. */
const repeating = (...times: number[]) => ({
  ...group([]),
  rollouts: times.map((n) =>
    rollout(1, { turns: Array.from({ length: n }, () => turn({ events: [{ name: 'repeated' }] })) }),
  ),
});

const CASES: readonly Case[] = [
  {
    name: 'rollout',
    when: 'all differ',
    parts: { run: { groups: [spoken(words(1, 'a'), words(0, 'b'), words(2, 'c'), words(0, 'd'))] } },
    came: 'all',
    says: [/no two of the four conversations are the same/, /between 0\.00 and 2\.00/],
  },
  {
    name: 'rollout',
    when: 'all are the same',
    parts: { run: { groups: [spoken(words(1, 'a'), words(1, 'a'), words(1, 'a'), words(1, 'a'))] } },
    came: 'same',
    says: [/all four conversations are the same/, /All four earned the same, 1\.00/, /nothing is learnt/],
    not: [/between/],
  },
  {
    name: 'rollout',
    when: 'some differ',
    parts: { run: { groups: [spoken(words(1, 'a'), words(1, 'a'), words(0, 'b'), words(0, 'b'))] } },
    came: 'some',
    says: [/two of the four conversations are different/],
  },
  {
    name: 'group-mean',
    when: 'a better one is pushed down and a worse one up',
    parts: { run: { groups: [played([[2], [3]]), played([[0], [1]])] } },
    came: 'depends',
    says: [
      /earned 2\.00 and was pushed down \(−0\.71\).*mean was 2\.50.*earned only 1\.00.*\(\+0\.71\).*0\.50/s,
    ],
  },
  {
    name: 'group-mean',
    when: 'there is no such pair',
    parts: { run: { groups: [played([[0], [1]]), played([[0], [2]])] } },
    came: 'earned',
    says: [/as if earning were enough/, /The rule is another one/],
    not: [/decides nothing/],
  },
  {
    name: 'group-mean',
    when: 'all earn the same',
    parts: { run: { groups: [played([[1], [1]])] } },
    came: null,
    says: [/nobody was pushed at all/, /In one group everybody earned the same/],
  },
  {
    name: 'differences',
    when: 'the cold one repeats itself',
    parts: { warm: { steps: 1, zeroStd: 0 }, cold: { steps: 1, zeroStd: 0.75, std: 0.1, score: 0.6 } },
    came: 'warm',
    says: [/At 0\.1 75\s% of the groups had eight equal scores, at 1 0\s%/, /zero variance/],
  },
  {
    name: 'differences',
    when: 'both differ',
    parts: { warm: { steps: 1, zeroStd: 0 }, cold: { steps: 1, zeroStd: 0.125 } },
    came: 'equal',
    says: [/both had about as much to learn from/],
    not: [/teaches nothing/],
  },
  {
    name: 'differences',
    when: 'the warm one fails throughout',
    parts: { warm: { steps: 1, zeroStd: 1, score: 0 }, cold: { steps: 1, zeroStd: 0.2 } },
    came: 'cold',
    says: [/against the rule/],
  },
  {
    name: 'score',
    when: 'the mean stops early',
    parts: {
      sum: { score: [0.4, 0.8], turns: [7, 7] },
      r2g: { score: [0.4, 0.79], turns: [7, 7] },
      mean: { score: [0.4, 0.5], turns: [7, 3] },
    },
    came: 'stops',
    says: [/more than changes from step to step/, /cannot be told from the sum/, /learns to be done early/],
    not: [/did as well/],
  },
  {
    name: 'score',
    when: 'the mean does as well',
    parts: { sum: { score: [0.4, 0.6] }, r2g: { score: [0.4, 0.6] }, mean: { score: [0.4, 0.6] } },
    came: 'same',
    says: [/This time the mean did as well as the sum/, /do not tell the two apart/, /in 20 steps/],
    not: [/done early/],
  },
  {
    name: 'score',
    when: 'the mean does better',
    parts: { sum: { score: [0.4, 0.5] }, r2g: { score: [0.4, 0.5] }, mean: { score: [0.4, 0.9] } },
    came: 'better',
    says: [/not what the rule suggests/],
  },
  {
    name: 'score',
    when: 'the mean is shorter and earns as much',
    parts: {
      sum: { score: [0.4, 0.6], turns: [7, 7] },
      r2g: { score: [0.4, 0.6], turns: [7, 7] },
      mean: { score: [0.4, 0.6], turns: [7, 4] },
    },
    came: null,
    says: [/not in every respect/],
  },
  {
    name: 'shaping',
    when: 'equalized leads',
    parts: {
      equalized: { score: [0.4, 0.9] },
      naive: {
        score: [0.4, 0.6],
        groups: [
          played(
            [
              [1, 0],
              [0, 0],
            ],
            { ...DEFAULT_SETTINGS, turnMethod: 'naive' },
          ),
        ],
      },
      r2g: { score: [0.4, 0.7] },
    },
    came: 'equalized',
    says: [
      /Equalized leads reward-to-go/,
      /75\s% of the turns in the last step got no push/,
      /Equalized is crude/,
    ],
  },
  {
    name: 'shaping',
    when: 'naive leads',
    parts: { equalized: { score: [0.4, 0.6] }, naive: { score: [0.4, 0.9] }, r2g: { score: [0.4, 0.5] } },
    came: 'naive',
    says: [
      /Naive leads equalized/,
      /the paper finds equalized ahead/,
      /no attempt of the last step was pushed/,
    ],
    not: [/is crude/],
  },
  {
    name: 'shaping',
    when: 'reward-to-go leads',
    parts: { equalized: { score: [0.4, 0.6] }, naive: { score: [0.4, 0.5] }, r2g: { score: [0.4, 0.9] } },
    came: 'r2g',
    says: [/Reward-to-go leads equalized/],
    not: [/is crude/],
  },
  {
    name: 'shaping',
    when: 'nothing can be told apart',
    parts: { equalized: { score: [0.4, 0.6] }, naive: { score: [0.4, 0.61] }, r2g: { score: [0.4, 0.6] } },
    came: 'level',
    says: [/do not tell the two apart/, /matters less/],
  },
  {
    name: 'cold-start',
    when: 'the base is stuck',
    parts: {
      started: { score: [0.4, 0.7], validity: 0.99 },
      base: { score: [0.02, 0.03], validity: 0.1, allBad: 0.9 },
      taught: { score: [0.2, 0.4], validity: 0.8 },
    },
    came: 'stuck',
    says: [
      /Base 10\s%/,
      /Base 90\s%/,
      /from 2\s% over its first steps to 3\s% over its last, .* not risen by more than chance/,
      /does not invent/,
      /enough to lift the base/,
    ],
  },
  {
    name: 'cold-start',
    when: 'the base learns, behind',
    parts: { started: { score: [0.4, 0.8] }, base: { score: [0.1, 0.4] }, taught: { score: [0.1, 0.4] } },
    came: 'slower',
    says: [/does learn from reward alone/, /did not make a difference/],
    not: [/does not invent/, /not risen/],
  },
  {
    name: 'cold-start',
    when: 'the base catches up',
    parts: { started: { score: [0.4, 0.6] }, base: { score: [0.1, 0.64] }, taught: { score: [0.1, 0.3] } },
    came: 'level',
    says: [/was not behind in the end/, /below the bare base/],
  },
  ...(
    [
      ['own', { helpful: 0.7, noisy: 0.4 }, { helpful: 0.5, noisy: 0.6 }, /fits the user it learnt from/],
      ['noisy', { helpful: 0.6, noisy: 0.4 }, { helpful: 0.6, noisy: 0.6 }, /harder school/],
      ['helpful', { helpful: 0.7, noisy: 0.6 }, { helpful: 0.5, noisy: 0.4 }, /clearer user/],
      ['level', { helpful: 0.6, noisy: 0.5 }, { helpful: 0.61, noisy: 0.5 }, /carries over/],
      [null, { helpful: 0.5, noisy: 0.7 }, { helpful: 0.7, noisy: 0.5 }, /more than one direction/],
    ] as const
  ).map(([came, fromHelpful, fromNoisy, says]): Case => ({
    name: 'users',
    when: `${came ?? 'no prediction'} comes true`,
    parts: { helpful: { tests: fromHelpful }, noisy: { tests: fromNoisy } },
    came,
    says: [says, /before training 40\s%/, /Over 96 test tasks/],
  })),
  {
    name: 'users',
    when: 'every policy earns less with one of the testers',
    parts: {
      helpful: { tests: { helpful: 0.6, noisy: 0.5 } },
      noisy: { tests: { helpful: 0.61, noisy: 0.48 } },
    },
    came: 'level',
    says: [/earns less in a test with the noisy user, by 10 points and 13 points/],
  },
  {
    name: 'users',
    when: 'one of the policies does, and the other the other way round',
    parts: {
      helpful: { tests: { helpful: 0.7, noisy: 0.4 } },
      noisy: { tests: { helpful: 0.5, noisy: 0.6 } },
    },
    came: 'own',
    says: [/differ by 30 points and 10 points, and not all of that is chance/],
    not: [/earns less in a test/],
  },
  {
    name: 'users',
    when: 'it makes no difference who tests',
    parts: {
      helpful: { tests: { helpful: 0.6, noisy: 0.6 } },
      noisy: { tests: { helpful: 0.6, noisy: 0.61 } },
    },
    came: 'level',
    says: [/harder one to be tested with cannot be told/],
    not: [/earns less in a test/],
  },
  {
    name: 'users',
    when: 'a run broke off before its tests',
    parts: { helpful: { tests: { helpful: 0.6, noisy: 0.6 } }, noisy: { diverged: 'too far' } },
    came: null,
    says: [/tests with the helpful user are missing/, /“Noisy” diverged/],
  },
  {
    name: 'clip',
    when: 'it acts from the second update on',
    parts: { one: {}, four: { clip: 0.12, score: [0.4, 0.6] }, open: { score: [0.4, 0.6] } },
    came: 'four',
    says: [/With one update none of the words were clipped, with four 12\s%/, /every ratio is exactly 1/],
    not: [/fault/],
  },
  {
    name: 'clip',
    when: 'it never acts',
    parts: { one: {}, four: {}, open: {} },
    came: 'never',
    says: [/not even four updates/],
  },
  {
    name: 'clip',
    when: 'it acts where it cannot',
    parts: { one: { clip: 0.05 }, four: { clip: 0.1 }, open: {} },
    came: 'both',
    says: [/not what one expects/],
    not: [/exactly 1, and there is nothing/],
  },
  {
    name: 'clip',
    when: 'without it training falls apart',
    parts: {
      one: { score: [0.4, 0.5] },
      four: { clip: 0.1, score: [0.4, 0.7] },
      open: { score: [0.4, 0.1], diverged: 'The loss is no number.' },
    },
    came: 'four',
    says: [/went too far, and what was learnt suffered/, /“Four, no clip” diverged after 20 steps/],
  },
  {
    name: 'leash',
    when: 'it costs reward',
    parts: { loose: { score: [0.4, 0.8], kl: [0, 0.4] }, tight: { score: [0.4, 0.5], kl: [0, 0.02] } },
    came: 'costs',
    says: [/beta 0\.01 0\.3/, /gives up reward/],
  },
  {
    name: 'leash',
    when: 'it costs nothing',
    parts: { loose: { score: [0.4, 0.6], kl: [0, 0.4] }, tight: { score: [0.4, 0.6], kl: [0, 0.02] } },
    came: 'free',
    says: [/cost nothing one could see/],
    not: [/gives up reward/],
  },
  {
    name: 'leash',
    when: 'it even helps',
    parts: { loose: { score: [0.4, 0.5], kl: [0, 0.4] }, tight: { score: [0.4, 0.8], kl: [0, 0.02] } },
    came: 'free',
    says: [/came out ahead/],
  },
  {
    name: 'leash',
    when: 'it does not hold',
    parts: { loose: { kl: [0, 0.1] }, tight: { kl: [0, 0.1] } },
    came: 'nothing',
    says: [/did not hold/],
  },
  {
    name: 'reward-hacking',
    when: 'the slip is found',
    parts: {
      gym: { score: [0.4, 0.7], groups: [repeating(1, 0, 1, 0)] },
      slip: { score: [0.4, 0.2], reward: [2, 6], groups: [repeating(6, 7, 6, 7)] },
    },
    came: 'hacked',
    says: [
      /6\.5 times a conversation with the slip, and 0\.5 times without/,
      /rose from 2\.\d\d to 5\.\d\d/,
      /That is reward hacking/,
      /the number that training sees goes up/,
    ],
  },
  {
    name: 'reward-hacking',
    when: 'the slip is found, and pays no more yet',
    parts: {
      gym: { score: [0.4, 0.7], groups: [repeating(1, 0, 1, 0)] },
      slip: { score: [0.4, 0.2], reward: 3, groups: [repeating(6, 7, 6, 7)] },
    },
    came: 'hacked',
    says: [/went from 3\.00 to 3\.00/, /the number that training sees has not clearly moved/],
  },
  {
    name: 'reward-hacking',
    when: 'it is taken along',
    parts: {
      gym: { score: [0.4, 0.6], groups: [repeating(1, 0, 1, 0)] },
      slip: { score: [0.4, 0.6], reward: [2, 4], groups: [repeating(3, 4, 3, 4)] },
    },
    came: 'both',
    says: [/turns to spare/],
    not: [/That is reward hacking/],
  },
  {
    name: 'reward-hacking',
    when: 'it is not found',
    parts: {
      gym: { score: [0.4, 0.6], groups: [repeating(1, 0, 1, 0)] },
      slip: { score: [0.4, 0.6], reward: [2, 2], groups: [repeating(1, 0, 1, 0)] },
    },
    came: 'ignored',
    says: [/done nothing one could see/],
  },
  {
    name: 'reward-hacking',
    when: 'the user is served worse for another reason',
    parts: {
      gym: { score: [0.4, 0.8], groups: [repeating(1, 0, 1, 0)] },
      slip: { score: [0.4, 0.3], reward: [2, 1], groups: [repeating(0, 1, 0, 1)] },
    },
    came: null,
    says: [/fit none of the predictions/, /fell from/],
  },
];

describe('what a lesson says', () => {
  it.each(CASES)('$name: when $when', ({ name, parts, came, says, not = [] }) => {
    const conclusion = concluded(name, parts);
    expect(conclusion.came).toBe(came);
    for (const pattern of says) expect(text(conclusion)).toMatch(pattern);
    for (const pattern of not) expect(text(conclusion)).not.toMatch(pattern);
  });

  it('comes out as each of its predictions, for some numbers', () => {
    for (const name of LESSON_NAMES) {
      const reached = new Set(CASES.filter((one) => one.name === name).map(({ came }) => came));
      const missing = LESSONS[name].predictions.filter(({ id }) => !reached.has(id)).map(({ id }) => id);
      // Of the group's mean, "only the best" needs groups that this table leaves to the next test.
      expect({ name, missing: missing.filter((id) => id !== 'best') }).toEqual({ name, missing: [] });
    }
    // In the one group only the best is above the mean, and who earns nothing in the other is not pushed up.
    const onlyBest = concluded('group-mean', { run: { groups: [played([[1], [1], [3]])] } });
    expect(onlyBest.came).toBe('best');
  });

  it('is made of numbers, never of holes, whatever these are', () => {
    const course = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true }));
    const part = fc.record(
      {
        score: course,
        turns: course,
        kl: course,
        clip: course,
        zeroStd: course,
        reward: fc.double({ min: -5, max: 5, noNaN: true }),
        steps: fc.integer({ min: 0, max: 7 }),
        groups: fc.constantFrom(
          [],
          [alike],
          [
            played([
              [1, 0],
              [0, 2],
            ]),
            alike,
          ],
        ),
        tests: fc.record({ helpful: course, noisy: course }),
        diverged: fc.constantFrom('too far'),
      },
      { requiredKeys: ['steps'] },
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...LESSON_NAMES),
        fc.array(part, { minLength: 3, maxLength: 3 }),
        (name, parts) => {
          const { arms, predictions } = LESSONS[name];
          const conclusion = concluded(
            name,
            Object.fromEntries(arms.map(({ id }, i) => [id, parts[i] ?? { steps: 1 }])),
          );
          expect(text(conclusion)).not.toMatch(/NaN|undefined|Infinity|\bnull\b/);
          expect([null, ...predictions.map(({ id }) => id)]).toContain(conclusion.came);
          for (const sentence of conclusion.said) expect(sentence).toMatch(/^[A-Z\d].*[.]$/s);
        },
      ),
    );
  });
});

describe('the lessons', () => {
  it('are at least eight, each with something to expect and nothing marked right', () => {
    expect(LESSON_NAMES.length).toBeGreaterThanOrEqual(8);
    for (const name of LESSON_NAMES) {
      const { predictions, arms } = LESSONS[name];
      expect(LESSONS[name].name).toBe(name);
      expect(predictions.length).toBeGreaterThanOrEqual(2);
      expect(predictions.length).toBeLessThanOrEqual(4);
      expect(arms.length).toBeLessThanOrEqual(3);
      expect(new Set(arms.map(({ label }) => label)).size).toBe(arms.length);
    }
  });

  it('have settings that the engine takes, and go on to settings that the page takes', () => {
    for (const name of LESSON_NAMES)
      for (const { settings } of [...LESSONS[name].arms, ...LESSONS[name].next])
        expect(parseSettings({ ...DEFAULT_SETTINGS, ...settings })).toMatchObject({ ok: true });
  });

  it('stand in a row', () => {
    expect(numberOf('rollout')).toBe(1);
    expect(neighbours('rollout')).toEqual({ before: undefined, after: 'group-mean' });
    expect(neighbours(LESSON_NAMES.at(-1)!).after).toBeUndefined();
  });
});

describe('what is measured', () => {
  const estimate = (mean: number, half: number) => ({
    mean,
    ci95: [mean - half, mean + half] as const,
    n: 5,
  });

  it('calls a difference one only beyond what chance does', () => {
    expect(difference(estimate(0.6, 0.05), estimate(0.5, 0.05)).ahead).toBe('a');
    expect(difference(estimate(0.5, 0.05), estimate(0.6, 0.05)).ahead).toBe('b');
    // 0.07 is within sqrt(2) times 0.05.
    expect(difference(estimate(0.57, 0.05), estimate(0.5, 0.05)).ahead).toBe('level');
    expect(difference({ mean: 1, ci95: null, n: 1 }, estimate(0, 0)).ahead).toBe('level');
  });

  it('compares runs step by step, since they meet the same tasks', () => {
    // Steps differ by 60 points, the runs by 5 in every one of them.
    const [loose, tight] = results('leash', { loose: { steps: 6 }, tight: { steps: 6 } }) as [
      ArmResult,
      ArmResult,
    ];
    const hard = [0.1, 0.7, 0.2, 0.6, 0.3, 0.5];
    const scored = (arm: ArmResult, more: number[]): ArmResult => ({
      ...arm,
      steps: arm.steps.map((step, i) => ({ ...step, score: hard[i]! + more[i % more.length]! })),
    });
    expect(apart(scored(loose, [0.05, 0.06]), scored(tight, [0]), 'score').ahead).toBe('a');
    expect(apart(scored(loose, [0]), scored(tight, [0.05, 0.06]), 'score').ahead).toBe('b');
    expect(apart(scored(loose, [0.3, -0.25]), scored(tight, [0]), 'score').ahead).toBe('level');
    // By hand: gaps of 0.05 and 0.06 in turns, over the last six.
    expect(apart(scored(loose, [0.05, 0.06]), scored(tight, [0]), 'score').value).toBeCloseTo(0.055, 12);
  });

  it('shows the group that differs most', () => {
    expect(liveliest([alike, group([0, 2])])).toEqual(group([0, 2]));
    expect(liveliest([])).toBeUndefined();
  });

  it('draws runs of different lengths over the same steps', () => {
    const arms = results('leash', { loose: { steps: 3, score: 0.5 }, tight: { steps: 1, score: 0.25 } });
    const [x, ...columns] = lineData(arms, 'score');
    expect(x).toEqual([1, 2, 3]);
    expect(columns[0]).toEqual([0.5, 0.5, 0.5]);
    expect(columns[2]).toEqual([0.25, null, null]);
    expect(columns[3]).toEqual([0.25, null, null]);
    // A run that is still to come has its columns already, or uPlot would have to be made anew.
    expect(lineData(arms, 'score', 3).slice(5)).toEqual([
      [null, null, null],
      [null, null, null],
    ]);
  });
});
