/// <reference lib="webworker" />
/** The worker's side of protocol.ts: a contestant that answers requests, with the clock around its steps. */
import type { Contestant, Stepper } from './contestant';
import type { Answered, Answers, Asked, Rates, Request } from './protocol';

declare const self: DedicatedWorkerGlobalScope;

let dispatches = 0;

/** Every engine reaches the GPU through this one method, so this is where all can be counted alike. */
function countDispatches(): void {
  const pass = (self as { GPUComputePassEncoder?: typeof GPUComputePassEncoder }).GPUComputePassEncoder;
  if (!pass) return;
  for (const name of ['dispatchWorkgroups', 'dispatchWorkgroupsIndirect'] as const) {
    const original = pass.prototype[name] as (...args: unknown[]) => undefined;
    pass.prototype[name] = function (this: GPUComputePassEncoder, ...args: unknown[]) {
      dispatches++;
      return original.apply(this, args);
    };
  }
}

export function serve(contestant: Contestant, rates?: () => Promise<Rates>): void {
  let stepper: Stepper | undefined;
  let queue = Promise.resolve();
  countDispatches();

  const perform = async (request: Request): Promise<Answers[Request['kind']]> => {
    switch (request.kind) {
      case 'open':
        return contestant.open(request.backend);
      case 'prepare': {
        stepper?.dispose();
        const make = contestant[request.task];
        if (!make) throw new Error(`It has no "${request.task}".`);
        stepper = await make.call(contestant, request.workload);
        const { parameters, note } = stepper;
        return note === undefined ? { parameters } : { parameters, note };
      }
      case 'step': {
        if (!stepper) throw new Error('Nothing is prepared.');
        dispatches = 0;
        const started = performance.now();
        const result = await stepper.step();
        return { ...result, ms: performance.now() - started, dispatches };
      }
      case 'logits':
        if (!contestant.logits) throw new Error('It shows no logits.');
        return contestant.logits(request.workload, request.ids);
      case 'rates':
        if (!rates) throw new Error('It measures no rates.');
        return rates();
    }
  };

  self.onmessage = ({ data: { id, request } }: MessageEvent<Asked>) => {
    queue = queue.then(async () => {
      let answer: Answered;
      try {
        answer = { id, value: await perform(request) };
      } catch (error) {
        answer = { id, error: error instanceof Error ? `${error.message}` : String(error) };
      }
      self.postMessage(answer);
    });
  };
}
