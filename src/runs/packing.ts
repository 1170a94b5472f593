/**
 * Records as short rows of whole numbers: how a record is written is said once, and both directions follow from it.
 * Numbers are rounded to a fixed count of decimals and written as multiples of the last one; texts, of which there
 * are few that come often, are written as their place in one table.
 */

/** What was packed cannot be read; `message` says where. */
export class PackingError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PackingError';
  }
}

/** The table of texts while it grows. */
export class Texts {
  readonly list: string[] = [];
  readonly #places = new Map<string, number>();

  placeOf(text: string): number {
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    this.list.push(text);
    this.#places.set(text, this.list.length - 1);
    return this.list.length - 1;
  }
}

/** Reads a row from its beginning to its end. */
export class Reader {
  #at = 0;

  constructor(
    readonly row: readonly number[],
    readonly texts: readonly string[],
  ) {}

  get left(): number {
    return this.row.length - this.#at;
  }

  next(): number {
    const value = this.row[this.#at++];
    if (value === undefined) throw new PackingError('a row ends too early');
    if (!Number.isSafeInteger(value))
      throw new PackingError(`a row holds ${value}, which is no whole number`);
    return value;
  }
}

export interface Packing<T> {
  readonly write: (value: T, row: number[], texts: Texts) => void;
  /** Throws a `PackingError` where the row holds no such value. */
  readonly read: (from: Reader) => T;
}

/** A number, kept to `decimals` decimals. */
export function decimal(decimals: number): Packing<number> {
  const scale = 10 ** decimals;
  return {
    write: (value, row) => {
      const scaled = Math.round(value * scale);
      if (!Number.isSafeInteger(scaled)) throw new RangeError(`${value} cannot be packed`);
      // Not -0, which JSON does not know.
      row.push(scaled === 0 ? 0 : scaled);
    },
    read: (from) => from.next() / scale,
  };
}

export const whole: Packing<number> = decimal(0);

export const text: Packing<string> = {
  write: (value, row, texts) => row.push(texts.placeOf(value)),
  read: (from) => {
    const place = from.next();
    const found = from.texts[place];
    if (found === undefined) throw new PackingError(`there is no text number ${place}`);
    return found;
  },
};

export const oneOf = <const T>(values: readonly T[]): Packing<T> => ({
  write: (value, row) => {
    const place = values.indexOf(value);
    if (place < 0) throw new RangeError(`${String(value)} is none of ${values.map(String).join(', ')}`);
    row.push(place);
  },
  read: (from) => {
    const place = from.next();
    if (!(place in values)) throw new PackingError(`there is no choice number ${place}`);
    return values[place]!;
  },
});

export const truth: Packing<boolean> = oneOf([false, true]);

export const list = <T>(item: Packing<T>): Packing<readonly T[]> => ({
  write: (values, row, texts) => {
    row.push(values.length);
    for (const value of values) item.write(value, row, texts);
  },
  read: (from) => {
    const length = from.next();
    // Every item takes a number at least, so a length beyond the row is wrong before anything is made of it.
    if (length < 0 || length > from.left)
      throw new PackingError(`a list cannot have ${length} items where ${from.left} numbers follow`);
    return Array.from({ length }, () => item.read(from));
  },
});

type Fields<T> = { readonly [K in keyof T]-?: Packing<Exclude<T[K], undefined>> };

/** A record by its fields, in the order in which they are given; those in `optional` may be missing. */
export function record<T extends object>(
  fields: Fields<T>,
  optional: readonly (keyof T & string)[] = [],
): Packing<T> {
  const names = Object.keys(fields) as (keyof T & string)[];
  return {
    write: (value, row, texts) => {
      for (const name of names) {
        const field = value[name] as Exclude<T[typeof name], undefined> | undefined;
        if (optional.includes(name)) row.push(Number(field !== undefined));
        if (field !== undefined) fields[name].write(field, row, texts);
        else if (!optional.includes(name)) throw new RangeError(`${name} is missing`);
      }
    },
    read: (from) => {
      const value: Partial<T> = {};
      for (const name of names)
        if (!optional.includes(name) || truth.read(from)) value[name] = fields[name].read(from);
      // Every field that is not optional has just been read.
      return value as T;
    },
  };
}

/** One value as a row. */
export function pack<T>(packing: Packing<T>, value: T, texts: Texts): number[] {
  const row: number[] = [];
  packing.write(value, row, texts);
  return row;
}

/** The value that a row holds, and nothing else. */
export function unpack<T>(packing: Packing<T>, row: readonly number[], texts: readonly string[]): T {
  const from = new Reader(row, texts);
  const value = packing.read(from);
  if (from.left > 0) throw new PackingError(`a row goes on for ${from.left} numbers after its end`);
  return value;
}
