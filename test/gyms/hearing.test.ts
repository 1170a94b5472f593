/** What a person's words mean, gym by gym; and that scripted users always mean what the rules say. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { truthIn, type Meaning } from '../../src/gyms/hearing';
import { hearingOf } from '../../src/gyms/hearings';
import { GYM_NAMES, type GymName } from '../../src/gyms/options';
import { GYMS } from '../../src/gyms/registry';
import { plainWords } from '../../src/gyms/text';
import type { Situation, Task, ToolCall } from '../../src/gyms/types';
import { Random } from '../../src/random';

/** The situation after some calls, in the first task that fits. */
function after(
  name: GymName,
  fits: (task: Task<never>) => boolean,
  calls: (task: Task<never>) => readonly ToolCall[],
): { readonly task: Task; readonly situation: Situation } {
  const { gym } = GYMS[name];
  const task = gym.tasks.train.find((one) => fits(one as Task<never>));
  if (!task) throw new Error('no such task');
  const episode = gym.reset(task, { seed: 1, maxTurns: 10 });
  const judged = calls(task as Task<never>).map((call) => episode.act(call));
  return { task, situation: judged.at(-1)!.situation };
}

const says = (content: string): ToolCall => ({ choice: 'action', content });
const answers = (content: string): ToolCall => ({ choice: 'answer', content });

/** Each sentence with what it means, after what was said. */
function table(
  name: GymName,
  title: string,
  place: () => { readonly task: Task; readonly situation: Situation },
  rows: readonly (readonly [string, Meaning])[],
): void {
  describe(`${name}, ${title}`, () => {
    it.each(rows)('%j %s', (text, meaning) => {
      const { task, situation } = place();
      expect(hearingOf(name).hear(task, situation, plainWords(text))).toBe(meaning);
    });
  });
}

const toy = (thing: string, material: string) => (task: Task<{ toy: { thing: string; material: string } }>) =>
  task.hidden.toy.thing === thing && task.hidden.toy.material === material;
table(
  'telepathy',
  'a glass duck, asked whether it can fly',
  () => after('telepathy', toy('duck', 'glass') as never, () => [says('can it fly ?')]),
  [
    ['Yes!', 'agrees'],
    ['yep, sure', 'agrees'],
    ['It can fly.', 'agrees'],
    ['well, I guess it can', 'agrees'],
    ['no', 'contradicts'],
    ["It can't.", 'contradicts'],
    ['not really', 'contradicts'],
    ['maybe', 'contradicts'],
    ['perhaps a little', 'contradicts'],
    ['good question', 'withholds'],
    ["I don't know", 'withholds'],
    ['i am not sure', 'withholds'],
    ['', 'withholds'],
    ['yes, it is a duck', 'gives-away'],
    ['yes, and it is made of glass', 'gives-away'],
  ],
);
table(
  'telepathy',
  'a wrong guess',
  () => after('telepathy', toy('duck', 'glass') as never, () => [answers('it is a wool duck .')]),
  [
    ['no', 'agrees'],
    ['No, not a wool duck.', 'agrees'],
    ['yes, that is it', 'contradicts'],
    ['no, but it is a duck', 'agrees'],
    ['no, it is made of glass', 'gives-away'],
  ],
);
table(
  'telepathy',
  'nothing asked',
  () => after('telepathy', toy('duck', 'glass') as never, () => [says('hello')]),
  [
    ['what do you want to know?', 'agrees'],
    ['yes', 'agrees'],
    ['it is a glass thing', 'gives-away'],
  ],
);

type Details = Task<{ missing: { aspect: string; value: string }[]; category: string }>;
const wants = (...wanted: string[]) =>
  ((task: Details) =>
    wanted.every((value) => task.hidden.missing.some((detail) => detail.value === value))) as never;
const budget = () =>
  after('intention', wants('fifty euros', 'winter'), () => [says('what is your budget ?')]);
table('intention', 'fifty euros, asked for the budget', budget, [
  ['Fifty euros.', 'agrees'],
  ['my budget is fifty euros, I think', 'agrees'],
  ['ten thousand euros', 'contradicts'],
  ['very little money', 'contradicts'],
  ['hm, hard to say', 'withholds'],
  ['why do you ask?', 'withholds'],
  ['fifty euros, and it is for winter', 'gives-away'],
  ['it is for winter', 'withholds'],
]);
table(
  'intention',
  'asked for what does not matter',
  () =>
    after(
      'intention',
      ((task: Details & { hidden: { stated: { aspect: string }[] } }) =>
        [...task.hidden.missing, ...task.hidden.stated].every(({ aspect }) => aspect !== 'brand') &&
        task.hidden.missing.some(({ value }) => value === 'winter')) as never,
      () => [says('which brand do you prefer ?')],
    ),
  [
    ["I don't care.", 'agrees'],
    ['a famous brand', 'contradicts'],
    ['no preference, but it is for winter', 'gives-away'],
  ],
);

