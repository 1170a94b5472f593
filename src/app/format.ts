/** How numbers are written on the page; the rules are in DESIGN.md. */

export const MINUS = '\u2212';
/** What stands where there is no number. */
export const NONE = '\u2013';

export function fixed(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const text = Math.abs(value).toFixed(digits);
  // -0.001 rounds to 0.00, which has no sign.
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** With an explicit sign; 0 has none. */
export function signed(value: number | null | undefined, digits = 2): string {
  const text = fixed(value, digits);
  return typeof value === 'number' && value > 0 && Number(text) > 0 ? `+${text}` : text;
}

export function percent(value: number | null | undefined): string {
  return value === null || value === undefined || !Number.isFinite(value)
    ? NONE
    : `${fixed(value * 100, 0)}\u00a0%`;
}

/** Up to three significant digits, however small. */
export function compact(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6) {
    const [mantissa = '', exponent = ''] = size.toExponential(1).split('e');
    const power = exponent.replace('+', '').replace('-', MINUS);
    return `${value < 0 ? MINUS : ''}${mantissa.replace(/\.0$/, '')}e${power}`;
  }
  const text = Number(size.toPrecision(3)).toString();
  return value < 0 ? MINUS + text : text;
}

/** A probability, to three significant digits. */
export const chance = (value: number): string => `${compact(value * 100)}\u00a0%`;

export function seconds(value: number): string {
  return value < 0.1 ? `${fixed(value * 1000, 0)} ms` : `${fixed(value, 1)} s`;
}

export function bytes(value: number): string {
  if (value < 1e6) return `${fixed(value / 1e3, 0)} kB`;
  return `${fixed(value / 1e6, value < 1e7 ? 1 : 0)} MB`;
}

/** Memory, which comes in powers of two. */
export function mebibytes(value: number | null | undefined): string {
  const text = fixed((value ?? NaN) / 2 ** 20, 1);
  return text === NONE ? text : `${text}\u00a0MiB`;
}

export function count(value: number): string {
  if (value < 1e4) return String(value);
  if (value < 1e6) return `${fixed(value / 1e3, 0)} k`;
  return `${fixed(value / 1e6, value < 1e7 ? 1 : 0)} M`;
}

const WORDS = [
  'no',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];
/** Small numbers in words, as running text has them. */
export function inWords(value: number): string {
  return WORDS[value] ?? String(value);
}
