/** What is wrong with a table, gathered so that all of it can be mended at once. */

/** What is wrong with a table, in words: where, what, and what to do. */
export class TableError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'TableError';
  }
}

/** Most problems that are told at once: whoever reads them can only mend so many. */
const MOST_PROBLEMS = 12;

/** Collects problems, so that all of them can be mended at once. */
export class Problems {
  readonly #all: string[] = [];

  add(problem: string): void {
    if (!this.#all.includes(problem)) this.#all.push(problem);
  }

  at(row: number, column: string, problem: string): void {
    this.add(`row ${row}, column "${column}": ${problem}`);
  }

  get any(): boolean {
    return this.#all.length > 0;
  }

  /** Throws a `TableError` if there are any. */
  check(): void {
    if (!this.any) return;
    const more = this.#all.length - MOST_PROBLEMS;
    throw new TableError([
      ...this.#all.slice(0, MOST_PROBLEMS),
      ...(more > 0 ? [`and ${more} more of this sort`] : []),
    ]);
  }
}
