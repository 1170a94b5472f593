import { describe, expect, it } from 'vitest';
import { createTau, tau } from '../../src/gyms/tau';
import type { Detail, TauTask } from '../../src/gyms/tau/types';
import type { WishKind } from '../../src/gyms/tau/world';
import { playByHand } from '../support/gyms';
import { database } from '../support/shop';

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
      'handing over after all was told and done',
      cancel,
      ['action you get 20 euros', 'answer cancel order 5', 'answer transfer'],
      [0, 0, 1],
      'success',
    ],
    ['leaving at once', cancel, [BYE], [0], 'failure'],
    ['refusing what is allowed', cancel, ['action sorry , not possible . goodbye .'], [0], 'failure'],
    [
      'a needless refusal does no harm',
      cancel,
      ['action sorry , one moment .', 'answer cancel order 5', 'action 20 euros go back .'],
      [0, 0, 1],
      'success',
    ],
    [
      'three numbers still tell',
      cancel,
      ['answer cancel order 5', 'action order 5 : 1 lamp , 20 euros .'],
      [0, 1],
      'success',
    ],
    [
      'a longer number does not',
      cancel,
      ['answer cancel order 5', 'action 200 euros .', 'action 2 0 euros .'],
      [0, 0, 0],
      'open',
    ],
    [
      'the number counts wherever it stands',
      cancel,
      ['answer cancel order 5', 'action is it order 20 ?'],
      [0, 1],
      'success',
    ],
    [
      'asked and told in one breath',
      ask,
      ['action it comes in 3 days , what is your name ?'],
      [1],
      'success',
    ],
    [
      'the colour told before it is so',
      change,
      ['action it is blue now .', 'answer change order 5 to blue', 'action hello'],
      [0, 0, 1],
      'success',
    ],
    [
      'what cannot be undone',
      cancel,
      ['answer return order 5', 'answer cancel order 5', 'action 20 euros .'],
      [0, 0, 1],
      'success',
    ],
    [
      'a change of what came is refused',
      task('change', 9),
      ['action sorry , it came 14 days ago .'],
      [1],
      'success',
    ],
    [
      'a return of what is open is refused without days',
      task('return', 7),
      ['action not possible : it comes in 3 days .'],
      [1],
      'success',
    ],
    [
      'tools that lack something change nothing',
      ask,
      ['answer cancel', 'answer change order 7', 'answer cancel order 8', 'action 3 days'],
      [0, 0, 0, 1],
      'success',
    ],
    [
      'looking up others changes nothing',
      ask,
      ['answer find ben wood', 'answer find nobody', 'action 3 days'],
      [0, 0, 1],
      'success',
    ],
    [
      'the last turn counts',
      ask,
      [NAME, NAME, NAME, NAME, NAME, NAME, NAME, 'action 3 days'],
      [0, 0, 0, 0, 0, 0, 0, 1],
      'success',
    ],
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
    expect(judgements[12]!.situation).toMatchObject({ known: ['name', 'item'] });
    const hidden = createTau({ policyShown: false });
    expect(playByHand(hidden, cancel, ['search policy']).judgements[0]!.situation.kind).toBe('search-hint');
  });

  it('waits where the right thing was said but not done, and says so once', () => {
    const said = 'action you get 20 euros';
    const { judgements } = playByHand(tau, cancel, [said, said, 'action done .']);
    expect(judgements.map((j) => j.situation.kind)).toEqual(['waits', 'restates-wish', 'restates-wish']);
  });

  it('tells nothing and takes nothing in when it did not hear', () => {
    const episode = tau.reset(ask, { seed: 0, maxTurns: 3 });
    const call = { choice: 'action', content: 'it comes in 3 days .' } as const;
    expect(episode.act(call, false)).toMatchObject({ reward: 0, situation: { kind: 'not-heard' } });
    expect(episode.act(call)).toMatchObject({ reward: 1, success: true });
  });

  it('shows what is hidden, and what of it was brought out', () => {
    const episode = tau.reset(change, { seed: 0, maxTurns: 9 });
    const found = () => episode.hiddenFacts().flatMap((fact) => (fact.found ? [fact.label] : []));
    expect(episode.hiddenFacts()).toEqual([
      { label: 'name', value: 'anna stone', weight: 0, found: false },
      { label: 'item', value: 'lamp', weight: 0, found: false },
      { label: 'colour', value: 'blue', weight: 0, found: false },
      { label: 'to do', value: 'change order 5 to blue', weight: 0.5, found: false },
      { label: 'to say', value: 'blue', weight: 0.5, found: false },
    ]);
    episode.act({ choice: 'action', content: 'which colour do you want ?' });
    expect(found()).toEqual(['colour']);
    episode.act({ choice: 'answer', content: 'change order 5 to blue' });
    expect(found()).toEqual(['colour', 'to do']);
    episode.act({ choice: 'action', content: 'it is blue now' });
    expect(found()).toEqual(['colour', 'to do', 'to say']);
    const refused = tau.reset(task('return', 11), { seed: 0, maxTurns: 9 }).hiddenFacts();
    expect(refused.slice(2)).toEqual([
      { label: 'to do', value: 'nothing', weight: 0.5, found: true },
      { label: 'to say', value: 'not possible', weight: 0.25, found: false },
      { label: 'to say', value: '16', weight: 0.25, found: false },
    ]);
  });

  it('knows the fewest turns that success takes', () => {
    expect([0, 1, 2, 16].map((turns) => tau.maximumReturn(cancel, turns))).toEqual([0, 0, 1, 1]);
    expect([0, 1, 16].map((turns) => tau.maximumReturn(ask, turns))).toEqual([0, 1, 1]);
  });
});
