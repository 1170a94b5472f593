import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSearch, search } from '../../src/gyms/search';
import { passage } from '../../src/gyms/search/corpus';
import { LIBRARY } from '../../src/gyms/search/library';
import { normaliseAnswer } from '../../src/gyms/search/rules';
import { generateTasks } from '../../src/gyms/search/tasks';
import type { SearchTask } from '../../src/gyms/search/types';
import { LIST_WORDS, REPLY_WORDS, searchWording } from '../../src/gyms/search/wording';
import {
  FACTS,
  queryFor,
  questionFor,
  RELATION_NAMES,
  SPLIT_OF,
  statementOf,
  THINGS,
} from '../../src/gyms/search/world';
import { splitWords } from '../../src/gyms/text';
import { Random } from '../../src/random';
import { holdsAsEveryGym, MANNERS, playByHand, wordCount } from '../support/gyms';

/** Who made the red bridge, and where was that person born? */
const maker = LIBRARY.factAbout('the red bridge', 'maker')!;
const birth = LIBRARY.factAbout(maker.object, 'birth')!;
const twoHops: SearchTask = {
  id: 'by-hand',
  split: 'train',
  opening: questionFor([maker, birth], new Random(0)),
  hidden: { chain: [maker, birth], answer: birth.object },
};
const oneHop: SearchTask = { ...twoHops, hidden: { chain: [maker], answer: maker.object } };
const Q = 'search red bridge made';
const Q2 = `search ${maker.object} born`;
const P = `answer ${maker.object}`;
const C = `answer ${birth.object}`;
const W = 'answer nobody at all';
const N = 'search quantum chromodynamics';
const [first = '', last = ''] = maker.object.split(' ');