type Turtle = Task<{ criteria: { slot: string; value: string }[] }>;
const clown = ((task: Turtle) =>
  task.hidden.criteria.some(({ value }) => value === 'clown') &&
  task.hidden.criteria.some(({ value }) => value === 'fire')) as never;
table(
  'turtle',
  'a clown, asked for an actor',
  () => after('turtle', clown, () => [says('is he an actor ?')]),
  [
    ['Maybe.', 'agrees'],
    ['almost', 'agrees'],
    ['yes', 'contradicts'],
    ['he is not', 'contradicts'],
    ['who knows', 'withholds'],
    ['almost: he is a clown', 'gives-away'],
  ],
);
table('turtle', 'a story that is half right', () => after('turtle', clown, () => [answers('a clown .')]), [
  ['He is a clown.', 'agrees'],
  ['a clown, yes, but that is not all', 'agrees'],
  ['yes', 'contradicts'],
  ['no', 'contradicts'],
  ['go on', 'withholds'],
  ['a clown, and the reason is a fire', 'gives-away'],
]);

type Persuade = Task<{ movers: { value: string; levels: number }[]; hated: string[] }>;
const careful = ((task: Persuade) =>
  task.hidden.movers[0]?.value === 'money' &&
  task.hidden.movers[0].levels === 3 &&
  task.hidden.hated[0] !== 'style') as never;
table(
  'persuade',
  'moved by money',
  () => after('persuade', careful, () => [answers('it costs too much money .')]),
  [
    ['Now I am neutral.', 'agrees'],
    ['True, I agree', 'contradicts'],
    ['I strongly agree', 'contradicts'],
    ['I strongly disagree', 'contradicts'],
    ['Partly disagree.', 'contradicts'],
    ['I did agree, but now I am neutral', 'agrees'],
    ['hm', 'withholds'],
  ],
);
table(
  'persuade',
  'asked whether it cares',
  () => after('persuade', careful, () => [answers('do you care about money ?')]),
  [
    ['yes', 'agrees'],
    ['I love money', 'agrees'],
    ['no', 'contradicts'],
    ["I don't care about money", 'contradicts'],
    ['well', 'withholds'],
  ],
);
table(
  'persuade',
  'asked what it cares about',
  () => after('persuade', careful, () => [answers('what do you care about ?')]),
  [
    ['money', 'agrees'],
    ['nothing at all', 'withholds'],
    ['style', 'contradicts'],
  ],
);

type Travel = Task<{ bookings: { aspect: string; preferences: { point: string; value: string }[] }[] }>;
const morning = ((task: Travel) =>
  task.hidden.bookings.length === 1 &&
  task.hidden.bookings[0]!.aspect === 'flight' &&
  ['morning', 'window'].every((value) =>
    task.hidden.bookings[0]!.preferences.some((one) => one.value === value),
  )) as never;
table(
  'travel',
  'asked for the time of the flight',
  () => after('travel', morning, () => [says('which time do you want for the flight ?')]),
  [
    ['in the morning', 'agrees'],
    ['I am ready very early', 'agrees'],
    ['after work', 'contradicts'],
    ['in the evening', 'contradicts'],
    ['I do not know', 'withholds'],
    ['in the morning, by the window', 'gives-away'],
  ],
);
table('travel', 'a vague question', () => after('travel', morning, () => [says('what do you like ?')]), [
  ['ask about one thing', 'agrees'],
  ['a window', 'gives-away'],
]);

type Tau = Task<{
  customer: string;
  wish: { kind: string; item: string; colour?: string };
  stated: string[];
}>;
const stranger = ((task: Tau) =>
  task.hidden.stated.length === 0 && task.hidden.wish.kind === 'change') as never;
const tau = (content: string) => () => after('tau', stranger, () => [says(content)]);
const hidden = (GYMS.tau.gym.tasks.train.find(stranger as never) as Tau).hidden;
const another = hidden.customer === 'anna stone' ? 'ben wood' : 'anna stone';
table('tau', 'asked for the name', tau('what is your name ?'), [
  [`I am ${hidden.customer}`, 'agrees'],
  [`I am ${another}`, 'contradicts'],
  ['guess', 'withholds'],
  [`${hidden.customer}, and it is the ${hidden.wish.item}`, 'gives-away'],
]);
table('tau', 'nothing asked', tau('hello'), [
  ['please help me', 'agrees'],
  [`I am ${hidden.customer}`, 'gives-away'],
]);

