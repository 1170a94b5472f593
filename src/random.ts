/**
 * Seeded randomness. One root seed is split by name into as many independent streams as are needed, so that
 * drawing one more number somewhere never shifts what is drawn elsewhere.
 */

/** A 32-bit mixer with good avalanche (the finaliser of MurmurHash3). */
export function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The seed of a named stream: `splitSeed(root, 'tasks', step)`. Result in [0, 2^32). */
export function splitSeed(seed: number, ...path: readonly (string | number)[]): number {
  let h = mix(seed ^ 0x9e3779b9);
  for (const part of path) {
    if (typeof part === 'number') h = mix(h ^ Math.imul(part, 0x85ebca77));
    else for (let i = 0; i < part.length; i++) h = mix(h ^ Math.imul(part.charCodeAt(i) + 1, 0xc2b2ae3d));
    // Closes the part, so that ('ab') and ('a', 'b') differ.
    h = mix(h + 0x27d4eb2f);
  }
  return h;
}

/** A stream of random numbers (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Uniform in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x100000000;
  }

  /** Uniform over 0 .. count-1. */
  int(count: number): number {
    return Math.floor(this.next() * count);
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new Error('Cannot pick from nothing');
    return items[this.int(items.length)]!;
  }

  /** A new array in random order (Fisher-Yates). */
  shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      [result[i], result[j]] = [result[j]!, result[i]!];
    }
    return result;
  }

  /** Standard normal (Box-Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }
}
