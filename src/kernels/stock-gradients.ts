/**
 * Gradients of the three stock operations between our kernels. TensorFlow.js has them too, but its registry of
 * gradients comes as a whole, and by a path that gives Node a second copy of the library.
 */
import { registerGradient, reshape, type Tensor } from '@tensorflow/tfjs-core';

const one = (dy: Tensor | Tensor[]): Tensor => (Array.isArray(dy) ? dy[0]! : dy);

/** Of equal shapes only, which is all we add (residual streams). */
registerGradient({
  kernelName: 'Add',
  inputsToSave: [],
  gradFunc: (dy) => ({ a: () => one(dy).clone(), b: () => one(dy).clone() }),
});

registerGradient({
  kernelName: 'Reshape',
  inputsToSave: ['x'],
  gradFunc: (dy, [x]) => ({ x: () => reshape(one(dy), x!.shape) }),
});

registerGradient({
  kernelName: 'Identity',
  inputsToSave: [],
  gradFunc: (dy) => ({ x: () => one(dy).clone() }),
});