type Rule = Task<{ rule: { expression: { op: string; left: unknown; right: unknown } } }>;
const sum = ((task: Rule) => {
  const { op, left, right } = task.hidden.rule.expression;
  return op === '+' && left === 'a' && right === 'b';
}) as never;
table('function', 'a + b, probed with 3 1 2 2', () => after('function', sum, () => [says('3 1 2 2')]), [
  ['4', 'agrees'],
  ['3 1 2 2 gives 4.', 'agrees'],
  ['it gives 5', 'contradicts'],
  ['-4', 'contradicts'],
  ['14', 'contradicts'],
  ['no idea', 'withholds'],
]);
table('function', 'a large sum', () => after('function', sum, () => [says('30 30 1 1')]), [
  ['60', 'agrees'],
  ['6', 'contradicts'],
  ['61', 'contradicts'],
]);
table('function', 'a wrong answer', () => after('function', sum, () => [answers('- 3')]), [
  ['no', 'agrees'],
  ['right', 'contradicts'],
  ['not right', 'agrees'],
]);

describe('every gym', () => {
  /** What may happen in a task: what the demonstrators do, and nonsense. */
  function situations(name: GymName, count: number): { task: Task; situation: Situation }[] {
    const { gym } = GYMS[name];
    return gym.tasks.train.slice(0, count).flatMap((task, i) =>
      (['random', 'noisy', 'oracle'] as const).flatMap((kind) => {
        const episode = gym.reset(task, { seed: i, maxTurns: 8 });
        const player = gym.demonstrator(kind, task, episode, { seed: i });
        const met: { task: Task; situation: Situation }[] = [];
        while (!episode.over) {
          const nonsense = [says('hello hello'), answers('hello')][met.length - 3];
          const call = nonsense ?? player.next();
          if (!call) break;
          const { situation, terminated } = episode.act(call);
          if (!terminated) met.push({ task, situation });
        }
        return met;
      }),
    );
  }

  it.each(GYM_NAMES)('hears from a scripted user of %s what the rules say', (name) => {
    const { hear, asksPerson, explain, role } = hearingOf(name);
    const kinds = new Set<string>();
    const odd: string[] = [];
    for (const [i, { task, situation }] of situations(name, 60).entries()) {
      kinds.add(situation.kind);
      expect(explain(situation)).toMatch(/^[A-Z].*\.$/);
      expect(role(task)).toMatch(/^(You|Nobody).*\.$/);
      if (!asksPerson(situation)) continue;
      for (const manner of ['helpful', 'plain', 'terse', 'noisy'] as const) {
        const text = GYMS[name].wording.word(task, situation, manner, new Random(i));
        // Spelled as everything is, already.
        expect(plainWords(text)).toBe(text);
        const meaning = hear(task, situation, text);
        // A terse or noisy user may say too little, a helpful one hints; none of them says what is not so.
        const allowed = manner === 'plain' ? ['agrees'] : ['agrees', 'withholds'];
        if (!allowed.includes(meaning)) odd.push(`${manner} ${situation.kind} ${meaning}: ${text}`);
      }
    }
    expect(odd).toEqual([]);
    expect(kinds.size).toBeGreaterThan(3);
  });
});

describe('yes, no and maybe', () => {
  it.each([
    ['no , sorry', 'no'],
    ['as i said , yes , it can', 'yes'],
    ['that is not right', 'no'],
    ['hmm', null],
    ['i do not understand', null],
  ] as const)('%j is %s', (text, truth) => expect(truthIn(text)).toBe(truth));
});

describe('what a person types', () => {
  it.each([
    ["It's in the centre, isn't it?", 'it is in the centre , is not it ?'],
    ["I won't; I can't!", 'i will not . i can not .'],
    ['  Café   Olé ', 'cafe ole'],
    ['well-known: 3.5 or -7', 'well known : 3 . 5 or - 7'],
    ['30, 31 and 007', '30 , 3 1 and 7'],
    ['€20 <end> [action]', 'euros 20 end action'],
    ['😀', ''],
  ])('%j becomes %j', (typed, words) => expect(plainWords(typed)).toBe(words));

  it('is spelled once and for all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (typed) => {
        const words = plainWords(typed);
        expect(plainWords(words)).toBe(words);
        expect(words).not.toMatch(/^\s|\s$|\s\s|[<>]/);
      }),
      { numRuns: 2000 },
    );
  });
});
