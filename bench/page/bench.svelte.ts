/** What the page knows: what is chosen, what is being measured, what was found. */
import { runBench } from '../core/runner';
import { parseResult, type BenchResult, type Host } from '../core/result';
import { describeHost } from './host';
import { PEER_IDS, planOf } from './plan';

export class Bench {
  workloads = $state<string[]>(['A', 'B']);
  backends = $state<('webgpu' | 'wasm' | 'cpu')[]>(['wasm']);
  peers = $state<string[]>([...PEER_IDS]);
  quick = $state(true);
  host = $state.raw<Host | null>(null);
  status = $state('');
  failure = $state('');
  result = $state.raw<BenchResult | null>(null);
  /** Where the result on the page comes from, when it was not measured here. */
  source = $state('');
  #stop = $state.raw<AbortController | null>(null);

  constructor() {
    void describeHost().then((host) => {
      this.host = host;
      if (host.adapter && !host.adapter.software) this.backends = ['webgpu', 'wasm'];
    });
  }

  get running(): boolean {
    return this.#stop !== null;
  }

  async run(): Promise<void> {
    if (this.running) return;
    const stop = new AbortController();
    this.#stop = stop;
    this.failure = '';
    this.source = '';
    try {
      const plan = planOf({
        workloads: this.workloads,
        backends: this.backends,
        peers: this.peers,
        quick: this.quick,
      });
      if (plan.workloads.length === 0 || plan.backends.length === 0)
        throw new Error('Nothing is chosen: pick at least one workload and one backend.');
      const watcher = {
        said: (text: string) => (this.status = text),
        grown: (result: BenchResult) => (this.result = result),
      };
      this.result = await runBench(plan, this.host ?? (await describeHost()), watcher, stop.signal);
      this.status = 'Done';
    } catch (error) {
      if (stop.signal.aborted) this.status = 'Stopped';
      else {
        this.status = '';
        this.failure = error instanceof Error ? error.message : String(error);
      }
    } finally {
      this.#stop = null;
    }
  }

  stop(): void {
    this.#stop?.abort();
    this.status = 'Stopping after this step';
  }

  /** Shows a result that was measured elsewhere or earlier. */
  async open(file: File): Promise<void> {
    try {
      this.result = parseResult(await file.text());
      this.source = file.name;
      this.failure = '';
      this.status = '';
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
  }

  download(): void {
    if (!this.result) return;
    const blob = new Blob([JSON.stringify(this.result, null, 1)], { type: 'application/json' });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = `turnwise-bench-${this.result.date.slice(0, 10)}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
}
