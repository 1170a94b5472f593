import { describe, expect, it } from 'vitest';
import { TurnLimitedEpisode, historyOf, roundReward } from '../../src/gyms/episode';
import { lazyTasks } from '../../src/gyms/task-set';
import { Mentions } from '../../src/gyms/mentions';
import { render, splitWords, withArticle, withinWords, wordsIn } from '../../src/gyms/text';
import { findGym } from '../../src/gyms/registry';
import { wordGym } from '../support/wordGym';
import type { Situation, ToolCall } from '../../src/gyms/types';

/** Ends well at "win" and badly at "lose"; anything else pays a tenth. */
class Toss extends TurnLimitedEpisode<Situation> {
  readonly operations = ['action'] as const;
  protected judge({ content }: ToolCall) {
    return {
      reward: content === 'lose' ? 0 : 0.1,
      success: content === 'win',
      deadEnd: content === 'lose',
      situation: { kind: content },
      events: [],
    };
  }
  protected notHeard() {
    return { kind: 'not-heard' };
  }
  hiddenFacts() {
    return [];
  }
}
const toss = (maxTurns: number) => new Toss('go', { seed: 0, maxTurns });
const say = (content: string): ToolCall => ({ choice: 'action', content });

describe('an episode of limited turns', () => {
  it.each([
    [['a', 'b'], 3, { terminated: false, truncated: false, success: false }, false],
    [['a', 'b'], 2, { terminated: false, truncated: true, success: false }, true],
    [['a', 'win'], 2, { terminated: true, truncated: false, success: true }, true],
    [['win'], 9, { terminated: true, truncated: false, success: true }, true],
    [['lose'], 9, { terminated: true, truncated: false, success: false }, true],
    [['a', 'lose'], 2, { terminated: true, truncated: false, success: false }, true],
  ])('%j of %d turns', (contents, maxTurns, ending, over) => {
    const episode = toss(maxTurns);
    const judgements = contents.map((content) => episode.act(say(content)));
    expect(judgements.at(-1)).toMatchObject(ending);
    expect([episode.over, episode.turns]).toEqual([over, contents.length]);
    if (over) expect(() => episode.act(say('a'))).toThrow(/over/);
  });
  it('spends the turn on what was not heard, and judges none of it', () => {
    const episode = toss(2);
    expect(episode.act(say('win'), false)).toMatchObject({ reward: 0, success: false, truncated: false });
    expect(episode.act(say('win'), false)).toMatchObject({ terminated: false, truncated: true });
  });
  it('remembers what was said, for those who ask', () => {
    const episode = toss(9);
    episode.act(say('a'));
    expect(historyOf(episode).map(({ call, judgement }) => [call.content, judgement.reward])).toEqual([
      ['a', 0.1],
    ]);
    const other = wordGym('yes').reset(findGym('intention').gym.tasks.train[0]!, { seed: 0, maxTurns: 2 });
    expect(() => historyOf(other)).toThrow(/history/);
  });
  it('has rewards as they are meant', () => {
    expect(roundReward(0.1 + 0.2)).toBe(0.3);
    expect(roundReward(1 / 6)).toBe(0.166667);
  });
});

describe('mentions', () => {
  const mentions = new Mentions({ dog: ['dog', 'hot dog'], cat: ['cat'], sausage: ['hot dog roll'] });
  it.each([
    ['a dog', [['dog', false]]],
    [
      'A Dog, a CAT!',
      [
        ['dog', false],
        ['cat', false],
      ],
    ],
    [
      'cat dog cat',
      [
        ['cat', false],
        ['dog', false],
      ],
    ],
    ['a hot dog roll', [['sausage', false]]],
    ['it is not a dog', [['dog', true]]],
    ["it isn't a dog", [['dog', true]]],
    ['it isn’t a dog', [['dog', true]]],
    ['no dog', [['dog', true]]],
    ['no , it is a dog', [['dog', false]]],
    [
      'not a dog but a cat',
      [
        ['dog', true],
        ['cat', false],
      ],
    ],
    ['i do not think that it would be a dog', [['dog', false]]],
    [
      'neither dog nor cat',
      [
        ['dog', true],
        ['cat', true],
      ],
    ],
    ['a dog , not a dog', [['dog', false]]],
    ['not a dog , a dog', [['dog', true]]],
    ['dogma', []],
    ['', []],
  ])('of "%s"', (text, expected) => {
    expect(mentions.in(text).map(({ name, negated }) => [name, negated])).toEqual(expected);
  });
});

describe('texts', () => {
  it('are read word by word', () => {
    expect(splitWords("Don't, 17 times!")).toEqual(['do', 'not', '17', 'times']);
  });
  it('are filled in, shortened and given articles', () => {
    expect(render('it is {colour} , {unknown}', { colour: 'red' })).toBe('it is red , unknown');
    expect(withinWords(['a b c', 'a b', 'a'], 2)).toBe('a b');
    expect(withinWords(['a b c', 'a b'], 1)).toBe('a b');
    expect([withArticle('owl'), withArticle('dog')]).toEqual(['an owl', 'a dog']);
  });
  it('give up their words, without the names in braces', () => {
    expect(wordsIn(['b a', { x: ['a {value} c .'], y: 3 }])).toEqual(['.', 'a', 'b', 'c']);
  });
});

describe('lazy tasks', () => {
  it('are made once, when first asked for', () => {
    let made = 0;
    const tasks = lazyTasks(() => {
      made += 1;
      return { train: [{ id: 'a', split: 'train', opening: '', hidden: null }], test: [] };
    });
    expect(made).toBe(0);
    expect([tasks.train.length, tasks.test.length, made]).toEqual([1, 0, 1]);
  });
});
