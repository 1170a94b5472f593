import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tau } from '../../src/gyms/tau';
import { readToolUse, readUtterance, tells } from '../../src/gyms/tau/match';
import { isAllowed, referenceFor } from '../../src/gyms/tau/policy';
import { orderMeant, referenceOf } from '../../src/gyms/tau/rules';
import { generateTasks } from '../../src/gyms/tau/tasks';
import { DETAILS, type TauTask } from '../../src/gyms/tau/types';
import { LIST_WORDS, REPLY_WORDS, tauWording } from '../../src/gyms/tau/wording';
import { applyChange, SAYINGS } from '../../src/gyms/tau/world';
import { render, splitWords } from '../../src/gyms/text';
import { Random } from '../../src/random';
import { holdsAsEveryGym, MANNERS, playByHand } from '../support/gyms';
import { database, order } from '../support/shop';

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
  secrets: ({ hidden: { customer, wish, stated } }, turns) => {
    const secret = { name: customer, item: wish.item, colour: wish.colour };
    const known = turns.flatMap(({ call, judgement: { situation } }) => [
      splitWords(call.content).join(' '),
      ...(situation.kind === 'tells' ? situation.details.map((detail) => secret[detail]) : []),
      // A table shows goods and colours, but whose they are only to whoever knows the name.
      ...(situation.kind === 'orders' ? situation.orders.flatMap(({ item, colour }) => [item, colour]) : []),
    ]);
    return DETAILS.filter((detail) => !stated.includes(detail)).flatMap((detail) => {
      const text = secret[detail];
      return text && !known.some((said) => ` ${said} `.includes(` ${text} `)) ? [text] : [];
    });
  },
  replyWords: ({ kind }) => (['orders', 'tools', 'policy'].includes(kind) ? LIST_WORDS : REPLY_WORDS),
  newWords: 52,
});
