import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTau, tau } from '../../src/gyms/tau';
import { readToolUse, readUtterance, tells } from '../../src/gyms/tau/match';
import { isAllowed, referenceFor } from '../../src/gyms/tau/policy';
import { orderMeant, referenceOf } from '../../src/gyms/tau/rules';
import { generateTasks } from '../../src/gyms/tau/tasks';
import type { Detail, TauTask } from '../../src/gyms/tau/types';
import { LIST_WORDS, REPLY_WORDS, tauWording } from '../../src/gyms/tau/wording';
import { applyChange, SAYINGS, type Database, type Order, type WishKind } from '../../src/gyms/tau/world';
import { render } from '../../src/gyms/text';
import { Random } from '../../src/random';
import { holdsAsEveryGym, MANNERS, playByHand } from '../support/gyms';

const order = (number: number, item: Order['item'], rest: Partial<Order> = {}): Order => ({
  number,
  owner: 'anna stone',
  item,
  colour: 'red',
  price: 20,
  state: 'open',
  days: 0,
  ...rest,
});
const database: Database = [
  order(5, 'lamp'),
  order(7, 'clock', { state: 'coming', days: 3 }),
  order(9, 'bag', { state: 'came', days: 14, price: 15 }),
  order(11, 'chair', { state: 'came', days: 16 }),
  order(13, 'lamp', { owner: 'ben wood' }),
];
const task = (kind: WishKind, number: number, stated: readonly Detail[] = []): TauTask => {
  const { item } = database.find((o) => o.number === number)!;
  const wish = { kind, item, ...(kind === 'change' ? { colour: 'blue' as const } : {}) };
  const hidden = { customer: 'anna stone', wish, order: number, database, stated };
  return { id: 'by-hand', split: 'train', opening: 'hello .', hidden };
};
const cancel = task('cancel', 5);
const giveBack = task('return', 9);
const change = task('change', 5);
const ask = task('ask', 7);
const FIND = 'answer find anna stone';
const NAME = 'action what is your name ?';
const BYE = 'action goodbye .';

