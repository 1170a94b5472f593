/**
 * A run as a file: what the page shows before anybody has trained anything, at any step of it. Metrics and
 * evaluations of the whole run, conversations of some of its steps, and the watched task as it went at each of those.
 *
 * The file is JSON. Metrics stand in columns, rounded; conversations are packed into rows of whole numbers
 * (packing.ts), because they are most of it.
 */
import * as v from 'valibot';
import type { DeviceReport } from '../kernels/device';
import { list, oneOf, pack, PackingError, record, decimal, text, Texts, truth, unpack } from './packing';
import type {
  Baselines,
  EvaluationRecord,
  GroupRecord,
  PolicyReport,
  RolloutRecord,
  StepMetrics,
  TokenRecord,
  TurnRecord,
} from './record';
import { BASELINES, count, DEVICE, EVALUATIONS, POLICY, rows } from './schema';
import type { Settings } from './settings';
import { parseSettings } from './validate';
import type { GymEvent, HiddenFact } from '../gyms/types';

/** Raised when files can no longer be read as they were written. */
export const RECORDING_VERSION = 1;

/** The training groups of a step that was kept. */
export interface KeptStep {
  readonly step: number;
  readonly groups: readonly GroupRecord[];
  /** How many groups the step had, of which not all may be kept. */
  readonly tasks: number;
}

/** A look at the watched tasks with the policy after `step` steps. */
export interface Look {
  readonly step: number;
  readonly groups: readonly GroupRecord[];
}

export interface Recording {
  /** Day on which it was made, as 2026-01-31. */
  readonly made: string;
  readonly settings: Settings;
  readonly device: DeviceReport;
  readonly policy: PolicyReport;
  readonly baselines: Baselines;
  /** Of every step, from the first on; NaN where the file is older than the metric. */
  readonly steps: readonly StepMetrics[];
  readonly evaluations: readonly EvaluationRecord[];
  readonly kept: readonly KeptStep[];
  readonly looks: readonly Look[];
}

/** Every metric with its decimals; significant digits would keep noise in some and lose the step in others. */
const METRICS: { readonly [K in keyof StepMetrics]-?: number } = {
  step: 0,
  reward: 4,
  score: 4,
  reward_std: 4,
  frac_reward_zero_std: 4,
  frac_all_good: 4,
  frac_all_bad: 4,
  success: 4,
  turns: 3,
  validity: 4,
  entropy: 4,
  kl: 6,
  policy_loss: 7,
  'clip_ratio/low_mean': 5,
  'clip_ratio/high_mean': 5,
  'clip_ratio/region_mean': 5,
  grad_norm: 4,
  learning_rate: 8,
  'completions/mean_length': 2,
  rollouts_with_person: 0,
  num_tokens: 0,
  step_time: 3,
  rollout_time: 3,
  train_time: 3,
  other_time: 3,
  num_tensors: 0,
  num_bytes: 0,
  peak_memory: 0,
};
const METRIC_NAMES = Object.keys(METRICS) as (keyof StepMetrics)[];

const AMOUNT = decimal(4);
const GROUP = record<GroupRecord>({
  task: text,
  mean: AMOUNT,
  std: AMOUNT,
  rollouts: list(
    record<Omit<RolloutRecord, 'withPerson'>>({
      task: text,
      opening: text,
      reward: AMOUNT,
      score: AMOUNT,
      trajectoryScore: AMOUNT,
      advantage: AMOUNT,
      success: truth,
      end: oneOf(['success', 'turn-limit', 'plain-text', 'malformed', 'context']),
      hidden: list(record<HiddenFact>({ label: text, value: text, weight: AMOUNT, found: truth })),
      turns: list(
        record<TurnRecord>(
          {
            choice: oneOf([null, 'action', 'search', 'answer']),
            content: text,
            feedback: text,
            reward: AMOUNT,
            trainingReward: AMOUNT,
            credit: AMOUNT,
            advantage: AMOUNT,
            tokens: list(record<TokenRecord>({ text, logProb: decimal(3) })),
            events: list(record<GymEvent>({ name: text, subject: text }, ['subject'])),
          },
          ['trainingReward'],
        ),
      ),
    }),
  ),
});
const GROUPS = list(GROUP);

