/** Stock operations that are copies between buffers on WebGPU: the values they should have, and the forms they leave alone. */
import {
  add,
  concat,
  mul,
  slice,
  split,
  tensor,
  tensor1d,
  tensor2d,
  type Tensor,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { on, openBackends } from './backends';

const values = (count: number) => Array.from({ length: count }, (_, i) => i - 0.5);

describe.each(await openBackends())('on %s', (backend) => {
  const check = (what: string, make: () => Tensor[], expected: number[][]) =>
    test(what, () =>
      on(backend, async () => {
        const made = await Promise.all(make().map((one) => one.data()));
        expect(made.map((one) => Array.from(one))).toEqual(expected);
      }),
    );

  check('vectors end to end', () => [concat([tensor1d(values(3)), tensor1d([7]), tensor1d(values(5))])], [
    [...values(3), 7, ...values(5)],
  ]);
  check('vectors of whole numbers', () => [concat([tensor1d([1, 2], 'int32'), tensor1d([3], 'int32')])], [
    [1, 2, 3],
  ]);
  check('an empty vector among others', () => [concat([tensor1d([]), tensor1d([1])])], [[1]]);
  check('matrices side by side', () => [concat([tensor2d([[1], [2]]), tensor2d([[3], [4]])], 1)], [
    [1, 3, 2, 4],
  ]);
  check('a vector in unequal pieces', () => split(tensor1d(values(7)), [1, 4, 2]), [
    values(1),
    values(5).slice(1),
    values(7).slice(5),
  ]);
  check(
    'a matrix in halves',
    () =>
      split(
        tensor2d([
          [1, 2],
          [3, 4],
        ]),
        2,
        1,
      ),
    [
      [1, 3],
      [2, 4],
    ],
  );
  check('rows of a matrix', () => [slice(tensor2d(values(12), [4, 3]), [1, 0], [2, 3])], [
    values(9).slice(3),
  ]);
  check('columns of a matrix', () => [slice(tensor2d(values(6), [2, 3]), [0, 1], [2, 2])], [
    [0.5, 1.5, 3.5, 4.5],
  ]);
  check('part of a tensor of three dimensions', () => [slice(tensor(values(8), [2, 2, 2]), [1], [1])], [
    values(8).slice(4),
  ]);
  check(
    'what kernels have just computed',
    () => [
      concat(split(add<Tensor1D>(tensor1d(values(6)), 1), [2, 4]).map((part) => mul<Tensor1D>(part, 2))),
    ],
    [values(6).map((x) => 2 * (x + 1))],
  );
});
