/**
 * Trading time for memory (gradient checkpointing, arXiv 1604.06174): of a whole layer only the input is kept, and
 * the backward pass runs the layer forward once more to have the rest.
 */
import { engine, tidy, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from '../kernels';

/**
 * `layer(x)`, with the same gradients as without this function. `trained` names every tensor that `layer` uses
 * besides x and that gradients are wanted of; they must live until the backward pass is over.
 */
export function recomputed(
  x: Tensor2D,
  trained: readonly Tensor[],
  layer: (x: Tensor2D) => Tensor2D,
): Tensor2D {
  return differentiable([x, ...trained], ([input], save) => {
    save([input!]);
    return {
      value: tidy(() => layer(input as Tensor2D)),
      gradFunc: (dy: Tensor, saved: Tensor[]) => gradientsOf(layer, saved[0] as Tensor2D, trained, dy),
    };
  }) as Tensor2D;
}

function gradientsOf(
  layer: (x: Tensor2D) => Tensor2D,
  x: Tensor2D,
  trained: readonly Tensor[],
  dy: Tensor,
): Tensor[] {
  const { state } = engine();
  // TensorFlow.js knows one tape. We are called from its backward pass, which still wants to clear that up.
  const outer = state.activeTape;
  try {
    return tidy(() => engine().gradients(() => layer(x), [x, ...trained], dy).grads);
  } finally {
    state.activeTape = outer;
  }
}