describe('episodes by hand', () => {
  it.each([
    [
      'as one should',
      cancel,
      [NAME, FIND, 'action which order is it ?', 'answer cancel order 5', 'action 20 euros go back to you .'],
      [0, 0, 0, 0, 1],
      'success',
    ],
    ['without looking it up', cancel, ['answer cancel order 5', 'action 20 euros'], [0, 1], 'success'],
    [
      'told first, done then',
      cancel,
      ['action you get 20 euros', 'answer cancel order 5', BYE],
      [0, 0, 1],
      'success',
    ],
    ['done and not told', cancel, ['answer cancel order 5', BYE], [0, 0], 'failure'],
    ['told and not done', cancel, ['action 20 euros go back . goodbye .'], [0], 'failure'],
    [
      'the wrong amount',
      cancel,
      ['answer cancel order 5', 'action 15 euros go back . goodbye .'],
      [0, 0],
      'failure',
    ],
    [
      "somebody else's order",
      cancel,
      ['answer cancel order 13', 'action 20 euros go back . goodbye .'],
      [0, 0],
      'failure',
    ],
    [
      'too much done',
      cancel,
      ['answer cancel order 5', 'answer return order 9', 'action 20 euros go back . goodbye .'],
      [0, 0, 0],
      'failure',
    ],
    [
      'done with the wrong tool',
      cancel,
      ['answer return order 5', 'action 20 euros go back . goodbye .'],
      [0, 0],
      'failure',
    ],
    [
      'twice is as good as once',
      cancel,
      ['answer cancel order 5', 'answer cancel order 5', 'action 20 euros'],
      [0, 0, 1],
      'success',
    ],
    [
      'reading out all numbers tells none',
      cancel,
      ['answer cancel order 5', 'action 18 19 20 21 euros'],
      [0, 0],
      'open',
    ],
    [
      'a return in time',
      giveBack,
      ['answer return order 9', 'action 15 euros go back to you .'],
      [0, 1],
      'success',
    ],
    [
      'a return too late is refused',
      task('return', 11),
      ['action sorry , it came 16 days ago .'],
      [1],
      'success',
    ],
    [
      'not refused but done',
      task('return', 11),
      ['answer return order 11', 'action 20 euros go back . goodbye .'],
      [0, 0],
      'failure',
    ],
    [
      'refused without the days',
      task('return', 11),
      ['action sorry , not possible . goodbye .'],
      [0],
      'failure',
    ],
    [
      'refused bit by bit',
      task('return', 11),
      ['action sorry .', 'action it came 16 days ago .'],
      [0, 1],
      'success',
    ],
    [
      'cancelling what comes is refused',
      task('cancel', 7),
      ['action sorry , it comes in 3 days .'],
      [1],
      'success',
    ],
    [
      'another colour',
      change,
      ['answer change order 5 to blue', 'action it is blue now .'],
      [0, 1],
      'success',
    ],
    [
      'the wrong colour',
      change,
      ['answer change order 5 to pink', 'action it is blue now . goodbye .'],
      [0, 0],
      'failure',
    ],
    [
      'changed back and right',
      change,
      ['answer change order 5 to pink', 'answer change order 5 from pink to blue', 'action blue it is'],
      [0, 0, 1],
      'success',
    ],
    ['a question answered', ask, ['action it comes in 3 days .'], [1], 'success'],
    ['a question answered wrongly', ask, ['action it comes in 4 days .', BYE], [0, 0], 'failure'],
    ['handing over is no solution', cancel, ['answer transfer'], [0], 'failure'],
    [
      'unless all was done and told',
      task('return', 11),
      ['action sorry .', 'answer transfer'],
      [0, 0],
      'failure',
    ],
    ['numbers said to a tool are not told', ask, ['answer 3', 'search 3 days', BYE], [0, 0, 0], 'failure'],
    [
      'tools in JSON',
      cancel,
      ['answer {"name":"cancel_order","arguments":{"order_id":"#5"}}', 'action You get €20 back.'],
      [0, 1],
      'success',
    ],
    [
      'the limit cuts',
      cancel,
      [NAME, NAME, NAME, NAME, NAME, NAME, NAME, 'answer cancel order 5'],
      [0, 0, 0, 0, 0, 0, 0, 0],
      'limit',
    ],
  ] as const)('%s', (_, played, calls, rewards, ending) => {
    const { judgements, over } = playByHand(tau, played, calls);
    expect(judgements.map((j) => j.reward)).toEqual(rewards);
    const { terminated, truncated, success } = judgements.at(-1)!;
    expect(success).toBe(ending === 'success');
    expect(terminated).toBe(ending === 'success' || ending === 'failure');
    expect(truncated).toBe(ending === 'limit');
    expect(over).toBe(ending !== 'open');
  });

  it('says what tools, tables and the customer make of a call', () => {
    const calls = [
      'search tools',
      'search tools',
      'search policy',
      'search lamps',
      'answer help',
      'answer cancel order',
      'answer cancel order 30',
      'answer find nobody',
      FIND,
      NAME,
      'action which colour ?',
      'action what is your name and which order is it ?',
      'action hello',
      'action is there anything else ?',
    ];
    const { judgements } = playByHand(tau, cancel, calls, 20);
    expect(judgements.map((j) => j.situation.kind)).toEqual([
      'tools',
      'tools-again',
      'policy',
      'search-hint',
      'bad-call',
      'bad-call',
      'no-such-order',
      'no-such-customer',
      'orders',
      'tells',
      'indifferent',
      'tells',
      'restates-wish',
      'restates-wish',
    ]);
    expect(judgements[11]!.situation).toMatchObject({ details: ['name', 'item'] });
    const hidden = createTau({ policyShown: false });
    expect(playByHand(hidden, cancel, ['search policy']).judgements[0]!.situation.kind).toBe('search-hint');
  });

  it('tells nothing and takes nothing in when it did not hear', () => {
    const episode = tau.reset(ask, { seed: 0, maxTurns: 3 });
    const call = { choice: 'action', content: 'it comes in 3 days .' } as const;
    expect(episode.act(call, false)).toMatchObject({ reward: 0, situation: { kind: 'not-heard' } });
    expect(episode.act(call)).toMatchObject({ reward: 1, success: true });
  });

  it('knows the fewest turns that success takes', () => {
    expect([0, 1, 2, 16].map((turns) => tau.maximumReturn(cancel, turns))).toEqual([0, 0, 1, 1]);
    expect([0, 1, 16].map((turns) => tau.maximumReturn(ask, turns))).toEqual([0, 1, 1]);
  });
});

