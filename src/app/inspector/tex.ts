/** Numbers and coloured symbols as TeX. */

/** What a symbol stands for; each has a colour of its own (styles/tokens.css), the same wherever it is drawn. */
export type Role = 'reward' | 'credit' | 'advantage' | 'ratio' | 'kl' | 'loss';

/** A symbol or a number in the colour of its role, which Formula.svelte gives it. */
export const coloured = (role: Role, tex: string): string => `\\htmlClass{term-${role}}{${tex}}`;

/** So many significant digits, powers of ten as such. */
export function num(value: number, digits = 4): string {
  if (value === 0 || !Number.isFinite(value)) return value === 0 ? '0' : '\\text{–}';
  const [mantissa = '', exponent = '0'] = value.toExponential(digits - 1).split('e');
  const power = Number(exponent);
  if (power >= -3 && power < 6) return String(Number(value.toPrecision(digits)));
  return `${Number(mantissa)} \\cdot 10^{${power}}`;
}

/** With so many decimals, for what is compared digit by digit. */
export const decimals = (value: number, digits: number): string =>
  Number(value.toFixed(digits)) === 0 ? (0).toFixed(digits) : value.toFixed(digits);

/** A sum's next term, with the sign that belongs before it. */
export const plus = (number: string): string =>
  number.startsWith('-') ? `- ${number.slice(1)}` : `+ ${number}`;

/** In parentheses where a sign would meet another one. */
export const after = (number: string): string => (number.startsWith('-') ? `(${number})` : number);
