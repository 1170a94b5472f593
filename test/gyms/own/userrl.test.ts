/** Items are invented, in the shape of UserRL's files. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOwn } from '../../../src/gyms/own';
import { parseOwn } from '../../../src/gyms/own/parse';
import { FormulaError, parseFormula } from '../../../src/gyms/own/userrl/expression';
import { contentWords, coverage } from '../../../src/gyms/own/userrl/overlap';
import { playDemonstrator } from '../../../src/gyms/play';
import { ScriptedUser } from '../../../src/users/scripted';
import { playByHand } from '../../support/gyms';
import { tableOf } from './tables';

const FILES = {
  function: [{ id: 'fx-9', rule: '(a - b) * c + d', test_case: [7, 2, 3, 4], expected_result: 19 }],
  intention: [
    {
      id: 'i-1',
      category: 'Events',
      task: 'Help me plan a party',
      missing_details: [
        {
          description: 'Guest count',
          importance: '3',
          inquiry: 'How many people will come?',
          options: ['10', '50'],
        },
        { description: 'Budget', importance: '2', inquiry: 'How much may it cost?', options: ['100 euros'] },
        {
          description: 'Cake flavour',
          importance: '1',
          inquiry: 'Which flavour for the cake?',
          options: ['lemon'],
        },
      ],
    },
  ],
  persuade: [{ id: 'PX1', claim: 'Offices should allow pets', argument: 'Pets lower stress at work.' }],
  search: [{ id: 'SQ-1', question: 'Capital of the country where tango was born?', answer: 'Buenos Aires' }],
  telepathy: [
    {
      id: 'e1',
      title: 'Kite',
      description: 'I am thinking of a toy.',
      goal: 'Guess the toy',
      target_entity: 'Kite - a toy flown on a long string',
      category: 'toy',
    },
  ],
  turtle: {
    '12': {
      judgment: 'Yes',
      new_title: 'The Late Train',
      new_surface: 'He missed the train and smiled.',
      new_bottom: 'The train crashed later. He survived because his alarm clock was broken.',
      evaluation: [
        { statement: 'The train crashed', score: 0.6 },
        { statement: 'His alarm clock was broken', score: 0.4 },
      ],
    },
    '13': { judgment: 'No', new_surface: 'x', new_bottom: 'y', evaluation: [] },
  },
  tau: [
    {
      id: 'retail-train-012',
      obs: 'Hi, I want to change an order.',
      info: {
        task: {
          user_id: 'mia_1',
          instruction: 'You want order 7 cancelled, and to hear the refund.',
          actions: [
            { name: 'get_order', kwargs: { order_id: '7' } },
            { name: 'cancel_order', kwargs: { order_id: '7', reason: 'no longer needed' } },
          ],
          outputs: ['54.04'],
        },
      },
    },
  ],
  travel: {
    'flight:1-1': {
      scenario: 'A trip',
      dimensions: ['flight'],
      wanted_num: 1,
      initial_description: 'I need a flight to Oslo.',
      flight: {
        preferences: [['flight', 'seat', 'wants a window', 'I like to watch the clouds.']],
        arguments: { from: 'Rome', to: 'Oslo' },
        options: {
          correct: [
            { id: 'F1', cost: 100 },
            { id: 'F2', cost: 150 },
          ],
          wrong: [{ id: 'F3', cost: 90 }],
          noise: [],
        },
        correct_ids: ['F1', 'F2'],
        best_id: 'F1',
      },
    },
  },
} as const;
type Name = keyof typeof FILES;
const NAMES = Object.keys(FILES) as Name[];
const gymOf = (name: Name) => createOwn(tableOf(JSON.stringify(FILES[name])));

/** Rewards of calls written as "answer 19", and whether the last one won. */
function played(name: Name, calls: readonly string[], maxTurns = 16) {
  const gym = gymOf(name);
  const { judgements } = playByHand(gym, gym.tasks.train[0]!, calls, maxTurns);
  return { rewards: judgements.map(({ reward }) => reward), won: judgements.at(-1)!.success };
}

