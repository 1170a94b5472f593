/** Runs for other programs (CSV, long and wide) and for another Turnwise (JSON, which can be imported). */
import * as v from 'valibot';
import { METRIC_NAMES } from '../columns';
import { entryOf, type StoredEntry, type StoredRun } from '../stored-run';
import { csv, type Cell } from './csv';

const METRICS = METRIC_NAMES.filter((name) => name !== 'step');
const EVALUATED = ['score', 'score_ci95', 'reward', 'success', 'turns', 'validity'] as const;

/** One number a line, as plotting libraries like it: run, seed, step, metric, value. */
export function longCsv(runs: readonly StoredRun[]): string {
  return csv(longRows(runs));
}

function* longRows(runs: readonly StoredRun[]): Generator<readonly Cell[]> {
  yield ['run', 'id', 'experiment', 'arm', 'seed', 'step', 'metric', 'value'];
  for (const run of runs) {
    const { name, id, experiment, settings, curves, evaluations } = run;
    const head = [name, id, experiment?.id, experiment?.arm, settings.seed];
    for (const [i, step] of curves.step.entries()) {
      for (const metric of METRICS) {
        const value = curves[metric][i];
        if (typeof value === 'number') yield [...head, step, metric, value];
      }
    }
    for (const evaluation of evaluations) {
      for (const measure of EVALUATED)
        yield [
          ...head,
          evaluation.step,
          `${evaluation.split}/${evaluation.decoding}/${measure}`,
          evaluation[measure],
        ];
    }
  }
}

/** One step a line, with a column for every metric. Evaluations, which have steps of their own, are in the long form only. */
export function wideCsv(runs: readonly StoredRun[]): string {
  return csv(wideRows(runs));
}

function* wideRows(runs: readonly StoredRun[]): Generator<readonly Cell[]> {
  yield ['run', 'id', 'experiment', 'arm', 'seed', 'step', ...METRICS];
  for (const { name, id, experiment, settings, curves } of runs) {
    for (const [i, step] of curves.step.entries())
      yield [
        name,
        id,
        experiment?.id,
        experiment?.arm,
        settings.seed,
        step,
        ...METRICS.map((metric) => curves[metric][i]),
      ];
  }
}

const KIND = 'turnwise-runs';

/** Records that cannot be read go along as they are: an export loses nothing. */
export function runsJson(entries: readonly StoredEntry[]): string {
  const runs = entries.map((entry) => (entry.ok ? entry.run : entry.raw));
  return `${JSON.stringify({ kind: KIND, runs }, null, 1)}\n`;
}

export type ImportedRuns =
  | { readonly ok: true; readonly entries: readonly StoredEntry[] }
  | { readonly ok: false; readonly problem: string };

const FILE = v.object({ kind: v.literal(KIND), runs: v.array(v.unknown()) });
const WITH_ID = v.object({ id: v.string() });

/** Reads what `runsJson` wrote. A record that is broken is an entry with its reason; the others are read all the same. */
export function readRunsJson(text: string): ImportedRuns {
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch {
    return { ok: false, problem: 'it is not JSON. Choose a file that "Save JSON" of this page has made' };
  }
  const file = v.safeParse(FILE, input);
  if (!file.success)
    return {
      ok: false,
      problem: 'it holds no runs of Turnwise. Choose a file that "Save JSON" of this page has made',
    };
  const entries = file.output.runs.map((raw, i) => {
    const named = v.safeParse(WITH_ID, raw);
    return entryOf(named.success ? named.output.id : `number ${i + 1}`, raw);
  });
  return { ok: true, entries };
}
