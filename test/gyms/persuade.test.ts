import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPersuade, persuade } from '../../src/gyms/persuade';
import { readUtterance } from '../../src/gyms/persuade/match';
import { maximumReturn, stanceReward } from '../../src/gyms/persuade/rules';
import { profileKey } from '../../src/gyms/persuade/tasks';
import { persuadeWording } from '../../src/gyms/persuade/wording';
import {
  ASK,
  PERSONAS,
  PERSONA_NAMES,
  STANCES,
  VALUES,
  VALUE_NAMES,
  askAbout,
  type Stance,
  type ValueName,
} from '../../src/gyms/persuade/world';
import { splitWords } from '../../src/gyms/text';
import { Random } from '../../src/random';
import { holdsAsEveryGym, MANNERS, playByHand } from '../support/gyms';
import type { PersuadeTask } from '../../src/gyms/persuade/types';

const argumentFor = (value: ValueName) => VALUES[value].argument;
holdsAsEveryGym({
  gym: persuade,
  contents: () =>
    fc.oneof(
      fc.constantFrom(...VALUE_NAMES.map(argumentFor)),
      fc.constantFrom(ASK, ...VALUE_NAMES.map(askAbout), 'i agree', 'money and health and time'),
    ),
  secrets: ({ hidden: { movers, hated, told } }, turns) => {
    const asked = turns.flatMap(({ call, judgement: { situation } }) => [
      ...splitWords(call.content),
      ...(situation.kind === 'tells' && situation.value ? [situation.value] : []),
    ]);
    const spoken: readonly string[] = [...told, ...asked];
    return [...movers.map(({ value }) => value), ...hated].filter((value) => !spoken.includes(value));
  },
  repeatable: [ASK],
  newWords: 39,
});

const student: PersuadeTask = {
  id: 'by-hand',
  split: 'train',
  opening: 'i am a student . i say : every house must be pink .',
  hidden: {
    persona: 'student',
    claim: 'every house must be pink',
    movers: [
      { value: 'fun', levels: 3 },
      { value: 'money', levels: 2 },
      { value: 'sleep', levels: 1 },
    ],
    hated: ['work'],
    told: [],
  },
};
const say = (content: string) => ({ choice: 'answer' as const, content });
const start = (maxTurns = 9) => persuade.reset(student, { seed: 0, maxTurns });

describe('the reward of a change of mind', () => {
  it.each([
    [0, 1, 0.166667],
    [0, 2, 0.333333],
    [0, 3, 0.5],
    [1, 5, 0.666667],
    [0, 5, 0.833333],
    [0, 6, 1],
    [5, 6, 0.166667],
    [3, 3, 0],
    [3, 1, 0],
    [6, 0, 0],
  ] as [Stance, Stance, number][])('from level %d to %d pays %d', (from, to, reward) => {
    expect(stanceReward(from, to)).toBe(reward);
  });
});

