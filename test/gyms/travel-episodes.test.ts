import { describe, expect, it } from 'vitest';
import { createTravel, travel } from '../../src/gyms/travel';
import type { Booking, Option, TravelTask } from '../../src/gyms/travel/types';
import { playByHand } from '../support/gyms';

const option = (number: number, values: string, price: number): Option => ({
  number,
  values: values.split(' '),
  price,
});
/** Wants window and morning; flight 2 is best, flight 4 the dearer one that fits. */
const flight: Booking = {
  aspect: 'flight',
  preferences: [
    { aspect: 'flight', point: 'seat', value: 'window' },
    { aspect: 'flight', point: 'time', value: 'morning' },
  ],
  options: [
    option(1, 'aisle morning', 10),
    option(2, 'window morning', 15),
    option(3, 'window evening', 11),
    option(4, 'window morning', 20),
  ],
};
/** Wants quiet and low; hotel 1 is best. */
const hotel: Booking = {
  aspect: 'hotel',
  preferences: [
    { aspect: 'hotel', point: 'sound', value: 'quiet' },
    { aspect: 'hotel', point: 'floor', value: 'low' },
  ],
  options: [
    option(1, 'quiet low', 30),
    option(2, 'loud low', 12),
    option(3, 'quiet high', 13),
    option(4, 'loud low', 14),
  ],
};
const task = (...bookings: Booking[]): TravelTask => ({
  id: 'by-hand',
  split: 'train',
  opening: 'i need a flight for rome on friday .',
  hidden: { city: 'rome', day: 'friday', bookings },
});
const one = task(flight);
const two = task(flight, hotel);

const S = 'search flight for rome on friday';
const H = 'search hotel for rome on friday';
const SEAT = 'action which seat do you want for the flight ?';
const TIME = 'action which time do you want for the flight ?';
const FOOD = 'action which food do you want for the flight ?';
const SOUND = 'action which sound do you want for the hotel ?';
const FLOOR = 'action which floor do you want for the hotel ?';
const HELLO = 'action hello there';

