/** What the command line is handed as a file or as text. */
import { readFileSync } from 'node:fs';
import { parseOwn } from '../gyms/own/parse';
import type { OwnTable } from '../gyms/own/table';

/** Something on the command line cannot be used; `message` says what. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Settings from a file, or written out on the command line. Throws a `UsageError`. */
export function readJson(source: string): unknown {
  const inline = source.trimStart().startsWith('{');
  const text = inline ? source : readText(source, `The settings file "${source}" cannot be read.`);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UsageError(
      `${inline ? 'The settings are' : `"${source}" is`} not valid JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** A gym's table, as somebody wrote it. Throws a `UsageError`. */
export function readTable(path: string): OwnTable {
  const parsed = parseOwn(readText(path, `The table "${path}" cannot be read.`));
  if (parsed.ok) return parsed.table;
  const problems = parsed.problems.map((problem) => `  - ${problem}`).join('\n');
  throw new UsageError(`The table "${path}" cannot be used:\n${problems}`);
}

function readText(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new UsageError(otherwise);
  }
}

/** A whole file. Throws a `UsageError`. */
export function readBytes(path: string): ArrayBuffer {
  try {
    return new Uint8Array(readFileSync(path)).buffer;
  } catch {
    throw new UsageError(`The file "${path}" is not there or cannot be read.`);
  }
}
