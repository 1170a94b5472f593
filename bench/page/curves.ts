/** What the plots show: speed over model size, one line for each contestant. Data, not drawing. */
import type { BenchResult, Measurement } from '../core/result';
import { summary } from '../core/statistics';
import { rateOf } from '../core/table';
import type { Task } from '../core/workloads';

export interface Line {
  readonly id: string;
  readonly name: string;
  readonly ours: boolean;
  /** One for each size; null where it was not measured. */
  readonly middle: readonly (number | null)[];
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
}

export interface Curves {
  readonly task: Task;
  readonly backend: Measurement['backend'];
  /** Sizes of the curve from small to large: parameters, and the shape in words. */
  readonly parameters: readonly number[];
  readonly sizes: readonly string[];
  readonly lines: readonly Line[];
}

/** Sizes of the curve are named by their shape, as 4x128. */
const onCurve = (id: string) => /^\d+x\d+$/.test(id);

/** A GRPO step is told in seconds, everything else in tokens a second. */
function quantity(measured: Measurement): { middle: number; low: number; high: number } {
  if (measured.task !== 'grpo') {
    const { rate, low, high } = rateOf(measured);
    return { middle: rate, low, high };
  }
  const { median, low, high } = summary(measured.ms);
  return { middle: median / 1000, low: low / 1000, high: high / 1000 };
}

/** Python computes on the CPU and is drawn with WebAssembly. */
const shownOn = (backend: Measurement['backend']) => (backend === 'python' ? 'wasm' : backend);

export function curvesOf(result: BenchResult, task: Task, backend: Measurement['backend']): Curves {
  const measured = result.measurements.filter(
    (m) => m.task === task && shownOn(m.backend) === backend && onCurve(m.workload),
  );
  const sizes = result.workloads
    .filter(({ id }) => measured.some(({ workload }) => workload === id))
    .map(({ id, layers, hidden }) => {
      const here = result.measurements.filter(({ workload }) => workload === id);
      // Where our full model was not measured, the smallest is the nearest to it: adapters only add.
      const own = here.find(({ contestant }) => contestant === 'turnwise');
      const parameters = own?.parameters ?? Math.min(...here.map((m) => m.parameters));
      return { id, parameters, name: `${layers} x ${hidden}` };
    })
    .sort((a, b) => a.parameters - b.parameters);
  const lines = result.contestants.flatMap(({ id, name, ours }): Line[] => {
    const points = sizes.map((size) => {
      const found = measured.find((m) => m.contestant === id && m.workload === size.id);
      return found ? quantity(found) : null;
    });
    if (points.every((point) => point === null)) return [];
    return [
      {
        id,
        name,
        ours,
        middle: points.map((point) => point?.middle ?? null),
        low: points.map((point) => point?.low ?? null),
        high: points.map((point) => point?.high ?? null),
      },
    ];
  });
  return {
    task,
    backend,
    parameters: sizes.map(({ parameters }) => parameters),
    sizes: sizes.map(({ name }) => name),
    lines,
  };
}
