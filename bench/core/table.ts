/** Rows of the table, for the page and for the terminal. */
import type { BenchResult, Measurement } from './result';
import { summary } from './statistics';
import { TASKS, type Task } from './workloads';

export interface Row {
  readonly contestant: string;
  readonly name: string;
  readonly version: string;
  readonly ours: boolean;
  readonly inBrowser: boolean;
  readonly device: string;
  readonly parameters: number;
  readonly note: string;
  /** Tokens a second: the median step, and the quartiles. */
  readonly rate: number;
  readonly low: number;
  readonly high: number;
  /** Milliseconds of a step: the median, and the quartiles. */
  readonly stepMs: number;
  readonly fastMs: number;
  readonly slowMs: number;
  readonly firstMs: number;
  readonly steps: number;
  /** How many times as fast as the fastest peer in the browser; null where there is none. */
  readonly ratio: number | null;
  /** Whether its checks were passed; null where there were none. */
  readonly checked: boolean | null;
}

export interface Section {
  readonly workload: string;
  readonly title: string;
  readonly task: Task;
  readonly backend: Measurement['backend'];
  readonly rows: readonly Row[];
}

export const TASK_TITLES: Readonly<Record<Task, string>> = {
  train: 'Training step',
  sample: 'Sampling',
  grpo: 'GRPO step',
};

export function rateOf({ tokens, ms }: Measurement): { rate: number; low: number; high: number } {
  const { median, low, high } = summary(ms.map((time, i) => (1000 * tokens[i]!) / Math.max(time, 1e-6)));
  return { rate: median, low, high };
}

/** Python computes on the CPU, and so does WebAssembly: they stand together. */
const section = (backend: Measurement['backend']) => (backend === 'python' ? 'wasm' : backend);

/** The model and what goes through it. */
function titleOf({ id, title, train, sample }: BenchResult['workloads'][number], task: Task): string {
  if (id === 'demo') return title;
  return task === 'train'
    ? `${title}, ${train.batch} x ${train.length} tokens`
    : `${title}, ${sample.batch} x ${sample.newTokens} tokens after ${sample.prompt}`;
}

/** One section for each workload, task and backend, the fastest first. */
export function sections(result: BenchResult): Section[] {
  const found: Section[] = [];
  for (const workload of result.workloads) {
    const { id } = workload;
    for (const task of TASKS) {
      const here = result.measurements.filter((m) => m.workload === id && m.task === task);
      for (const backend of new Set(here.map((m) => section(m.backend)))) {
        const rows = here.filter((m) => section(m.backend) === backend).map((m) => row(result, m));
        const peers = rows.filter(({ ours, inBrowser }) => !ours && inBrowser);
        const best = Math.max(0, ...peers.map(({ rate }) => rate));
        found.push({
          workload: id,
          title: titleOf(workload, task),
          task,
          backend,
          rows: rows
            .map((one) => ({ ...one, ratio: best > 0 ? one.rate / best : null }))
            .sort((a, b) => b.rate - a.rate),
        });
      }
    }
  }
  return found;
}

function row(result: BenchResult, measured: Measurement): Row {
  const contestant = result.contestants.find(({ id }) => id === measured.contestant);
  const times = summary(measured.ms);
  const checks = result.checks.filter(
    (check) =>
      check.workload === measured.workload &&
      check.contestant === measured.contestant &&
      check.backend === measured.backend &&
      (check.kind === 'logits agree' || measured.task === 'train'),
  );
  return {
    contestant: measured.contestant,
    name: contestant?.name ?? measured.contestant,
    version: contestant?.version ?? '',
    ours: contestant?.ours ?? false,
    inBrowser: measured.backend !== 'python',
    device: measured.device,
    parameters: measured.parameters,
    note: measured.note ?? '',
    ...rateOf(measured),
    stepMs: times.median,
    fastMs: times.low,
    slowMs: times.high,
    firstMs: measured.firstMs,
    steps: measured.ms.length,
    ratio: null,
    checked: checks.length ? checks.every(({ passed }) => passed) : null,
  };
}

const whole = (value: number) => Math.round(value).toLocaleString('en-US');
/** Three significant digits, no exponent. */
export const short = (value: number) => (value >= 100 ? whole(value) : String(Number(value.toPrecision(3))));

