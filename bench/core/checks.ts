/** Is it the same model, and does it learn? A fast engine that computes something else wins nothing. */
import type { Backend } from './contestant';
import type { Connection } from './protocol';
import type { Entry } from './registry';
import { within } from './remote';
import type { BenchResult, Check, Measurement } from './result';
import { falls, largestDifference } from './statistics';
import { checkRow } from './weights';
import type { Workload } from './workloads';

const TOLERANCE = 1e-3;
export const REFERENCE = 'turnwise';

/** Compares the logits of a short sequence with ours on the same backend, once for each model. */
export async function checkLogits(
  { entry, backend, connection }: { entry: Entry; backend: Backend; connection: Connection },
  workload: Workload,
  result: BenchResult,
  references: Map<Backend, Float32Array>,
  patience: number,
): Promise<void> {
  if (!entry.alike) return;
  const done = result.checks.some(
    (check) => check.workload === workload.id && check.contestant === entry.id && check.backend === backend,
  );
  if (done || (entry.id === REFERENCE && references.has(backend))) return;
  const ids = checkRow(workload);
  const logits = await within(patience, connection.ask<'logits'>({ kind: 'logits', workload, ids }));
  if (entry.id === REFERENCE) {
    references.set(backend, logits);
    return;
  }
  const reference = references.get(backend);
  if (!reference) return;
  const difference = largestDifference(logits, reference);
  result.checks.push({
    workload: workload.id,
    contestant: entry.id,
    backend,
    kind: 'logits agree',
    passed: difference <= TOLERANCE,
    detail: `largest difference ${difference.toExponential(1)}`,
  });
}

/** Every loss must fall on its one batch, and begin where ours does where the weights are the same. */
export function checkLosses(measured: readonly Measurement[], entries: readonly Entry[]): Check[] {
  const first = measured.find(({ contestant }) => contestant === REFERENCE)?.losses[0];
  return measured.flatMap(({ workload, contestant, backend, losses }) => {
    const base = { workload, contestant, backend };
    const checks: Check[] = [
      {
        ...base,
        kind: 'loss falls',
        passed: falls(losses),
        detail: `${losses[0]?.toFixed(3)} to ${losses.at(-1)?.toFixed(3)} in ${losses.length} steps`,
      },
    ];
    const alike = entries.find(({ id }) => id === contestant)?.alike && contestant !== REFERENCE;
    if (alike && first !== undefined && losses[0] !== undefined) {
      const difference = Math.abs(losses[0] - first);
      checks.push({
        ...base,
        kind: 'first loss agrees',
        passed: difference <= TOLERANCE,
        detail: `difference ${difference.toExponential(1)}`,
      });
    }
    return checks;
  });
}
