import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTravel, travel } from '../../src/gyms/travel';
import { readAnswer, readQuery, readQuestion } from '../../src/gyms/travel/match';
import { bestOption, gradeOf } from '../../src/gyms/travel/rules';
import { generateTasks, hiddenKey, TASKS_PER_LEVEL } from '../../src/gyms/travel/tasks';
import type { Booking, Option, Preference, TravelTask } from '../../src/gyms/travel/types';
import { LIST_WORDS, REPLY_WORDS, travelWording } from '../../src/gyms/travel/wording';
import {
  ASPECT_NAMES,
  POINT_NAMES,
  POINTS,
  pointsOf,
  questionFor,
  valuesOf,
  valueWords,
} from '../../src/gyms/travel/world';
import { Random } from '../../src/random';
import { holdsAsEveryGym, MANNERS, playByHand } from '../support/gyms';

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

describe('the judge', () => {
  it('knows every canonical question, value and point', () => {
    for (const aspect of ASPECT_NAMES) {
      for (const point of pointsOf(aspect)) {
        expect(readQuestion(questionFor(aspect, point))).toEqual({
          aspects: [aspect],
          points: [point],
          vague: false,
        });
      }
    }
    for (const point of POINT_NAMES) {
      for (const value of valuesOf(point))
        expect(readQuestion(`do you want ${value} ?`).points).toEqual([point]);
    }
  });
  it.each([
    ['Where would you like to sit?', ['seat']],
    ['What time of day suits you?', ['time']],
    ['Should it be near the beach, or downtown?', ['place']],
    ['how many people are you?', ['size']],
    ['When does it take place?', ['time']],
    ['Are you vegetarian?', ['food']],
    ['thank you', []],
  ])('understands a person: %s', (text, points) => {
    expect(readQuestion(text).points).toEqual(points);
  });
  it('reads queries and answers', () => {
    expect(readQuery('Rental cars in Madrid, Monday')).toEqual({
      aspect: 'car',
      cities: ['madrid'],
      days: ['monday'],
    });
    expect(readAnswer('flight 2 , hotel 3', undefined)).toEqual([
      { aspect: 'flight', number: 2 },
      { aspect: 'hotel', number: 3 },
    ]);
    expect(readAnswer('3', 'car')).toEqual([{ aspect: 'car', number: 3 }]);
    expect(readAnswer('the hotel', 'hotel')).toEqual([]);
    expect(readAnswer('I recommend flight 2, since it costs only 15 euros.', 'flight')).toEqual([
      { aspect: 'flight', number: 2 },
    ]);
    // Hedging is choosing twice.
    expect(readAnswer('flight 2 or 4', undefined)).toHaveLength(2);
    expect(readAnswer('2 or 4', undefined)).toEqual([]);
  });
});

describe('the tasks', () => {
  const { train, test } = travel.tasks;
  it('are always the same, and hide in the test what no training task hides', () => {
    expect(generateTasks()).toEqual({ train, test });
    expect([train.length, test.length]).toEqual([3 * TASKS_PER_LEVEL.train, 3 * TASKS_PER_LEVEL.test]);
    const seen = new Set(train.map(hiddenKey));
    expect(test.filter((t) => seen.has(hiddenKey(t)))).toEqual([]);
    expect(new Set(test.map(hiddenKey)).size).toBe(test.length);
  });
  it('have one best option, differ in every wish, and do not betray it by its twin', () => {
    let twinsFit = 0;
    for (const { hidden } of train) {
      for (const booking of hidden.bookings) {
        const grades = booking.options.map(({ number }) => gradeOf(booking, number));
        expect(grades.filter((grade) => grade === 'best')).toHaveLength(1);
        if (grades.includes('correct')) twinsFit += 1;
        booking.preferences.forEach((_, i) =>
          expect(new Set(booking.options.map(({ values }) => values[i])).size).toBe(2),
        );
        expect(new Set(booking.options.map(({ price }) => price)).size).toBe(4);
        expect(booking.options[bestOption(booking).number - 1]).toBe(bestOption(booking));
      }
    }
    const bookings = train.flatMap(({ hidden }) => hidden.bookings).length;
    expect(twinsFit / bookings).toBeGreaterThan(0.45);
    expect(twinsFit / bookings).toBeLessThan(0.55);
  });
  it('never say a wish before it is asked for', () => {
    const silent = [
      'action hello',
      'action what do you prefer ?',
      S,
      'search car',
      'answer the best',
      'action',
    ];
    for (const played of test) {
      const { judgements } = playByHand(createTravel({ elicitationInterval: 99 }), played, silent);
      for (const manner of MANNERS) {
        const said = judgements
          .filter(({ situation }) => situation.kind !== 'options')
          .map(({ situation }) => travelWording.word(played, situation, manner, new Random(3)));
        for (const { preferences } of played.hidden.bookings) {
          for (const { point, value } of preferences) {
            const { hints, brief } = valueWords(point, value);
            for (const text of [played.opening, ...said]) {
              for (const secret of [...hints, brief, ` ${value} `]) expect(` ${text} `).not.toContain(secret);
            }
          }
        }
      }
    }
  });
  it('have hints that name neither value of their point, each its own', () => {
    const hints = POINT_NAMES.flatMap((point) =>
      valuesOf(point).flatMap((value) => valueWords(point, value).hints.map((hint) => ({ point, hint }))),
    );
    expect(new Set(hints.map(({ hint }) => hint)).size).toBe(2 * 2 * Object.keys(POINTS).length);
    for (const { point, hint } of hints.filter(({ hint }) => !hint.startsWith('salads'))) {
      for (const value of valuesOf(point)) expect(` ${hint} `).not.toContain(` ${value} `);
    }
  });
});

/** Every way to tell a wish. */
const textsOf = ({ point, value }: Preference): string[] => {
  const { hints, brief } = valueWords(point, value);
  return [...hints, brief, `so ${value}`];
};

holdsAsEveryGym({
  gym: travel,
  contents: ({ hidden: { city, day, bookings } }) =>
    fc.constantFrom(
      ...[
        'hello',
        'what do you prefer ?',
        ...bookings.flatMap(({ aspect, preferences }) => [
          `${aspect} for ${city} on ${day}`,
          ...[1, 2, 3, 4].map((number) => `${aspect} ${number}`),
          ...preferences.map(({ point }) => questionFor(aspect, point)),
        ]),
        bookings.map((booking) => `${booking.aspect} ${bestOption(booking).number}`).join(' , '),
      ],
    ),
  secrets: ({ hidden: { bookings } }, turns) => {
    const told = turns.flatMap(({ judgement: { situation } }) =>
      situation.kind === 'preference' || situation.kind === 'volunteered'
        ? textsOf(situation.preference)
        : [],
    );
    const wishes = bookings.flatMap(({ preferences }) => preferences).flatMap(textsOf);
    return wishes.filter((text) => !told.includes(text));
  },
  replyWords: ({ kind }) => (kind === 'options' ? LIST_WORDS : REPLY_WORDS),
  turnBound: ({ hidden }) => hidden.bookings.length,
  newWords: 57,
});