describe('episodes by hand', () => {
  const [F, M, S, W, N] = (['fun', 'money', 'sleep', 'work', 'nature'] as const).map(argumentFor) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const [one, two, three] = [0.166667, 0.333333, 0.5];
  // fun moves 3, money 2, sleep 1; work annoys. Limit: 5 turns.
  it.each([
    ['the three arguments', [F, M, S], [three, two, one], 6, 'success'],
    ['in the other order', [S, M, F], [one, two, three], 6, 'success'],
    ['each works once', [F, F, M], [three, 0, two], 5, 'open'],
    ['what leaves them cold', [N, N], [0, 0], 0, 'open'],
    ['asking earns nothing', [ASK, F, ASK, M], [0, three, 0, two], 5, 'open'],
    ['asking whether', [askAbout('fun'), askAbout('nature')], [0, 0], 0, 'open'],
    ['annoyance cannot go below the start', [W, W, F], [0, 0, three], 3, 'open'],
    ['annoyance moves back', [F, W], [three, 0], 2, 'open'],
    ['and again', [F, W, W], [three, 0, 0], 1, 'open'],
    ['what was lost is not won back by the same', [F, W, F], [three, 0, 0], 2, 'open'],
    ['so the end is out of reach', [F, W, M, S], [three, 0, two, one], 5, 'open'],
    ['annoyance first does no harm', [W, F, M, S], [0, three, two, one], 6, 'success'],
    ['the limit cuts', [N, N, F, M, N], [0, 0, three, two, 0], 5, 'limit'],
    ['success in the last turn is success', [N, N, F, M, S], [0, 0, three, two, one], 6, 'success'],
    ['of several arguments the first counts', [`${S} ${F} ${M}`], [one], 1, 'open'],
    ['agreeing gets nowhere', ['i agree , it is good for the style'], [0], 0, 'open'],
    ['praise of the claim is no argument against it', ['it saves money .'], [0], 0, 'open'],
    ['but its denial is', ['it is not good for your sleep .'], [one], 1, 'open'],
    ['nothing said', ['', 'hello'], [0, 0], 0, 'open'],
    ['free typing', ['Think how EXPENSIVE this is!', 'And so boring...'], [two, three], 5, 'open'],
    ['not this but that', ['it is not about money but about sleep .'], [one], 1, 'open'],
    ['a rhetorical question is an argument', ['is it not too expensive ?'], [two], 2, 'open'],
    ['ground that was lost is paid again', [F, W, M], [three, 0, two], 4, 'open'],
    ['asking about what they hate does not annoy', [F, askAbout('work')], [three, 0], 3, 'open'],
    ['only the first of several works, even if it is spent', [F, `${F} ${M}`], [three, 0], 3, 'open'],
    ['and only the first annoys', [F, `${M} ${W}`, `${W} ${S}`], [three, two, 0], 4, 'open'],
    ['praise takes nothing back', [F, 'good idea , i agree with you .'], [three, 0], 3, 'open'],
    ['back to the start, and no further', [S, W, W, W, M], [one, 0, 0, 0, two], 2, 'limit'],
    ['asking in the last turn', [F, M, N, N, ASK], [three, two, 0, 0, 0], 5, 'limit'],
  ] as [string, string[], number[], Stance, string][])('%s', (_, utterances, rewards, stance, ending) => {
    const episode = start(5);
    const judgements = utterances.map((content) => episode.act(say(content)));
    expect(judgements.map((j) => j.reward)).toEqual(rewards);
    const last = judgements.at(-1)!;
    expect(last.situation.stance).toBe(stance);
    expect([last.terminated, last.success]).toEqual([ending === 'success', ending === 'success']);
    expect(last.truncated).toBe(ending === 'limit');
    expect(episode.over).toBe(ending !== 'open');
  });

  it.each([
    ['easy', [3, 3], [0.5, 0.5]],
    ['hard', [2, 2, 1, 1], [0.333333, 0.333333, 0.166667, 0.166667]],
  ] as [string, number[], number[]][])('goes the whole way by the levels of %s', (_, levels, rewards) => {
    const values = VALUE_NAMES.slice(0, levels.length);
    const movers = values.map((value, i) => ({ value, levels: levels[i]! }));
    const task = { ...student, hidden: { ...student.hidden, movers, hated: [] } };
    const { judgements } = playByHand(
      persuade,
      task,
      values.map((value) => `answer ${argumentFor(value)}`),
    );
    expect(judgements.map((j) => j.reward)).toEqual(rewards);
    expect(judgements.map((j) => j.success)).toEqual(levels.map((_, i) => i === levels.length - 1));
  });
  it('an annoying argument that was not heard annoys nobody', () => {
    const episode = start();
    episode.act(say(F));
    expect(episode.act(say(W), false).situation.stance).toBe(3);
    expect(episode.act(say(M)).situation.stance).toBe(5);
  });
  it('treats every operation as an utterance', () => {
    for (const choice of ['action', 'search', 'answer'] as const)
      expect(start().act({ choice, content: F }).reward).toBe(0.5);
  });
  it('an argument that was not heard can be made again', () => {
    const episode = start();
    expect(episode.act(say(F), false)).toMatchObject({ reward: 0, situation: { kind: 'not-heard' } });
    expect(episode.act(say(F)).reward).toBe(0.5);
  });
  it('tells what it cares about, strongest first, as long as it was not argued for', () => {
    const episode = start(99);
    const told = () => episode.act(say(ASK)).situation.value;
    expect([told(), told()]).toEqual(['fun', 'fun']);
    episode.act(say(F));
    expect(told()).toBe('money');
    episode.act(say(S));
    expect(told()).toBe('money');
    episode.act(say(W));
    episode.act(say(M));
    const { situation } = episode.act(say(ASK));
    expect(situation).toMatchObject({ kind: 'tells', value: null, stance: 5 });
    for (const manner of MANNERS)
      expect(persuadeWording.word(student, situation, manner, new Random(1))).toMatch(/all/);
  });
  it.each([
    [0, 3],
    [1, 2],
    [3, 0],
  ])('with a backlash of %d an annoyed user goes from level 3 to %d', (backlash, stance) => {
    const episode = createPersuade({ backlash }).reset(student, { seed: 0, maxTurns: 9 });
    episode.act(say(F));
    expect(episode.act(say(W)).situation.stance).toBe(stance);
  });
  it('shows what is hidden, by weight', () => {
    const episode = start();
    episode.act(say(M));
    expect(episode.hiddenFacts()).toEqual([
      { label: 'fun', value: 'moves 3', weight: 0.5, found: false },
      { label: 'money', value: 'moves 2', weight: 2 / 6, found: true },
      { label: 'sleep', value: 'moves 1', weight: 1 / 6, found: false },
      { label: 'work', value: 'moves back 1', weight: 0, found: false },
      { label: 'stance', value: 'partly agree', weight: 0, found: true },
    ]);
    episode.act(say(W));
    expect(episode.hiddenFacts().slice(3)).toEqual([
      { label: 'work', value: 'moves back 1', weight: 0, found: true },
      { label: 'stance', value: 'agree', weight: 0, found: true },
    ]);
  });
  it('knows the most that can be earned', () => {
    const backwards = { ...student.hidden, movers: [...student.hidden.movers].reverse() };
    for (const hidden of [student.hidden, backwards])
      expect([0, 1, 2, 3, 4].map((turns) => maximumReturn(hidden, turns))).toEqual([0, 0.5, 0.833333, 1, 1]);
  });
});

