/**
 * Trainable parameters as one flat vector. The optimiser sees a vector; the model sees matrices cut out of it.
 */
import {
  concat,
  engine,
  keep,
  reshape,
  slice,
  split,
  tensor2d,
  tidy,
  util,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { adamW, peek, type AdamWAttrs } from '../kernels';

export interface ParameterShape {
  readonly name: string;
  readonly shape: readonly number[];
}

const count = (shape: readonly number[]) => util.sizeFromShape([...shape]);

/** A flat parameter vector with its optimiser state, [3, P] = (parameters, first moment, second moment). */
export class Parameters {
  readonly shapes: readonly ParameterShape[];
  readonly size: number;
  #state: Tensor2D;
  #views: Tensor[] | undefined;
  #updates = 0;

  /** Takes the initial values [P] in the order of `shapes`. */
  constructor(shapes: readonly ParameterShape[], initial: Float32Array) {
    this.shapes = shapes;
    this.size = shapes.reduce((total, { shape }) => total + count(shape), 0);
    if (initial.length !== this.size)
      throw new Error(`Expected ${this.size} parameters, got ${initial.length}`);
    const state = new Float32Array(3 * this.size);
    state.set(initial);
    this.#state = keep(tensor2d(state, [3, this.size]));
  }

  get updates(): number {
    return this.#updates;
  }

  /** The matrices in the order of `shapes`. They belong to this object and change with the next update. */
  views(): readonly Tensor[] {
    this.#views ??= tidy(() => {
      const flat = reshape(slice(this.#state, [0, 0], [1, this.size]), [this.size]);
      const pieces =
        this.shapes.length === 1
          ? [flat]
          : split(
              flat,
              this.shapes.map(({ shape }) => count(shape)),
            );
      // Kept: they outlive the scope of whoever happens to ask first.
      return pieces.map((piece, i) => keep(reshape(piece, [...this.shapes[i]!.shape])));
    });
    return this.#views;
  }

  /** Value of a loss of the views, and its gradient laid end to end: [P]. The caller owns both. */
  gradient(loss: (views: readonly Tensor[]) => Scalar): { value: Scalar; gradient: Tensor1D } {
    const views = this.views();
    return tidy(() => {
      const { value, grads } = engine().gradients(() => loss(views), [...views]);
      const flat = grads.map((gradient) => reshape(gradient, [gradient.size]));
      return {
        value: value as Scalar,
        gradient: (flat.length === 1 ? flat[0]!.clone() : concat(flat)) as Tensor1D,
      };
    });
  }

  /** One AdamW update with the gradient [P]. Returns the norm of the gradient as a tensor [1], owned by the caller. */
  update(gradient: Tensor1D, options: Omit<AdamWAttrs, 'step'>): Tensor1D {
    this.#updates++;
    const { state, norm } = adamW(this.#state, gradient, { ...options, step: this.#updates });
    this.#replace(state);
    return norm;
  }

  /** The values [P] at the time of the call, whatever updates follow before they are there. */
  async values(): Promise<Float32Array> {
    const all = (await peek(this.#state)) as Float32Array;
    return all.slice(0, this.size);
  }

  /** Everything needed to go on later: [3, P] flat, and the number of updates made. */
  async snapshot(): Promise<{ state: Float32Array; updates: number }> {
    return { state: (await this.#state.data()) as Float32Array, updates: this.#updates };
  }

  restore({ state, updates }: { state: Float32Array; updates: number }): void {
    if (state.length !== 3 * this.size)
      throw new Error(`Expected a state of ${3 * this.size} numbers, got ${state.length}`);
    this.#updates = updates;
    this.#replace(tensor2d(state, [3, this.size]));
  }

  /** Starts over from other values, with an empty optimiser state. */
  reset(values: Float32Array): void {
    const state = new Float32Array(3 * this.size);
    state.set(values);
    this.restore({ state, updates: 0 });
  }

  dispose(): void {
    this.#views?.forEach((view) => view.dispose());
    this.#views = undefined;
    this.#state.dispose();
  }

  #replace(state: Tensor2D): void {
    this.#views?.forEach((view) => view.dispose());
    this.#views = undefined;
    this.#state.dispose();
    this.#state = keep(state);
  }
}
