import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOwn, ownVocabulary } from '../../../src/gyms/own';
import { problemsOfTable } from '../../../src/gyms/own/check';
import { parseOwn, parseTable } from '../../../src/gyms/own/parse';
import { plainWords } from '../../../src/gyms/own/plain';
import { attributeOf } from '../../../src/gyms/own/read-things';
import { BIRDS, instruments, repairs, tableOf, tasksOf, thingsOf, VISITS } from './tables';

const problems = (text: string): string => {
  const parsed = parseOwn(text);
  return parsed.ok ? 'none' : parsed.problems.join('\n');
};

describe('which kind of table it is', () => {
  it.each([
    [BIRDS, 'things'],
    [VISITS, 'tasks'],
    ['city,is big,is old\nrome,yes,yes\noslo,maybe,no', 'things'],
    ['city\tis big\tis old\nrome\tyes\tyes\noslo\tmaybe\tno', 'things'],
    ['city;is big\nrome;x\noslo;', 'things'],
    ['help,budget,date\nplan a party,ten,friday\nfind a gift,two,sunday', 'tasks'],
    ['task,detail,value\nplan a party,budget,ten euros\nplan a party,date,friday', 'tasks'],
    ['[{"bird": "owl", "can fly": true}, {"bird": "emu", "can fly": false}]', 'things'],
    ['{"owl": {"can fly": "yes"}, "emu": {"can fly": "no"}}', 'things'],
    ['[{"task": "plan a party", "budget": "ten euros", "date": "friday"}]', 'tasks'],
    ['[{"task":"plan","details":[{"detail":"budget","importance":3,"value":"ten"}]}]', 'tasks'],
    ['[{"rule":"a+b","test_case":[1,2,3,4],"expected_result":3}]', 'userrl'],
  ])('%j is read as %s', (text, kind) => expect(tableOf(text).kind).toBe(kind));

  it('reads the same table from CSV and from JSON', () => {
    const csv = 'bird,can fly,is small\nowl,yes,maybe\nemu,no,no';
    const json = '[{"bird":"owl","can fly":true,"is small":"?"},{"bird":"emu","can fly":false}]';
    expect(tableOf(json)).toEqual(tableOf(csv));
    const wide = 'task,budget (3),date\nplan a party,ten euros,friday | sunday';
    const long =
      'task,detail,value,importance\nplan a party,budget,ten euros,3\nplan a party,date,friday | sunday,2';
    expect(tableOf(long)).toEqual(tableOf(wide));
  });

  it.each([
    ['can fly', 'can fly'],
    ['Can it fly?', 'can fly'],
    ['it can fly', 'can fly'],
    ['is red', 'is red'],
    ['red', 'is red'],
    ['has wings', 'does have wings'],
    ['Does it lay eggs?', 'does lay eggs'],
    ['are they big', 'is they big'],
  ])('%j asks %j', (heading, asked) => {
    const { verb, rest } = attributeOf(heading);
    expect(`${verb} ${rest}`).toBe(asked);
  });

  it.each([
    ['Crème-brûlée', 'creme brulee'],
    ['2.5 km', '2 . 5 km'],
    ['Straße 4b', 'strasse 4 b'],
    ["isn't", 'is not'],
    ['10:30', '10 : 30'],
    ['  a\n b ', 'a b'],
    ['!?', ''],
  ])('the plain words of %j are %j', (text, words) => expect(plainWords(text)).toBe(words));
});

