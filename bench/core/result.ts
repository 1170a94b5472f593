/** What a run of the bench leaves behind: a JSON file, read back through this schema. */
import * as v from 'valibot';

const backend = v.picklist(['webgpu', 'wasm', 'cpu', 'python']);
const task = v.picklist(['train', 'sample', 'grpo']);
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const time = v.pipe(v.number(), v.finite(), v.minValue(0));

const contestant = v.object({
  id: v.string(),
  name: v.string(),
  version: v.string(),
  ours: v.boolean(),
});

const workload = v.object({
  id: v.string(),
  title: v.string(),
  layers: count,
  hidden: count,
  vocabulary: count,
  train: v.object({ batch: count, length: count }),
  sample: v.object({ batch: count, prompt: count, newTokens: count }),
});

const measurement = v.object({
  workload: v.string(),
  task,
  contestant: v.string(),
  backend,
  /** What it ran on, in its own words. */
  device: v.string(),
  parameters: count,
  note: v.optional(v.string()),
  /** Tokens of each counted step, and its milliseconds. */
  tokens: v.array(count),
  ms: v.array(time),
  /** Milliseconds of loading and setting up, and of the first step, which compiles. */
  prepareMs: time,
  firstMs: time,
  /** Loss of every step in order, the uncounted first ones included; empty where there is none. */
  losses: v.array(v.number()),
  /** GPU dispatches of the last step. */
  dispatches: count,
});

const failure = v.object({
  workload: v.string(),
  task: v.optional(task),
  contestant: v.string(),
  backend,
  reason: v.string(),
});

const check = v.object({
  workload: v.string(),
  contestant: v.string(),
  backend,
  kind: v.picklist(['loss falls', 'logits agree', 'first loss agrees']),
  passed: v.boolean(),
  detail: v.string(),
});

const limit = v.object({
  workload: v.string(),
  task,
  contestant: v.string(),
  backend,
  /** Milliseconds of the step's matrix products at the backend's best rate. */
  productMs: v.nullable(time),
  gflops: time,
  product: v.string(),
  /** Milliseconds of as many empty dispatches as the step made. */
  dispatchMs: v.nullable(time),
  dispatches: count,
});

const schema = v.object({
  format: v.literal('turnwise-bench'),
  version: v.literal(1),
  date: v.pipe(v.string(), v.isoTimestamp()),
  quick: v.boolean(),
  host: v.object({
    browser: v.string(),
    cores: count,
    isolated: v.boolean(),
    adapter: v.nullable(v.object({ name: v.string(), software: v.boolean() })),
  }),
  contestants: v.array(contestant),
  workloads: v.array(workload),
  measurements: v.array(measurement),
  failures: v.array(failure),
  checks: v.array(check),
  limits: v.array(limit),
});

export type BenchResult = v.InferOutput<typeof schema>;
export type Measurement = v.InferOutput<typeof measurement>;
export type Failure = v.InferOutput<typeof failure>;
export type Check = v.InferOutput<typeof check>;
export type Limit = v.InferOutput<typeof limit>;
export type Host = BenchResult['host'];

/** Reads the text of a result file. Throws an `Error` that says what is wrong with it. */
export function parseResult(text: string): BenchResult {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    throw new Error('This file is not JSON. Choose one that the bench wrote.');
  }
  const result = v.safeParse(schema, raw);
  if (result.success) return result.output;
  const format = (raw as { format?: unknown } | null)?.format;
  if (format !== 'turnwise-bench')
    throw new Error('This file was not written by the bench: it does not say "format": "turnwise-bench".');
  const [issue] = result.issues;
  throw new Error(`This result cannot be read: ${v.getDotPath(issue) ?? 'the file'}: ${issue.message}.`);
}
