/** Schemas of the parts that run records are made of, for whatever reads one from outside. */
import * as v from 'valibot';
import { isMetric, METRIC_NAMES, type Column, type MetricColumns } from './columns';
import type { DeviceReport } from '../kernels/device';
import type { Baselines, EvaluationRecord, PolicyReport } from './record';

export const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const finite = v.pipe(v.number(), v.finite());
export const rows = <const S extends v.GenericSchema>(schema: S) => v.pipe(v.array(schema), v.readonly());

export const DEVICE = v.object({
  device: v.picklist(['webgpu', 'wasm', 'cpu']),
  detail: v.string(),
  reason: v.string(),
}) satisfies v.GenericSchema<unknown, DeviceReport>;

export const POLICY = v.object({
  checkpoint: v.string(),
  parameters: count,
  adapterParameters: count,
  bytes: count,
  vocabulary: count,
  contextLength: count,
  gyms: rows(v.string()),
}) satisfies v.GenericSchema<unknown, PolicyReport>;

export const BASELINES = v.object({
  random: finite,
  oracle: finite,
  gyms: v.exactOptional(rows(v.object({ gym: v.string(), random: finite, oracle: finite }))),
}) satisfies v.GenericSchema<unknown, Baselines>;

export const EVALUATION = v.object({
  step: count,
  split: v.picklist(['train', 'test']),
  decoding: v.picklist(['sampled', 'greedy']),
  episodes: count,
  reward: finite,
  score: finite,
  score_ci95: finite,
  success: share,
  turns: finite,
  validity: share,
  gyms: v.exactOptional(
    rows(v.object({ gym: v.string(), episodes: count, score: finite, score_ci95: finite, success: share })),
  ),
}) satisfies v.GenericSchema<unknown, EvaluationRecord>;
export const EVALUATIONS = rows(EVALUATION);

/** Checked in one go: a schema of every number would take a phone a tenth of a second for a long run. */
const column = v.custom<Column>(
  (input) => Array.isArray(input) && input.every((item) => item === null || Number.isFinite(item)),
  'must be a list of numbers and nulls',
);

/** Columns that were not measured when the record was written are filled with nulls. */
export const COLUMNS = v.pipe(
  v.record(v.string(), column),
  v.rawTransform(({ dataset, addIssue, NEVER }): MetricColumns => {
    const given = dataset.value;
    const refused = (message: string) => {
      addIssue({ message });
      return NEVER;
    };
    const unknown = Object.keys(given).find((name) => !isMetric(name));
    if (unknown !== undefined) return refused(`has a column "${unknown}", which is no metric`);
    const { step } = given;
    if (!step) return refused('has no column "step"');
    if (!step.every((value, i) => Number.isInteger(value) && value! > (step[i - 1] ?? 0)))
      return refused('step must hold whole numbers that ascend from 1');
    const uneven = Object.entries(given).find(([, values]) => values.length !== step.length);
    if (uneven) return refused(`${uneven[0]} has ${uneven[1].length} steps where others have ${step.length}`);
    const entries = METRIC_NAMES.map((name) => [name, given[name] ?? step.map(() => null)]);
    return Object.fromEntries(entries) as MetricColumns;
  }),
);
