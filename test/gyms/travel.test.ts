import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTravel, travel } from '../../src/gyms/travel';
import { readAnswer, readQuery, readQuestion } from '../../src/gyms/travel/match';
import { bestOption, gradeOf } from '../../src/gyms/travel/rules';
import { generateTasks, hiddenKey, TASKS_PER_LEVEL } from '../../src/gyms/travel/tasks';
import type { Preference, TravelSituation } from '../../src/gyms/travel/types';
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
import type { Manner } from '../../src/gyms/wording';
import { Random } from '../../src/random';
import { holdsAsEveryGym, MANNERS, playByHand } from '../support/gyms';
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
    expect(readAnswer('instead of the hotel take flight 2', undefined)).toEqual([
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
      'search flight for rome on friday',
      'search car',
      'answer the best',
      'action',
    ];
    for (const played of test) {
      const indifferent = played.hidden.bookings.flatMap(({ aspect, preferences }) =>
        pointsOf(aspect)
          .filter((point) => preferences.every((p) => p.point !== point))
          .map((point) => `action ${questionFor(aspect, point)}`),
      );
      const calls = [...indifferent, ...silent];
      const { judgements } = playByHand(createTravel({ elicitationInterval: 99 }), played, calls, 20);
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

describe('the traveller', () => {
  it('names the value of a wish when helpful, and only hints at it otherwise', () => {
    const played = travel.tasks.test[0]!;
    for (const point of POINT_NAMES) {
      for (const value of valuesOf(point)) {
        const situation: TravelSituation = {
          kind: 'preference',
          preference: { aspect: 'hotel', point, value },
        };
        for (let seed = 0; seed < 10; seed++) {
          const say = (manner: Manner) =>
            ` ${travelWording.word(played, situation, manner, new Random(seed))} `;
          expect(say('helpful')).toContain(` so ${value} `);
          for (const manner of ['plain', 'terse', 'noisy'] as const)
            expect(say(manner)).not.toContain(` ${value} `);
        }
      }
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
        ...bookings.flatMap(({ aspect }) => [
          `${aspect} for ${city} on ${day}`,
          ...[1, 2, 3, 4].map((number) => `${aspect} ${number}`),
          ...pointsOf(aspect).map((point) => questionFor(aspect, point)),
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