describe('episodes by hand', () => {
  it.each([
    ['search, then answer', oneHop, [Q, P], [0, 1], 'success'],
    ['a lucky guess', oneHop, [P], [1], 'success'],
    ['two hops', twoHops, [Q, Q2, C], [0, 0, 1], 'success'],
    ['the object of the first hop is not the answer', twoHops, [Q, P, Q2, C], [0, 0, 0, 1], 'success'],
    ['a wrong answer costs nothing', oneHop, [W, W, P], [0, 0, 1], 'success'],
    ['searching pays nothing', oneHop, [Q, Q, Q], [0, 0, 0], 'open'],
    ['a sixth search is refused', oneHop, [Q, Q, Q, Q, Q, Q, P], [0, 0, 0, 0, 0, 0, 1], 'success'],
    ['talking is no operation here', oneHop, ['action who are you ?', P], [0, 1], 'success'],
    ['even where it is the answer', oneHop, [`action ${maker.object}`], [0], 'open'],
    ['searching for the answer is no answer', oneHop, [`search ${maker.object}`], [0], 'open'],
    [
      'capitals and full stops do not matter',
      oneHop,
      [`answer ${maker.object.toUpperCase()}.`],
      [1],
      'success',
    ],
    ['nor do the words in front', oneHop, [`answer I think it was ${maker.object}`], [1], 'success'],
    ['but words behind do', oneHop, [`answer ${maker.object} or somebody else`], [0], 'open'],
    ['spaces and other marks do not count either', oneHop, [`answer ${first}-${last}`], [1], 'success'],
    ['nor that there are none', oneHop, [`answer ${first}${last}`], [1], 'success'],
    [
      'a part of a word is not enough',
      oneHop,
      [`answer ${first}${last}s`, `answer x${first}${last}`],
      [0, 0],
      'open',
    ],
    ['nothing but lead-in', oneHop, ['answer it is the', 'answer I think that it was'], [0, 0], 'open'],
    ['a search that finds nothing counts', oneHop, [N, N, N, N, N, Q, P], [0, 0, 0, 0, 0, 0, 1], 'success'],
    [
      'answers and talk are no searches',
      oneHop,
      [W, 'action hm', W, W, W, Q, P],
      [0, 0, 0, 0, 0, 0, 1],
      'success',
    ],
    ['the question is no answer', twoHops, [`answer ${twoHops.opening}`], [0], 'open'],
    ['the subject is no answer', oneHop, ['answer the red bridge'], [0], 'open'],
    ['half a name is none', oneHop, [`answer ${first}`, `answer ${last}`], [0, 0], 'open'],
    ['nor a name turned round', oneHop, [`answer ${last} ${first}`], [0], 'open'],
    ['two names at once are no answer', oneHop, [`answer ${maker.object} and anna stone`], [0], 'open'],
    ['silence', oneHop, ['answer', 'search', 'action'], [0, 0, 0], 'open'],
    ['the limit cuts', oneHop, [W, W, W, W, W, W, W, W], [0, 0, 0, 0, 0, 0, 0, 0], 'limit'],
    ['the last turn counts', oneHop, [W, W, W, W, W, W, W, P], [0, 0, 0, 0, 0, 0, 0, 1], 'success'],
    ['a city may be named with "in"', twoHops, [`answer it is in ${birth.object} .`], [1], 'success'],
  ] as const)('%s', (_, task, calls, rewards, ending) => {
    const { judgements, over } = playByHand(search, task, calls);
    expect(judgements.map((j) => j.reward)).toEqual(rewards);
    const { terminated, truncated, success } = judgements.at(-1)!;
    expect([terminated, success]).toEqual([ending === 'success', ending === 'success']);
    expect(truncated).toBe(ending === 'limit');
    expect(over).toBe(ending !== 'open');
  });

  it('counts searches, refuses those beyond the limit, and lists no more results than asked for', () => {
    const gym = createSearch({ maxSearches: 2, resultsPerSearch: 3 });
    const { judgements } = playByHand(gym, oneHop, ['search xyz', Q, Q]);
    expect(judgements.map((j) => j.situation.kind)).toEqual(['no-results', 'results', 'searches-spent']);
    const { situation } = judgements[1]!;
    expect(situation.kind === 'results' && situation.facts.length).toBe(3);
  });
  it('has a most to earn of 1, which takes a turn', () => {
    expect([0, 1, 16].map((turns) => search.maximumReturn(twoHops, turns))).toEqual([0, 1, 1]);
  });
  it('lists five results where there are as many', () => {
    const { situation } = playByHand(search, oneHop, ['search red bridge']).judgements[0]!;
    expect(situation.kind === 'results' && situation.facts.length).toBe(5);
  });
  it('does not count a search that was not heard', () => {
    const episode = createSearch({ maxSearches: 1 }).reset(oneHop, { seed: 0, maxTurns: 4 });
    const call = { choice: 'search', content: 'red bridge made' } as const;
    expect(episode.act(call, false).situation.kind).toBe('not-heard');
    expect(episode.act(call).situation.kind).toBe('results');
    expect(episode.act(call).situation.kind).toBe('searches-spent');
  });
  it('shows which facts of the way have been read', () => {
    const episode = search.reset(twoHops, { seed: 0, maxTurns: 9 });
    episode.act({ choice: 'search', content: 'red bridge made' });
    expect(episode.hiddenFacts().map(({ value, found }) => [value, found])).toEqual([
      [maker.object, true],
      [birth.object, false],
      [birth.object, false],
    ]);
  });
});

describe('the search engine', () => {
  it('finds the fact first by the canonical query, and by the question itself', () => {
    for (const fact of FACTS) {
      expect(LIBRARY.search(queryFor(fact.subject, fact.relation), 1)).toEqual([fact]);
      for (const seed of [1, 2, 3]) {
        expect(LIBRARY.search(questionFor([fact], new Random(seed)), 1)).toEqual([fact]);
      }
    }
  });
  it.each([
    ['Who BUILT the red bridge??', maker],
    ['red bridg maker', maker],
    [`birthplace of ${maker.object}`, birth],
    [`${maker.object} profession`, LIBRARY.factAbout(maker.object, 'job')],
    [`what pet has ${maker.object}`, LIBRARY.factAbout(maker.object, 'pet')],
  ])('understands a person: %s', (query, fact) => {
    expect(LIBRARY.search(query, 5)).toContain(fact);
  });
  it('forgives a wrong letter in a long word, and not in a short one', () => {
    expect(LIBRARY.search('red markett made', 1)).toEqual([LIBRARY.factAbout('the red market', 'maker')]);
    expect(LIBRARY.search('boat', 10).every(({ object }) => object !== 'goat')).toBe(true);
  });
  it('finds nothing where there is nothing', () => {
    expect(LIBRARY.search('', 5)).toEqual([]);
    expect(LIBRARY.search('the of', 5)).toEqual([]);
    expect(LIBRARY.search('quantum chromodynamics', 5)).toEqual([]);
  });
});

