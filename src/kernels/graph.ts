/**
 * Kernel calls captured once and replayed many times over the same memory. Decoding a token is the same few dozen
 * calls every time; what TensorFlow.js does for each of them (names, shapes, scopes, allocation) costs more
 * than the call. A replay does none of it: on WebGPU it sets a pipeline and a bind group per dispatch, on
 * the processor it calls a function with the same addresses. What changes from replay to replay must
 * therefore be in tensors that kernels change in place.
 *
 * Only kernels made with `defineKernel` are captured; a stock operation that computes would be left out.
 */
import { engine, keep, type Tensor } from '@tensorflow/tfjs-core';
import { recordCalls } from './recorder';
import { currentEncoder, type Encoder } from './webgpu/encoder';
import { ReplayableDispatches } from './webgpu/replay';

export class Graph {
  readonly #held: readonly Tensor[];
  readonly #replay: () => void;
  readonly #release: () => void;

  constructor(held: readonly Tensor[], replay: () => void, release: () => void) {
    this.#held = held;
    this.#replay = replay;
    this.#release = release;
  }

  /** Makes all the calls again. */
  replay(): void {
    this.#replay();
  }

  dispose(): void {
    this.#release();
    for (const tensor of this.#held) tensor.dispose();
  }
}

/** Runs `build` and remembers its kernel calls. What it allocates stays, and belongs to the graph. */
export function capture(build: () => void): Graph {
  let held: Tensor[] = [];
  const holding = () => {
    engine().startScope();
    try {
      build();
      held = engine().state.activeScope.track.slice();
      for (const tensor of held) keep(tensor);
    } finally {
      engine().endScope();
    }
  };
  const encoder: Encoder | undefined = currentEncoder();
  if (encoder) {
    const dispatches = new ReplayableDispatches(encoder, encoder.record(holding));
    return new Graph(
      held,
      () => dispatches.replay(),
      () => dispatches.dispose(),
    );
  }
  const calls = recordCalls(holding);
  return new Graph(
    held,
    () => {
      for (const call of calls) call();
    },
    () => {},
  );
}
