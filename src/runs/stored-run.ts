/**
 * A run as it is kept between visits, exported and imported: what it was made with, where, and its curves. Nothing
 * is believed of a record that was read: it goes through `parseStoredRun`.
 */
import * as v from 'valibot';
import type { DeviceReport } from '../kernels/device';
import type { MetricColumns } from './columns';
import type { Baselines, EvaluationRecord, PolicyReport } from './record';
import { BASELINES, COLUMNS, count, DEVICE, EVALUATIONS, POLICY } from './schema';
import type { Settings } from './settings';
import { parseSettings } from './validate';

/** Raised when the meaning of a field changes; `MIGRATIONS` then says how an older record becomes a newer one. */
export const STORED_RUN_VERSION = 1;

/** Settings that were changed while the run went on: in force from the step after `step` on. */
export interface SettingsChange {
  readonly step: number;
  readonly settings: Partial<Settings>;
}

/** The two sides of an experiment. */
export const ARMS = ['a', 'b'] as const;
export type Arm = (typeof ARMS)[number];

export interface StoredRun {
  readonly version: typeof STORED_RUN_VERSION;
  readonly id: string;
  readonly name: string;
  readonly note: string;
  /** When it began, in UTC: 2026-01-31T12:00:00.000Z. */
  readonly when: string;
  /** Those of the first step. */
  readonly settings: Settings;
  readonly changes: readonly SettingsChange[];
  /** Supervised updates made before the first step. */
  readonly coldStart: number;
  readonly device: DeviceReport;
  readonly policy: PolicyReport;
  readonly baselines: Baselines;
  readonly curves: MetricColumns;
  readonly evaluations: readonly EvaluationRecord[];
  /** The experiment it was made in, and on which side. */
  readonly experiment: { readonly id: string; readonly arm: Arm } | null;
}

export type ParsedRun =
  { readonly ok: true; readonly run: StoredRun } | { readonly ok: false; readonly problem: string };

/** One version of a record to the next. */
export type Migration = (record: Readonly<Record<string, unknown>>) => Record<string, unknown>;
/** From which version: `1` makes a record of version 2 out of one of version 1. */
const MIGRATIONS: Readonly<Record<number, Migration>> = {};

const settings = v.pipe(
  v.record(v.string(), v.unknown()),
  v.rawTransform(({ dataset, addIssue, NEVER }): Settings => {
    const parsed = parseSettings(dataset.value);
    if (parsed.ok) return parsed.settings;
    addIssue({ message: parsed.problems.join('; ') });
    return NEVER;
  }),
);

/** What was changed must be a setting with a value in its range; the rest of the settings plays no part in that. */
const partialSettings = v.pipe(
  v.record(v.string(), v.unknown()),
  v.check(
    (input) => parseSettings(input).ok,
    ({ input }) => {
      const parsed = parseSettings(input);
      return parsed.ok ? '' : parsed.problems.join('; ');
    },
  ),
  v.transform((input) => input as Partial<Settings>),
);

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(100));
/** Runs that were kept before the gyms were noted do not name them. */
const policy = v.object({ ...POLICY.entries, gyms: v.optional(POLICY.entries.gyms, []) });
const RECORD = v.strictObject({
  version: v.literal(STORED_RUN_VERSION),
  id,
  name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(80)),
  note: v.pipe(v.string(), v.maxLength(4000)),
  when: v.pipe(v.string(), v.isoTimestamp()),
  settings,
  changes: v.array(v.strictObject({ step: count, settings: partialSettings })),
  coldStart: count,
  device: DEVICE,
  policy,
  baselines: BASELINES,
  curves: COLUMNS,
  evaluations: EVALUATIONS,
  experiment: v.nullable(v.strictObject({ id, arm: v.picklist(ARMS) })),
});

/** Reads a record of this version or an older one. What is wrong with it is one sentence: where, and what. */
export function parseStoredRun(input: unknown): ParsedRun {
  const migrated = migrate(input, STORED_RUN_VERSION, MIGRATIONS);
  if (!migrated.ok) return migrated;
  const parsed = v.safeParse(RECORD, migrated.record, { abortEarly: true });
  if (parsed.success) return { ok: true, run: parsed.output };
  const [issue] = parsed.issues;
  return { ok: false, problem: `${v.getDotPath(issue) ?? 'the record'}: ${issue.message}` };
}

type Migrated =
  | { readonly ok: true; readonly record: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly problem: string };

const VERSIONED = v.looseObject({ version: v.pipe(v.number(), v.integer(), v.minValue(1)) });

/** Brings a record up to version `to`, one version at a time. */
export function migrate(
  input: unknown,
  to: number,
  migrations: Readonly<Record<number, Migration>>,
): Migrated {
  const versioned = v.safeParse(VERSIONED, input);
  if (!versioned.success) return { ok: false, problem: 'it is no run: it has no version' };
  let record: Readonly<Record<string, unknown>> = versioned.output;
  const { version } = versioned.output;
  if (version > to)
    return {
      ok: false,
      problem: `a newer version of Turnwise wrote it (version ${version}; this one reads up to ${to}); reload the page to get that one`,
    };
  for (let from = version; from < to; from++) {
    const step = migrations[from];
    if (!step) return { ok: false, problem: `it is of version ${version}, which can no longer be read` };
    record = { ...step(record), version: from + 1 };
  }
  return { ok: true, record };
}

/** What lies in a store or a file under one id: a run, or something that cannot be read as one, as it was found. */
export type StoredEntry =
  | { readonly ok: true; readonly id: string; readonly run: StoredRun }
  | { readonly ok: false; readonly id: string; readonly problem: string; readonly raw: unknown };

export const entryOf = (id: string, raw: unknown): StoredEntry => {
  const parsed = parseStoredRun(raw);
  return parsed.ok ? { ok: true, id, run: parsed.run } : { ok: false, id, problem: parsed.problem, raw };
};