describe('answers', () => {
  it.each([
    ['The Teacher', 'teacher'],
    ['  ARLEN!  ', 'arlen'],
    ['it is a goat .', 'goat'],
    ['I think that it was anna stone', 'anna stone'],
    ['the', ''],
    ['', ''],
  ])('%j is %j', (text, normal) => expect(normaliseAnswer(text)).toBe(normal));
});

describe('the library', () => {
  it('states one fact of each relation about everything, in at most 7 words', () => {
    expect(FACTS).toHaveLength(2 * 100 + 3 * 80 + 2 * 10);
    expect(new Set(FACTS.map(statementOf)).size).toBe(FACTS.length);
    for (const fact of FACTS) expect(wordCount(statementOf(fact))).toBeLessThanOrEqual(7);
    expect(new Set(FACTS.map(({ relation }) => relation)).size).toBe(RELATION_NAMES.length);
    expect(THINGS).toHaveLength(100);
  });
});

describe('the tasks', () => {
  const { train, test } = search.tasks;
  const facts = (tasks: readonly SearchTask[]) =>
    new Set(tasks.flatMap(({ hidden }) => hidden.chain.map(statementOf)));
  it('are always the same, and need in the test no fact that training needs', () => {
    expect(generateTasks()).toEqual({ train, test });
    const trained = facts(train);
    expect([...facts(test)].filter((fact) => trained.has(fact))).toEqual([]);
    expect(train).toHaveLength(720);
    expect(test).toHaveLength(48);
  });
  it('ask for one, two or three facts, each leading to the next', () => {
    for (const { hidden, level, opening } of [...train, ...test]) {
      expect(hidden.chain).toHaveLength({ easy: 1, normal: 2, hard: 3 }[level!]);
      hidden.chain.slice(1).forEach((fact, i) => expect(fact.subject).toBe(hidden.chain[i]!.object));
      expect(hidden.answer).toBe(hidden.chain.at(-1)!.object);
      expect(` ${opening} `).toContain(` ${hidden.chain[0]!.subject} `);
    }
    expect(new Set([...train, ...test].map(({ opening }) => opening)).size).toBe(768);
  });
  it('never name the answer, nor what leads to it, before it was searched for', () => {
    for (const task of test) {
      const { judgements } = playByHand(search, task, ['answer hm', 'action hi', 'search xyz']);
      for (const manner of MANNERS) {
        const said = judgements.map((j) => searchWording.word(task, j.situation, manner, new Random(1)));
        for (const { object } of task.hidden.chain) {
          for (const text of [task.opening, ...said]) expect(` ${text} `).not.toContain(` ${object} `);
        }
      }
    }
  });
  it('have no word about test people, things and cities in the corpus', () => {
    const tested = [...SPLIT_OF].filter(([name, split]) => split === 'test' && name.includes(' '));
    for (let seed = 0; seed < 3000; seed++) {
      const text = ` ${passage(new Random(seed))} `;
      for (const [name] of tested) expect(text).not.toContain(` ${name} `);
    }
  });
});

holdsAsEveryGym({
  gym: search,
  contents: ({ hidden: { chain, answer } }) =>
    fc.constantFrom(
      ...[
        answer,
        'anna stone',
        ...chain.map(({ subject, relation }) => queryFor(subject, relation)),
        ...chain.map(({ object }) => object),
      ],
    ),
  secrets: ({ hidden: { chain } }, turns) => {
    const known = turns.flatMap(({ call, judgement: { situation } }) => [
      splitWords(call.content).join(' '),
      ...(situation.kind === 'results' ? situation.facts.map(statementOf) : []),
    ]);
    const objects = chain.map(({ object }) => object);
    return objects.filter((object) => !known.some((text) => ` ${text} `.includes(` ${object} `)));
  },
  replyWords: ({ kind }) => (kind === 'results' ? LIST_WORDS : REPLY_WORDS),
  newWords: 63,
});