describe('the policy', () => {
  it.each([
    ['cancel', 'open', 0, true],
    ['cancel', 'coming', 3, false],
    ['cancel', 'came', 3, false],
    ['change', 'open', 0, true],
    ['change', 'came', 1, false],
    ['return', 'open', 0, false],
    ['return', 'coming', 3, false],
    ['return', 'came', 14, true],
    ['return', 'came', 15, false],
    ['ask', 'coming', 3, true],
  ] as const)('%s of an order that is %s (%d days): %s', (kind, state, days, allowed) => {
    expect(isAllowed(kind, order(1, 'lamp', { state, days }))).toBe(allowed);
  });
  it('asks for one change and one fact where it allows, and for a reason where it does not', () => {
    expect(referenceFor({ kind: 'cancel', item: 'lamp' }, order(1, 'lamp'))).toEqual({
      change: { tool: 'cancel', order: 1 },
      facts: [{ kind: 'number', value: 20 }],
    });
    expect(referenceFor({ kind: 'change', item: 'lamp', colour: 'blue' }, order(1, 'lamp'))).toEqual({
      change: { tool: 'change', order: 1, colour: 'blue' },
      facts: [{ kind: 'colour', value: 'blue' }],
    });
    expect(
      referenceFor({ kind: 'cancel', item: 'lamp' }, order(1, 'lamp', { state: 'came', days: 4 })),
    ).toEqual({
      change: null,
      facts: [{ kind: 'refusal' }, { kind: 'number', value: 4 }],
    });
  });
  it('leaves other orders alone', () => {
    const changed = applyChange(database, { tool: 'cancel', order: 5 });
    expect(changed[0]).toEqual({ ...database[0], state: 'cancelled' });
    expect(changed.slice(1)).toEqual(database.slice(1));
  });
});

describe('reading the agent', () => {
  it.each([
    ['find anna stone', { tool: 'find', name: 'anna stone' }],
    ['Look up the orders of Anna Stone, please', { tool: 'find', name: 'anna stone' }],
    ['{"name": "find_orders", "arguments": {"name": "Anna Stone"}}', { tool: 'find', name: 'anna stone' }],
    ['cancel order 12', { tool: 'cancel', order: 12 }],
    ['Refund order #7', { tool: 'return', order: 7 }],
    ['change order 4 from red to blue', { tool: 'change', order: 4, colour: 'blue' }],
    ['change order 4 to blue , not red', { tool: 'change', order: 4, colour: 'blue' }],
    ['change order 4', null],
    ['transfer to a human', { tool: 'transfer' }],
    ['hello', null],
  ])('tool: %s', (text, use) => expect(readToolUse(text)).toEqual(use));
  it.each([
    ['Who am I talking to?', ['name']],
    ['your name please', ['name']],
    ['Which of your orders, which item is it?', ['item']],
    ['Could you tell me the order number and the new color?', ['item', 'colour']],
    ['the colour is fine now', []],
    ['thank you', []],
  ])('question: %s', (text, asks) => expect(readUtterance(text).asks).toEqual(asks));
  it('finds facts in sentences, but not in lists of numbers', () => {
    expect(tells('order 12 : 20 euros', { kind: 'number', value: 20 })).toBe(true);
    expect(tells('2 euros', { kind: 'number', value: 20 })).toBe(false);
    expect(tells('1 2 3 4', { kind: 'number', value: 2 })).toBe(false);
    expect(tells('order 12 : 20 euros in 5 days', { kind: 'number', value: 20 })).toBe(true);
    expect(tells('red blue green pink', { kind: 'colour', value: 'blue' })).toBe(false);
    expect(tells('I cannot do that', { kind: 'refusal' })).toBe(true);
    expect(tells('all is well', { kind: 'refusal' })).toBe(false);
  });
});

