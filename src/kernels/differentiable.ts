import { customGrad, type Tensor } from '@tensorflow/tfjs-core';

type Save = (tensors: Tensor[]) => void;

/**
 * `customGrad` of TensorFlow.js with types that follow the inputs. What the gradient needs must go through
 * `save`: everything else made in the forward pass is gone by the time the tape runs backwards.
 */
export function differentiable<const I extends readonly Tensor[], T extends Tensor>(
  inputs: I,
  forward: (inputs: I, save: Save) => { value: T; gradFunc: (dy: T, saved: Tensor[]) => Tensor | Tensor[] },
): T {
  const run = customGrad<T>((...args) =>
    forward(args.slice(0, -1) as unknown as I, args.at(-1) as unknown as Save),
  );
  return run(...inputs);
}