/** Lines up cells: the first column to the left, the rest to the right. */
function aligned(lines: readonly (readonly string[])[]): string[] {
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines.map((line) =>
    line
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}

export interface LimitRow {
  readonly title: string;
  /** "52 ms, 3.1 x": what it would take alone, and how many times that the step takes. */
  readonly products: string | null;
  readonly dispatches: string | null;
  readonly count: string | null;
}

/** How far each of our steps is from what its backend could do. */
export function limitRows(result: BenchResult): LimitRow[] {
  return result.limits.flatMap((limit) => {
    const { workload, task, contestant, backend } = limit;
    const measured = result.measurements.find(
      (m) =>
        m.workload === workload && m.task === task && m.contestant === contestant && m.backend === backend,
    );
    // Where neither is known there is nothing to say.
    if (!measured || (limit.productMs === null && !limit.dispatches)) return [];
    const step = summary(measured.ms).median;
    const times = (bare: number | null) =>
      bare === null || !(bare > 0) ? null : `${short(bare)} ms, ${short(step / bare)} x`;
    const name = result.contestants.find(({ id }) => id === contestant)?.name ?? contestant;
    return [
      {
        title: `${name}: ${TASK_TITLES[task].toLowerCase()}, ${workload}, ${backend}`.replace('grpo', 'GRPO'),
        products: times(limit.productMs),
        dispatches: times(limit.dispatchMs),
        count: limit.dispatches ? whole(limit.dispatches) : null,
      },
    ];
  });
}

/** The rate of the fastest product of each backend, in words. */
export function bestProducts(result: BenchResult): string[] {
  const named = result.limits.map(
    ({ backend, gflops, product }) => `${backend} ${short(gflops)} GFLOP/s (${product})`,
  );
  return [...new Set(named)];
}

/** The result as text, for a terminal. */
export function textTable(result: BenchResult): string {
  const { host } = result;
  const lines = [
    `${host.browser}, ${host.cores} threads${host.adapter ? `, ${host.adapter.name}${host.adapter.software ? ' (software)' : ''}` : ', no WebGPU'}`,
    result.contestants.map(({ name, version }) => (version ? `${name} ${version}` : name)).join('; '),
  ];
  for (const { workload, title, task, backend, rows } of sections(result)) {
    const unit = task === 'grpo' ? 's a step' : 'tokens/s';
    lines.push('', `${TASK_TITLES[task]}, ${workload} (${title}), ${backend}`);
    const table = aligned([
      ['', unit, 'quartiles', 'x best peer', 'first step', 'parameters', 'checks'],
      ...rows.map((one) => [
        one.note ? `${one.name} [${one.note}]` : one.name,
        ...(task === 'grpo'
          ? [
              (one.stepMs / 1000).toFixed(3),
              `${(one.fastMs / 1000).toFixed(3)}-${(one.slowMs / 1000).toFixed(3)}`,
            ]
          : [short(one.rate), `${short(one.low)}-${short(one.high)}`]),
        one.ratio === null ? '-' : one.ratio.toFixed(2),
        `${(one.firstMs / 1000).toFixed(2)} s`,
        whole(one.parameters),
        one.checked === null ? '-' : one.checked ? 'ok' : 'FAILED',
      ]),
    ]);
    lines.push(...table.map((line) => `  ${line}`));
  }
  const limits = limitRows(result);
  if (limits.length) {
    lines.push(
      '',
      'What our steps would take as products or dispatches alone, and how many times that they take',
    );
    const table = aligned([
      ['', 'products', 'dispatches', 'how many'],
      ...limits.map(({ title, products, dispatches, count }) => [
        title,
        products ?? '-',
        dispatches ?? '-',
        count ?? '-',
      ]),
    ]);
    lines.push(...table.map((line) => `  ${line}`));
    lines.push(`  Best products: ${bestProducts(result).join('; ')}`);
  }
  const failed = result.checks.filter(({ passed }) => !passed);
  for (const { contestant, backend, workload, kind, detail } of failed)
    lines.push(
      '',
      `Check failed: ${contestant} on ${backend}, ${workload}: "${kind}" does not hold (${detail}).`,
    );
  for (const { contestant, backend, workload, task, reason } of result.failures)
    lines.push('', `Left out: ${contestant} on ${backend}, ${workload}${task ? ` ${task}` : ''}: ${reason}`);
  return lines.join('\n');
}
