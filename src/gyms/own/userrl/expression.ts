/**
 * Arithmetic over a, b, c and d, as UserRL's Function items spell it: + - * / ** (or ^), parentheses, decimal
 * numbers. Read by recursive descent and never run as code. As in Python, a power binds tighter than the sign
 * before it and goes from right to left: -a ** 2 is -(a ** 2).
 */
import { LETTERS, type Quad } from '../../function/arithmetic';

export type Formula = (numbers: Quad) => number;

/** What is wrong with a rule; `message` says where. */
export class FormulaError extends Error {}

const TOKEN = /\s*(?:(\d+\.?\d*|\.\d+)|([a-d])\b|(\*\*|[-+*/^()]))/y;
/** Deeper nesting than anybody writes; without a bound a file could exhaust the stack. */
const DEEPEST = 100;

export function parseFormula(text: string): Formula {
  const tokens = tokensOf(text);
  let at = 0;
  let depth = 0;
  const take = (...signs: readonly string[]): string | undefined => {
    const token = tokens[at];
    return token !== undefined && signs.includes(token) ? tokens[at++] : undefined;
  };
  const within = (read: () => Formula): Formula => {
    if (++depth > DEEPEST) throw new FormulaError('it is nested too deeply');
    const formula = read();
    depth--;
    return formula;
  };

  const sum = (): Formula => {
    let left = product();
    for (let sign = take('+', '-'); sign; sign = take('+', '-')) {
      const [before, right] = [left, product()];
      left = sign === '+' ? (n) => before(n) + right(n) : (n) => before(n) - right(n);
    }
    return left;
  };
  const product = (): Formula => {
    let left = signed();
    for (let sign = take('*', '/'); sign; sign = take('*', '/')) {
      const [before, right] = [left, signed()];
      left = sign === '*' ? (n) => before(n) * right(n) : (n) => before(n) / right(n);
    }
    return left;
  };
  const signed = (): Formula =>
    within(() => {
      const sign = take('+', '-');
      if (!sign) return power();
      const of = signed();
      return sign === '-' ? (n) => -of(n) : of;
    });
  const power = (): Formula => {
    const base = atom();
    if (!take('**', '^')) return base;
    const exponent = signed();
    return (n) => base(n) ** exponent(n);
  };
  const atom = (): Formula => {
    if (take('(')) {
      const inner = within(sum);
      if (!take(')')) throw new FormulaError('a ")" is missing');
      return inner;
    }
    const token = tokens[at++];
    if (token === undefined) throw new FormulaError('it ends too soon');
    const letter = LETTERS.findIndex((name) => name === token);
    if (letter >= 0) return (n) => n[letter]!;
    const value = Number(token);
    if (Number.isNaN(value)) throw new FormulaError(`"${token}" stands where a number should`);
    return () => value;
  };

  const whole = sum();
  if (at < tokens.length) throw new FormulaError(`"${tokens[at]}" stands where the rule should end`);
  return whole;
}

function tokensOf(text: string): string[] {
  const bare = text.trimEnd();
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < bare.length) {
    const from = TOKEN.lastIndex;
    const found = TOKEN.exec(bare);
    if (!found) throw new FormulaError(`"${bare.slice(from).trim()[0]}" has no place in a rule`);
    tokens.push(found[1] ?? found[2] ?? found[3]!);
  }
  return tokens;
}