describe('the judge', () => {
  it('knows every argument and every question', () => {
    for (const value of VALUE_NAMES) {
      expect(readUtterance(argumentFor(value))).toEqual({ kind: 'argues', value });
      expect(readUtterance(askAbout(value))).toEqual({ kind: 'asks', value });
    }
    expect(readUtterance(ASK)).toEqual({ kind: 'asks', value: null });
  });
  it.each([
    ['What matters most to you?', { kind: 'asks', value: null }],
    ['tell me what is important to you', { kind: 'asks', value: null }],
    ['And your family, does it matter to you?', { kind: 'asks', value: 'family' }],
    ['Is your family important to you?', { kind: 'asks', value: 'family' }],
    ["You couldn't work at all", { kind: 'argues', value: 'work' }],
    ['Would that not be terribly loud?', { kind: 'argues', value: 'quiet' }],
    ['your kids will hate it', { kind: 'argues', value: 'family' }],
    ['you should care about your health', { kind: 'argues', value: 'health' }],
    ['It helps nobody', { kind: 'supports' }],
    ['no', { kind: 'nothing' }],
  ])('understands a person: %s', (text, expected) => {
    expect(readUtterance(text)).toEqual(expected);
  });
});

describe('the tasks', () => {
  const { train, test } = persuade.tasks;
  it('have test users moved by what moves no training user', () => {
    expect([train.length, test.length]).toEqual([432, 72]);
    const trained = new Set(train.map((task) => profileKey(task.hidden)));
    for (const task of test) expect(trained.has(profileKey(task.hidden))).toBe(false);
  });
  it('go the whole way, and nobody hates what they love', () => {
    for (const { hidden, opening, level } of [...train, ...test]) {
      expect(hidden.movers.reduce((sum, { levels }) => sum + levels, 0)).toBe(6);
      const values = [...hidden.movers.map(({ value }) => value), ...hidden.hated];
      expect(new Set(values).size).toBe(values.length);
      expect(opening).toContain(hidden.claim);
      for (const value of values)
        expect(` ${opening} `.includes(` ${value} `)).toBe(level === 'easy' && hidden.told.includes(value));
    }
  });
  it('make persons like themselves', () => {
    const moved = train.flatMap(({ hidden }) =>
      hidden.movers.map(({ value }) =>
        (PERSONAS[hidden.persona].likes as readonly ValueName[]).includes(value),
      ),
    );
    expect(moved.filter(Boolean).length / moved.length).toBeGreaterThan(0.6);
    for (const persona of PERSONA_NAMES) expect(train.some((t) => t.hidden.persona === persona)).toBe(true);
  });
});

describe('the user', () => {
  it('names no value of its own before it was spoken of or asked for', () => {
    for (const task of persuade.tasks.test) {
      const episode = persuade.reset(task, { seed: 0, maxTurns: 99 });
      const secret = task.hidden.movers
        .map(({ value }) => value)
        .filter((v) => !task.hidden.told.includes(v));
      const others = VALUE_NAMES.filter((value) => !secret.includes(value));
      const calls = [...others.map(argumentFor), ...others.map(askAbout), 'hello', 'i agree'];
      for (const content of calls) {
        if (episode.over) break;
        const { situation } = episode.act(say(content));
        for (const manner of MANNERS) {
          const reply = ` ${persuadeWording.word(task, situation, manner, new Random(3))} `;
          for (const value of secret) expect(reply).not.toContain(` ${value} `);
        }
      }
    }
  });
  it('says where it stands, whatever the argument', () => {
    for (const value of VALUE_NAMES) {
      for (const manner of MANNERS) {
        const { situation } = start().act(say(argumentFor(value)));
        const reply = persuadeWording.word(student, situation, manner, new Random(4));
        expect(reply).toMatch(new RegExp(`i (still )?${STANCES[situation.stance]} \\.`));
      }
    }
  });
});