describe('episodes by hand, with the rewards of training', () => {
  it.each([
    ['as one should', one, [S, SEAT, TIME, 'answer flight 2'], [0, 0.8, 0.8, 1], 'success'],
    ['without searching', one, [SEAT, TIME, 'answer flight 2'], [0.8, 0.8, 1], 'success'],
    ['a lucky guess', one, ['answer flight 2'], [1], 'success'],
    ['fits, but is not the cheapest', one, [SEAT, 'answer flight 4'], [0.8, 0.8], 'dead end'],
    ['does not fit', one, ['answer flight 1'], [0], 'dead end'],
    ['is not on the list', one, ['answer flight 9'], [0], 'dead end'],
    ['a number alone is enough for one aspect', one, ['answer 2'], [1], 'success'],
    ['not enough for two', two, ['answer 2'], [0], 'open'],
    [
      'one number that belongs to nothing spoils the rest',
      two,
      ['answer 2 , hotel 1', 'answer hotel 1'],
      [0, 1],
      'open',
    ],
    ['no number at all', one, ['answer the cheapest flight'], [0], 'open'],
    ['a wish pays once', one, [SEAT, SEAT], [0.8, 0], 'open'],
    [
      'a question about two points brings out one',
      one,
      [`${SEAT} and which time ?`, TIME],
      [0.8, 0.8],
      'open',
    ],
    ['no wish there', one, [FOOD], [0], 'open'],
    ['too vague', one, ['action what do you prefer ?'], [0], 'open'],
    ['the third idle utterance volunteers a wish', one, [HELLO, FOOD, HELLO, HELLO], [0, 0, 0, 0], 'open'],
    ['both in one answer', two, ['answer flight 2 , hotel 1'], [2], 'success'],
    ['one best, one wrong', two, ['answer flight 2 , hotel 3'], [1], 'dead end'],
    ['one best, one correct', two, ['answer hotel 1', 'answer flight 4'], [1, 0.8], 'dead end'],
    [
      'one after the other',
      two,
      ['answer hotel 1', SOUND, SEAT, 'answer flight 2'],
      [1, 0, 0.8, 1],
      'success',
    ],
    [
      'choosing again spoils the whole answer',
      two,
      ['answer hotel 2', 'answer hotel 1 , flight 2'],
      [0, 0],
      'open',
    ],
    ['two of a kind', one, ['answer flight 2 , flight 4'], [0], 'open'],
    ['another aspect than asked for', one, ['answer hotel 1'], [0], 'open'],
    ['the wrong city finds nothing', one, ['search flight for paris on friday'], [0], 'open'],
    [
      'free typing',
      one,
      ['action Do you like a window?', 'action When?', 'answer I take flight number 2!'],
      [0.8, 0.8, 1],
      'success',
    ],
    ['the limit cuts', one, [HELLO, S, S, S, S, S, S, SEAT], [0, 0, 0, 0, 0, 0, 0, 0.8], 'limit'],
    [
      'a question without an aspect means any',
      two,
      ['action which floor ?', 'action which seat ?'],
      [0.8, 0.8],
      'open',
    ],
    [
      'a question about the wrong aspect',
      two,
      ['action which floor do you want for the flight ?'],
      [0],
      'open',
    ],
    ['naming a value asks for its point', one, ['action do you want aisle ?'], [0.8], 'open'],
    ['a wish said by the policy is no answer', one, ['answer window morning'], [0], 'open'],
    ['prices are no choices', one, ['answer flight 2 , because it is only 15 euros'], [1], 'success'],
    [
      'two of a kind choose nothing',
      one,
      ['answer flight 2 , flight 4', 'answer flight 2'],
      [0, 1],
      'success',
    ],
    [
      'the choice is spoilt, the other aspect is not',
      two,
      ['answer hotel 2', 'answer flight 2 , hotel 1', 'answer flight 2'],
      [0, 0, 1],
      'dead end',
    ],
    ['both correct or worse', two, ['answer flight 4 , hotel 2'], [0.8], 'dead end'],
    [
      'a choice withdraws the wishes of its aspect only',
      two,
      ['answer flight 4', SEAT, TIME, SOUND],
      [0.8, 0, 0, 0.8],
      'open',
    ],
    [
      'searching and asking do not mix',
      one,
      [SEAT.replace('action', 'search'), S.replace('search', 'action')],
      [0, 0],
      'open',
    ],
    [
      'success in the last turn',
      one,
      [S, S, S, S, S, SEAT, TIME, 'answer 2'],
      [0, 0, 0, 0, 0, 0.8, 0.8, 1],
      'success',
    ],
    [
      'all there is',
      two,
      [S, H, SEAT, TIME, SOUND, FLOOR, 'answer flight 2 , hotel 1'],
      [0, 0, 0.8, 0.8, 0.8, 0.8, 2],
      'success',
    ],
  ] as const)('%s', (_, played, calls, rewards, ending) => {
    const { judgements, over } = playByHand(travel, played, calls);
    expect(judgements.map((j) => j.reward)).toEqual(rewards);
    const last = judgements.at(-1)!;
    expect(last.success).toBe(ending === 'success');
    expect(last.terminated).toBe(ending === 'success' || ending === 'dead end');
    expect(last.truncated).toBe(ending === 'limit');
    expect(over).toBe(ending !== 'open');
  });

  it.each([
    ['training', [0, 0.8, 1], 2.6],
    ['evaluation', [0.2, 0.6, 1], 2.4],
    ['library', [0.2, 0.2, 1], 1.6],
  ] as const)('pays by the table of %s', (rewards, expected, maximum) => {
    const gym = createTravel({ rewards });
    expect(playByHand(gym, one, [S, SEAT, 'answer flight 2']).judgements.map((j) => j.reward)).toEqual(
      expected,
    );
    expect(gym.maximumReturn(one, 8)).toBe(maximum);
    const [correct, wrong] = ['answer flight 4', 'answer flight 3'].map(
      (choice) => playByHand(gym, one, [choice]).judgements[0]!.reward,
    );
    expect([correct, wrong]).toEqual([0.8, 0]);
  });

  it('lists options once, fails every fifth search and says what was wrong with the others', () => {
    const calls = [
      S,
      S,
      'search flight',
      'search car for rome on friday',
      S,
      'search flight for rome or paris on friday',
      'search flight for rome on friday or monday',
    ];
    const { judgements } = playByHand(createTravel({ rewards: 'library' }), one, calls);
    expect(judgements.map((j) => j.situation.kind)).toEqual([
      'options',
      'searched-before',
      'no-match',
      'no-match',
      'backend-down',
      'no-match',
      'no-match',
    ]);
    expect(judgements.map((j) => j.reward)).toEqual([0.2, 0, 0, 0, 0, 0, 0]);
  });

  it.each([
    'search flight for paris on friday',
    'search flight for rome on monday',
    'search flight for rome',
    'search flight on friday',
    'search rome on friday',
    'search hotel for rome on friday',
    'search',
  ])('finds nothing for "%s", and counts it', (query) => {
    const { judgements } = playByHand(createTravel({ rewards: 'library' }), one, [
      ...Array<string>(4).fill(query),
      S,
      S,
    ]);
    expect(judgements.map((j) => j.situation.kind)).toEqual([
      ...Array<string>(4).fill('no-match'),
      'backend-down',
      'options',
    ]);
    expect(judgements.map((j) => j.reward)).toEqual([0, 0, 0, 0, 0, 0.2]);
  });

  it('volunteers nothing where nothing is left to tell', () => {
    const { judgements } = playByHand(travel, one, [SEAT, TIME, HELLO, HELLO, HELLO, SEAT, FOOD], 20);
    expect(judgements.slice(2).map((j) => j.situation.kind)).toEqual([
      'small-talk',
      'small-talk',
      'small-talk',
      'said-before',
      'no-preference',
    ]);
  });

  it('volunteers in the third idle utterance, then counts again; a wish resets the count', () => {
    const kinds = (calls: string[]) =>
      playByHand(travel, one, calls, 20).judgements.map((j) => j.situation.kind);
    expect(kinds([HELLO, FOOD, HELLO])).toEqual(['small-talk', 'no-preference', 'volunteered']);
    expect(kinds([HELLO, HELLO, SEAT, HELLO, HELLO, HELLO, HELLO])).toEqual([
      'small-talk',
      'small-talk',
      'preference',
      'small-talk',
      'small-talk',
      'volunteered',
      'small-talk',
    ]);
    const volunteered = playByHand(travel, one, [HELLO, HELLO, HELLO, SEAT, TIME]).judgements;
    // Volunteered wishes are spent: only the other one still pays.
    expect(volunteered.reduce((sum, j) => sum + j.reward, 0)).toBe(0.8);
  });

  it('runs on after a bad choice where asked to, as asynchronous UserRL does', () => {
    const gym = createTravel({ endWhenAllChosen: false });
    const { judgements, over } = playByHand(gym, one, ['answer flight 1', 'answer flight 2', SEAT, S]);
    expect(judgements.map((j) => j.situation.kind)).toEqual([
      'chosen',
      'chosen-before',
      'no-preference',
      'options',
    ]);
    expect(over).toBe(false);
  });

  it('spends the turn when the user did not hear', () => {
    const episode = travel.reset(one, { seed: 0, maxTurns: 2 });
    const call = { choice: 'action', content: 'which seat ?' } as const;
    expect(episode.act(call, false)).toMatchObject({ reward: 0, situation: { kind: 'not-heard' } });
    expect(episode.act(call)).toMatchObject({ reward: 0.8, truncated: true });
  });

  it('knows the most that can be earned in so many turns', () => {
    expect([1, 2, 3, 7, 16].map((turns) => travel.maximumReturn(two, turns))).toEqual([
      2, 2.8, 3.6, 5.2, 5.2,
    ]);
    expect([1, 3, 8].map((turns) => travel.maximumReturn(one, turns))).toEqual([1, 2.6, 2.6]);
  });
});
