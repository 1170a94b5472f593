/** The hidden rules: small arithmetic over four numbers a, b, c and d. */
import { LARGEST_NUMBER } from '../numbers';

export const LETTERS = ['a', 'b', 'c', 'd'] as const;
export type Letter = (typeof LETTERS)[number];
export type Quad = readonly [number, number, number, number];

export type Expression =
  | Letter
  | number
  | {
      readonly op: '+' | '-' | '*' | '/';
      readonly left: Expression;
      readonly right: Expression;
    };

const of = (left: Expression, op: '+' | '-' | '*' | '/', right: Expression): Expression => ({
  op,
  left,
  right,
});

/** `NaN` or infinite where a division has no result. */
export function evaluate(expression: Expression, numbers: Quad): number {
  if (typeof expression === 'number') return expression;
  if (typeof expression === 'string') return numbers[LETTERS.indexOf(expression)]!;
  const left = evaluate(expression.left, numbers);
  const right = evaluate(expression.right, numbers);
  switch (expression.op) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
  }
}

/** UserRL rounds what a rule returns to four decimals. */
export const roundResult = (value: number): number => Math.round(value * 1e4) / 1e4;

/** "( a + b ) * c": every sign a word of its own. */
export function ruleText(expression: Expression): string {
  if (typeof expression !== 'object') return String(expression);
  const { op, left, right } = expression;
  const sum = (part: Expression) => typeof part === 'object' && (part.op === '+' || part.op === '-');
  const side = (part: Expression) =>
    sum(part) && (op === '*' || op === '/') ? `( ${ruleText(part)} )` : ruleText(part);
  return `${side(left)} ${op} ${side(right)}`;
}

/** How many of the four numbers a rule uses: it is told in the opening, and makes the level. */
export type Uses = 1 | 2 | 3;
export interface Rule {
  readonly uses: Uses;
  readonly expression: Expression;
}

/** Every rule there is, form by form. A square is written as a product. */
export const RULE_FORMS: readonly (readonly Rule[])[] = [
  ...[1, 2, 3].map((n) => LETTERS.map((x): Rule => ({ uses: 1, expression: of(x, '+', n) }))),
  LETTERS.map((x) => ({ uses: 1, expression: of(x, '-', 1) })),
  ...[2, 3].map((n) => LETTERS.map((x): Rule => ({ uses: 1, expression: of(x, '*', n) }))),
  LETTERS.map((x) => ({ uses: 1, expression: of(x, '*', x) })),
  pairs().map(([x, y]) => ({ uses: 2, expression: of(x, '+', y) })),
  pairs().map(([x, y]) => ({ uses: 2, expression: of(x, '*', y) })),
  ordered().map(([x, y]) => ({ uses: 2, expression: of(x, '-', y) })),
  ordered().map(([x, y]) => ({ uses: 2, expression: of(x, '/', y) })),
  threes((x, y, z) => of(of(x, '+', y), '*', z)),
  threes((x, y, z) => of(of(x, '*', y), '+', z)),
  threes((x, y, z) => of(of(x, '+', y), '-', z)),
  threes((x, y, z) => of(of(x, '*', y), '-', z)),
];
export const RULES: readonly Rule[] = RULE_FORMS.flat();

function ordered(): [Letter, Letter][] {
  return LETTERS.flatMap((x) => LETTERS.filter((y) => y !== x).map((y): [Letter, Letter] => [x, y]));
}

function pairs(): [Letter, Letter][] {
  return ordered().filter(([x, y]) => x < y);
}

/** A pair in either order is the same here, then any third letter. */
function threes(form: (x: Letter, y: Letter, z: Letter) => Expression): Rule[] {
  return pairs().flatMap(([x, y]) =>
    LETTERS.filter((z) => z !== x && z !== y).map((z): Rule => ({ uses: 3, expression: form(x, y, z) })),
  );
}

/** Small numbers are one word each; larger, negative and broken ones are spelled sign by sign: "17", "4 5", "- 3", "0 . 3 3 3 3". */
export function numberWords(value: number): string {
  const rounded = roundResult(value);
  if (Number.isInteger(rounded) && rounded >= 0 && rounded <= LARGEST_NUMBER) return String(rounded);
  return [...String(rounded)].join(' ');
}

export const quadWords = (numbers: readonly number[]): string => numbers.map(numberWords).join(' ');

const DECIMAL = /-?\s?\d+(?:\.\d+)?/g;
/** As `numberWords` spells, or as people write: single digits in a row are one number. */
const SPELLED = /-?\s?(?:(?:\d{2,}|\d(?:\s\d(?!\d))*)(?:\s?\.\s?\d+(?:\s\d(?!\d))*)?|\.\d+)/g;

/** The four numbers of a probe; null unless there are exactly four. */
export function parseQuad(text: string): Quad | null {
  const [a, b, c, d, ...more] = (text.match(DECIMAL) ?? []).map((word) => Number(word.replace(/\s/g, '')));
  if (a === undefined || b === undefined || c === undefined || d === undefined || more.length > 0)
    return null;
  return [a, b, c, d];
}

/** The one number of an answer; null where there is none or more than one. Up to a colon it is working, and not read. */
export function parseNumber(text: string): number | null {
  const [word, ...more] = text.slice(text.lastIndexOf(':') + 1).match(SPELLED) ?? [];
  return word === undefined || more.length > 0 ? null : Number(word.replace(/\s/g, ''));
}