describe('what is wrong is said with its place', () => {
  it.each([
    ['', 'there is nothing in it'],
    [
      'bird,can fly\nowl,yes\nemu,perhaps not',
      'row 3, column "can fly": "perhaps not" is neither yes, no nor maybe',
    ],
    ['bird,can fly\nowl,yes', 'at least two things'],
    ['bird,can fly\nowl,yes\nemu,yes', 'every thing has the same answers'],
    ['bird,can fly\nowl,yes\nowl,no', 'the thing "owl" is there twice'],
    ['bird,can fly\nowl,yes\n,no', 'row 3, column "bird": the name of the thing is missing'],
    ['bird,can fly\nowl,yes,no\nemu,no', 'row 2: "no" stands to the right of the last heading'],
    ['bird,can fly\n梟,yes\nemu,no', 'row 2, column "bird": "梟" is no Latin letter or digit'],
    ['bird,can fly\n"owl,yes\nemu,no', 'check the quotation marks'],
    ['bird\nowl\nemu', 'there is only one column'],
    ['bird,can fly,fly | can fly\nowl,yes,no\nemu,no,yes', 'is understood as'],
    ['bird,is owl\nowl,yes\nemu,no', 'is understood as'],
    ['a very long and winding heading indeed here,x\nb,yes\nc,no', 'none'],
    ['bird,is a rather long winded question about it\nowl,yes\nemu,no', 'is too long; use at most 4 words'],
    ['task,budget\n,ten', 'row 2, column "task": the task is missing'],
    ['task,budget (7)\nplan,ten', 'row 1, column 2: the importance (7) must be (1), (2) or (3)'],
    ['task,budget\nplan,ten (1) | two (2)', 'it has the importance (1) and (2); keep one'],
    ['task,budget\nplan,', 'row 2: "plan" has no details'],
    ['task,budget\nplan,one two three four five', 'is too long; use at most 4 words'],
    [
      'task,budget,money | budget\nplan,ten,two',
      '"budget" is another name of "money", but is understood as "budget"',
    ],
    [
      'bird,can fly\nowl | emu,yes\nemu,no',
      '"it is an emu ." is understood as "owl"; give the thing another name',
    ],
    ['task,budget,budget plan\nplan,ten,two', 'none'],
    ['task,budget plan,plan budget | budget plan\nplan,ten,two', '"budget plan" is another name of'],
    [
      'task,detail,value\nplan,budget,ten\nplan,budget,two',
      'row 3, column "detail": "budget" is given twice',
    ],
    ['task,detail,value,colour\nplan,budget,ten,red', 'there is no use for a column "colour"'],
    ['{"a": 1', 'it begins like JSON but is not'],
    ['{"a": 1}', 'the JSON object is no table'],
    ['[1, 2]', 'the JSON list must hold objects'],
    ['[{"task": "plan", "budget": {"a": 1}}]', 'entry 1, "budget": must be a text, a number, true or false'],
    ['{"kind": "things", "noun": "bird"}', 'attributes'],
  ])('%j: %s', (text, problem) => expect(problems(text)).toContain(problem));

  it('names every problem at once, and stops at a dozen', () => {
    const rows = Array.from({ length: 30 }, (_, i) => `bird${String.fromCharCode(97 + (i % 26))}${i},what`);
    const said = problems(['thing,can fly', ...rows].join('\n')).split('\n');
    expect(said.length).toBe(13);
    expect(said.at(-1)).toBe('and 18 more of this sort');
  });

  it('notes what works but may not be meant', () => {
    const parsed = parseOwn('bird,can fly,is alive\nowl,yes,yes\ntern,yes,yes\nemu,no,yes');
    expect(parsed.ok && parsed.notes).toEqual([
      'Every bird has the same answer to "is alive", so it is never asked.',
      'owl and tern have the same answers: only guessing tells them apart.',
    ]);
  });
});

describe('for any text at all', () => {
  const cell = fc.oneof(
    fc.string(),
    fc.constantFrom('yes', 'no', 'maybe', 'can fly', 'budget (3)', 'task', '"'),
  );
  const grid = fc
    .array(fc.array(cell, { maxLength: 5 }), { maxLength: 6 })
    .map((rows) => rows.map((row) => row.join(',')).join('\n'));
  it('says what is wrong or gives a table that can be played', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), grid, fc.json()), (text) => {
        const parsed = parseOwn(text);
        if (!parsed.ok) {
          expect(parsed.problems.length).toBeGreaterThan(0);
          return;
        }
        expect(problemsOfTable(parsed.table)).toEqual([]);
        expect(createOwn(parsed.table).tasks.train.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });

  const word = fc.stringMatching(/^[b-df-hj-np-tv-z]{6,9}$/);
  const words = (most: number) => fc.uniqueArray(word, { minLength: 2, maxLength: most });
  it('a written table of things is read as it was, as CSV and as JSON', () => {
    const table = fc
      .tuple(words(8), words(6))
      .filter(
        ([things, attributes]) =>
          new Set([...things, ...attributes]).size === things.length + attributes.length,
      )
      .chain(([things, attributes]) =>
        fc.tuple(
          fc.constant(things),
          fc.constant(attributes),
          fc.array(
            fc.array(fc.constantFrom('y', 'n', 'm'), {
              minLength: attributes.length,
              maxLength: attributes.length,
            }),
            { minLength: things.length, maxLength: things.length },
          ),
        ),
      )
      .filter(([, , cells]) => new Set(cells.map((row) => row.join(''))).size > 1);
    fc.assert(
      fc.property(table, ([things, attributes, cells]) => {
        const text = [
          ['thing', ...attributes.map((name) => `can ${name}`)].join(','),
          ...things.map((name, i) => [name, ...cells[i]!].join(',')),
        ].join('\n');
        const read = thingsOf(text);
        expect(read.things.map(({ name, is }) => [name, [...is]])).toEqual(
          things.map((name, i) => [name, cells[i]]),
        );
        expect(read.attributes.map(({ rest }) => rest)).toEqual(attributes);
        expect(tableOf(JSON.stringify(read))).toEqual(read);
      }),
      { numRuns: 200 },
    );
  });

  it('the examples survive being written down', () => {
    for (const table of [instruments(), repairs(), tasksOf(VISITS), thingsOf(BIRDS)]) {
      const again = parseTable(JSON.parse(JSON.stringify(table)));
      expect(again).toEqual({ ok: true, table, notes: [] });
      for (const one of ownVocabulary(table)) expect(one).toMatch(/^([a-z]+|\d+|[.,:?])$/);
    }
  });
});