/** Checked in one go: item by item it would take a phone a tenth of a second. */
const numbers = v.custom<readonly number[]>(
  (input) => Array.isArray(input) && input.every((item) => typeof item === 'number'),
  'Invalid type: Expected a list of numbers',
);
const FILE = v.object({
  version: v.literal(RECORDING_VERSION, `must be ${RECORDING_VERSION}; another version of Turnwise made it`),
  made: v.pipe(v.string(), v.isoDate()),
  settings: v.record(v.string(), v.unknown()),
  device: DEVICE,
  policy: POLICY,
  baselines: BASELINES,
  metrics: v.objectWithRest({ step: numbers }, numbers),
  evaluations: EVALUATIONS,
  texts: rows(v.string()),
  kept: rows(v.object({ step: count, tasks: count, groups: numbers })),
  looks: rows(v.object({ step: count, groups: numbers })),
});

/** As text for a file. */
export function writeRecording(recording: Recording): string {
  const { made, settings, device, policy, baselines, evaluations, steps } = recording;
  const texts = new Texts();
  const kept = recording.kept.map(({ step, tasks, groups }) => ({
    step,
    tasks,
    groups: pack(GROUPS, groups, texts),
  }));
  const looks = recording.looks.map(({ step, groups }) => ({ step, groups: pack(GROUPS, groups, texts) }));
  const metrics = Object.fromEntries(
    METRIC_NAMES.flatMap((name) =>
      steps.every((step) => Number.isFinite(step[name]))
        ? [[name, steps.map((step) => rounded(step[name], METRICS[name]))]]
        : [],
    ),
  );
  const file = {
    version: RECORDING_VERSION,
    made,
    settings,
    device,
    policy,
    baselines: roundedDeep(baselines),
    metrics,
    evaluations: evaluations.map(roundedDeep),
    texts: texts.list,
    kept,
    looks,
  } satisfies Record<keyof v.InferInput<typeof FILE>, unknown>;
  return JSON.stringify(file);
}

export type ParsedRecording =
  { readonly ok: true; readonly recording: Recording } | { readonly ok: false; readonly problem: string };

/**
 * Reads a file. Whatever is wrong with it is one sentence, of what and where. `pause` is waited for between its
 * parts, so that a page can stay quick to the hand meanwhile.
 */
export async function readRecording(
  source: string,
  pause: () => Promise<void> = () => Promise.resolve(),
): Promise<ParsedRecording> {
  const refused = (problem: string): ParsedRecording => ({ ok: false, problem });
  let input: unknown;
  try {
    input = JSON.parse(source);
  } catch {
    return refused('it is not JSON');
  }
  const parsed = v.safeParse(FILE, input, { abortEarly: true });
  if (!parsed.success) {
    const [issue] = parsed.issues;
    return refused(`${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
  }
  const { version: _, settings: given, texts, metrics, ...file } = parsed.output;
  const settings = parseSettings(given);
  if (!settings.ok) return refused(settings.problems.join('; '));
  const { length } = metrics.step;
  const uneven = Object.entries(metrics).find(([, column]) => column.length !== length);
  if (uneven)
    return refused(`metrics.${uneven[0]}: has ${uneven[1].length} steps where others have ${length}`);
  if (metrics.step.some((step, i) => step !== i + 1)) return refused('metrics.step: does not count from 1');
  try {
    const kept: KeptStep[] = [];
    const looks: Look[] = [];
    for (const one of file.kept) {
      await pause();
      kept.push({ ...one, groups: unpack(GROUPS, one.groups, texts) });
    }
    for (const one of file.looks) {
      await pause();
      looks.push({ ...one, groups: unpack(GROUPS, one.groups, texts) });
    }
    const steps = Array.from({ length }, (_, i) => metricsAt(metrics, i));
    return { ok: true, recording: { ...file, settings: settings.settings, steps, kept, looks } };
  } catch (error) {
    if (error instanceof PackingError) return refused(`the conversations: ${error.message}`);
    throw error;
  }
}

const metricsAt = (columns: Readonly<Record<string, readonly number[]>>, i: number): StepMetrics =>
  Object.fromEntries(METRIC_NAMES.map((name) => [name, columns[name]?.[i] ?? NaN])) as Record<
    keyof StepMetrics,
    number
  >;

function rounded(value: number, decimals: number): number {
  const result = Number(value.toFixed(decimals));
  return result === 0 ? 0 : result;
}

/** The same with every number in it kept to four decimals. */
function roundedDeep<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (_, item: unknown) => (typeof item === 'number' ? rounded(item, 4) : item)),
  ) as T;
}