describe('the files of UserRL', () => {
  it.each(NAMES)('are recognised: %s', (name) => {
    expect(tableOf(JSON.stringify(FILES[name]))).toMatchObject({ kind: 'userrl', gym: name });
  });

  it('may have one object a line', () => {
    const lines = [1, 2].map((id) => JSON.stringify({ ...FILES.search[0], id })).join('\n');
    expect(tableOf(lines)).toMatchObject({ gym: 'search', items: [{ id: 1 }, { id: 2 }] });
  });

  it('leave out what cannot be used, and say so', () => {
    const parsed = parseOwn(
      JSON.stringify([...FILES.function, { rule: 'a +', test_case: [1, 2, 3, 4], expected_result: 1 }]),
    );
    expect(parsed).toMatchObject({ ok: true, table: { items: [FILES.function[0]] } });
    expect(parsed.ok && parsed.notes).toEqual([
      '1 of 2 entries cannot be used and are left out.',
      'entry 2: rule: the rule "a +" cannot be computed: it ends too soon',
    ]);
    expect(parseOwn(JSON.stringify(FILES.turtle))).toMatchObject({ table: { items: [{ id: '12' }] } });
  });

  it('are refused with reasons where nothing can be used', () => {
    const parsed = parseOwn('[{"rule": 3, "test_case": [1]}]');
    expect(parsed.ok || parsed.problems.join('\n')).toMatch(/no entry can be used\nentry 1: rule/);
  });

  it.each(NAMES)('the oracle of %s wins all there is, within the bounds', async (name) => {
    const gym = gymOf(name);
    for (const seed of [1, 2, 3]) {
      const task = gym.tasks.train[0]!;
      const oracle = await playDemonstrator(gym, task, 'oracle', new ScriptedUser('plain'), {
        seed,
        maxTurns: 16,
      });
      expect(oracle.success).toBe(true);
      expect(oracle.reward).toBeCloseTo(gym.maximumReturn(task, 16), 6);
      for (const kind of ['random', 'noisy'] as const) {
        const other = await playDemonstrator(gym, task, kind, new ScriptedUser('noisy'), {
          seed,
          maxTurns: 16,
        });
        expect(other.reward).toBeLessThanOrEqual(gym.maximumReturn(task, 16) + 1e-9);
      }
    }
  });

  it.each<[Name, string[], number[], boolean]>([
    ['function', ['action 1 2 3 4', 'search test', 'answer 18', 'answer 19'], [0, 0, 0, 1], true],
    [
      'function',
      ['action 7 2 3 4', 'action 1 2 3', 'search what', 'answer', 'answer nineteen'],
      [0, 0, 0, 0, 0],
      false,
    ],
    [
      'intention',
      ['action How many people come?', 'action What does it cost?', 'action which cake?'],
      [1, 0.7, 0.4],
      true,
    ],
    ['intention', ['action guest count and budget?', 'action the weather?'], [0.8, 0], false],
    ['search', ['search tango', 'answer Lima', 'answer It is Buenos Aires.'], [0, 0, 1], true],
    ['search', [...Array<string>(6).fill('search tango'), 'action hello'], [0, 0, 0, 0, 0, 0, 0], false],
    ['telepathy', ['action Is it a toy?', 'answer a ball', 'answer a kite'], [0, 0, 1], true],
    [
      'turtle',
      [
        'action Was there a crash?',
        'answer The train crashed.',
        'answer A train crashed; his clock was broken, no alarm.',
      ],
      [0, 0.6, 0.4],
      true,
    ],
    ['turtle', ['answer The train crashed.', 'answer The train crashed.'], [0.6, 0], false],
    [
      'persuade',
      [
        'answer Pets in offices spread hair, fleas, noise and allergies.',
        'answer Pets in offices spread hair, fleas, noise and allergies.',
      ],
      [0.166667, 0],
      false,
    ],
    ['persuade', ['answer no', 'answer cheese melts quickly under gentle sunlight'], [0, 0], false],
    [
      'tau',
      [
        'answer {"name":"cancel_order","arguments":{"reason":"no longer needed","order_id":"7"}}',
        'answer get_order: {"order_id": "7"}',
        'action You get 54.04 back.',
      ],
      [0, 0, 1],
      true,
    ],
    [
      'tau',
      [
        'answer {"name":"cancel_order","arguments":{"order_id":"8"}}',
        'answer get_order: {"order_id":"7"}',
        'answer {"name":"cancel_order","arguments":{"reason":"no longer needed","order_id":"7"}}',
        'action 54.04',
      ],
      [0, 0, 0, 0],
      false,
    ],
    [
      'travel',
      ['search flight from Rome to Oslo', 'action Do you want a window seat?', 'answer F1'],
      [0, 0.8, 1],
      true,
    ],
    ['travel', ['answer F2', 'answer F1', 'answer 1'], [0.8, 0, 0], false],
    [
      'travel',
      ['search hotel in Oslo', 'action hello', 'action hello', 'action hello', 'answer F3'],
      [0, 0, 0, 0, 0],
      false,
    ],
  ])('%s: %j', (name, calls, rewards, won) => expect(played(name, calls)).toEqual({ rewards, won }));

  it('show a search in Travel, in the order of the ids, and fail every fifth', () => {
    const gym = gymOf('travel');
    const { judgements } = playByHand(
      gym,
      gym.tasks.train[0]!,
      Array<string>(5).fill('search flight Rome Oslo'),
    );
    const said = judgements.map(({ situation }) => (situation as unknown as { text: string }).text);
    expect(said[0]!.match(/F\d/g)).toEqual(['F1', 'F2', 'F3']);
    expect(said[4]).toMatch(/failed/);
  });
});