describe('the tasks', () => {
  const { train, test } = tau.tasks;
  it('are always the same, and know no customer of both splits', () => {
    expect(generateTasks()).toEqual({ train, test });
    const owners = (tasks: readonly TauTask[]) =>
      new Set(tasks.flatMap(({ hidden }) => hidden.database.map(({ owner }) => owner)));
    const trained = owners(train);
    expect([...owners(test)].filter((owner) => trained.has(owner))).toEqual([]);
    expect([train.length, test.length]).toEqual([1200, 48]);
  });
  it('can be told apart: one order of that item and customer, numbers unique, refusals in every kind but asking', () => {
    const allowed = { cancel: [0, 0], return: [0, 0], change: [0, 0], ask: [0, 0] };
    for (const { hidden, level } of [...train, ...test]) {
      const own = hidden.database.filter(({ owner }) => owner === hidden.customer);
      expect(own.filter(({ item }) => item === hidden.wish.item)).toEqual([orderMeant(hidden)]);
      expect(own.length).toBeGreaterThanOrEqual(level === 'hard' ? 2 : 1);
      expect(own.length).toBeLessThanOrEqual(3);
      expect(new Set(hidden.database.map(({ number }) => number)).size).toBe(hidden.database.length);
      allowed[hidden.wish.kind][isAllowed(hidden.wish.kind, orderMeant(hidden)) ? 1 : 0]! += 1;
    }
    expect(allowed.ask[0]).toBe(0);
    for (const kind of ['cancel', 'return', 'change'] as const) {
      const [refused = 0, granted = 0] = allowed[kind];
      expect(granted / (granted + refused)).toBeGreaterThan(0.6);
      expect(granted / (granted + refused)).toBeLessThan(0.8);
    }
  });
  it("never tell the customer's name, item or colour before they were asked for", () => {
    for (const played of test) {
      const { stated, customer, wish } = played.hidden;
      const calls = [
        'action hello',
        'search tools',
        'answer cancel order 0',
        'action all is well',
        'answer help',
      ];
      const { judgements } = playByHand(tau, played, calls);
      const secrets = [
        ...(stated.includes('name') ? [] : [customer]),
        ...(stated.includes('item') ? [] : [wish.item]),
        ...(stated.includes('colour') || !wish.colour ? [] : [wish.colour]),
      ];
      for (const manner of MANNERS) {
        const said = judgements.map((j) => tauWording.word(played, j.situation, manner, new Random(2)));
        for (const text of [played.opening, ...said]) {
          for (const secret of secrets) expect(` ${text} `).not.toContain(` ${secret} `);
        }
      }
    }
  });
});

holdsAsEveryGym({
  gym: tau,
  contents: ({ hidden }) => {
    const { change: wanted } = referenceOf(hidden);
    const meant = orderMeant(hidden);
    return fc.constantFrom(
      ...[
        ...Object.values(SAYINGS).map((saying) =>
          render(saying, {
            name: hidden.customer,
            number: `${meant.number}`,
            colour: hidden.wish.colour ?? 'red',
          }),
        ),
        `${meant.price} euros go back`,
        `sorry , ${meant.days} days`,
        `it is ${hidden.wish.colour ?? 'red'} now`,
        wanted ? `${wanted.tool} order ${wanted.order} to ${hidden.wish.colour ?? 'red'}` : 'tools',
        'policy',
      ],
    );
  },
  replyWords: ({ kind }) => (['orders', 'tools', 'policy'].includes(kind) ? LIST_WORDS : REPLY_WORDS),
  turnBound: () => 1,
  newWords: 52,
});
