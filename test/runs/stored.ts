/** Runs as they are stored, with only what a test cares about spelt out. */
import { ColumnBuilder } from '../../src/runs/columns';
import type { StepMetrics } from '../../src/runs/record';
import { DEFAULT_SETTINGS, type Settings } from '../../src/runs/settings';
import { STORED_RUN_VERSION, type StoredRun } from '../../src/runs/stored-run';
import { metrics } from '../app/records';

export function storedRun(
  part: Partial<Omit<StoredRun, 'settings' | 'curves'>> & { readonly settings?: Partial<Settings> } = {},
  steps: readonly Partial<StepMetrics>[] = [{}, {}, {}],
): StoredRun {
  const builder = new ColumnBuilder();
  for (const [i, one] of steps.entries()) builder.append(metrics(i + 1, one));
  return {
    version: STORED_RUN_VERSION,
    id: 'one',
    name: 'calm otter',
    note: '',
    when: '2026-01-31T12:00:00.000Z',
    changes: [],
    coldStart: 0,
    device: { device: 'wasm', detail: '', reason: '' },
    policy: {
      checkpoint: 'nano',
      parameters: 1,
      adapterParameters: 1,
      bytes: 1,
      vocabulary: 1,
      contextLength: 1,
      gyms: ['intention'],
    },
    baselines: { random: 0.2, oracle: 0.9 },
    evaluations: [],
    experiment: null,
    ...part,
    settings: { ...DEFAULT_SETTINGS, ...part.settings },
    curves: builder.snapshot(),
  };
}