describe('arithmetic of a rule', () => {
  const quad = [7, 2, 3, 4] as const;
  it.each([
    ['(a - b) * c + d', 19],
    ['a ** 2 - b', 47],
    ['-a ** 2', -49],
    ['2 ** 3 ** 2', 512],
    ['a / b / 2', 1.75],
    ['a - b - c', 2],
    ['2 * -c', -6],
    ['+a^2', 49],
    ['((d))', 4],
    ['1.5 * b + .5', 3.5],
  ])('%s', (text, value) => expect(parseFormula(text)(quad)).toBe(value));
  it.each([
    '',
    'a +',
    'e',
    'a b',
    '(a',
    'a)',
    'process.exit()',
    'a ** ',
    '1..2',
    'ab',
    `${'('.repeat(500)}a`,
  ])('refuses %j', (text) => expect(() => parseFormula(text)).toThrow(FormulaError));
  it('agrees with the language it is written in, for any rule', () => {
    const leaf = fc.constantFrom('a', 'b', 'c', 'd', '2', '3.5');
    const { rule } = fc.letrec<{ rule: string }>((tie) => ({
      rule: fc.oneof(
        { maxDepth: 5 },
        leaf,
        fc
          .tuple(tie('rule'), fc.constantFrom('+', '-', '*', '/'), tie('rule'))
          .map(([l, op, r]) => `${l} ${op} ${r}`),
        tie('rule').map((inner) => `(${inner})`),
      ),
    }));
    fc.assert(
      fc.property(rule, (text) => {
        const bound = text.replace(/[a-d]/g, (letter) => String(quad['abcd'.indexOf(letter)]));
        expect(parseFormula(text)(quad)).toBe(Number(new Function(`return ${bound}`)()));
      }),
    );
  });
});

describe('overlap of words', () => {
  it.each([
    ['The train crashed', 'a train has crashed', 1],
    ['Guest count', 'how many guests', 0.5],
    ['the of and', 'anything', 0],
  ])('%j by %j: %d', (meant, said, share) => expect(coverage(meant, said)).toBe(share));
  it('counts each word once, without its ending', () =>
    expect(contentWords('Stories and the story of parties, cats')).toEqual(['stor', 'part', 'cat']));
});
