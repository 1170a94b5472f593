/** What was chosen, in the page or on the command line, as a plan for the runner. */
import type { Backend } from '../core/contestant';
import { pythonEntries } from '../core/python';
import { OURS, PEERS, startRates } from '../core/registry';
import type { Plan } from '../core/runner';
import { FULL, QUICK } from '../core/schedule';
import { findWorkloads, TASKS, withBatch, type Task } from '../core/workloads';

export interface Choice {
  readonly workloads: readonly string[];
  readonly backends: readonly Backend[];
  /** Ids of peers; ours always take part. */
  readonly peers: readonly string[];
  readonly tasks?: readonly Task[];
  readonly quick: boolean;
  /** Seconds of steps for each contestant of a measurement. */
  readonly seconds?: number;
  /** Rows at most, for slow devices. */
  readonly batch?: number;
}

export const PEER_IDS: readonly string[] = PEERS.map(({ id }) => id);

/** Throws an `Error` that says what is not known. */
export function planOf(choice: Choice): Plan {
  const python = pythonEntries();
  const others = [...PEERS, ...python];
  for (const peer of choice.peers) {
    if (!others.some(({ id }) => id === peer))
      throw new Error(`There is no peer "${peer}". Known are ${others.map(({ id }) => id).join(', ')}.`);
  }
  const base = choice.quick ? QUICK : FULL;
  const workloads = findWorkloads(choice.workloads);
  return {
    workloads: workloads.map((one) => (choice.batch === undefined ? one : withBatch(one, choice.batch))),
    tasks: choice.tasks ?? TASKS,
    backends: [...choice.backends, ...(python.length ? (['python'] as const) : [])],
    entries: [...OURS, ...PEERS.filter(({ id }) => choice.peers.includes(id)), ...python],
    effort: { ...base, seconds: choice.seconds ?? base.seconds },
    quick: choice.quick,
    startRates,
  };
}
