import { describe, expect, it } from 'vitest';
import { limitRows, rateOf, sections, textTable } from '../../bench/core/table';
import { curvesOf } from '../../bench/page/curves';
import { logTicks } from '../../bench/page/plot';
import { example } from './example';

describe('rows', () => {
  const found = sections(example());
  const small = found.find(({ workload, task }) => workload === '2x64' && task === 'train')!;

  it('give the rate of the median step with its quartiles', () => {
    const { rate, low, high } = rateOf(example().measurements[0]!);
    expect(rate).toBe(8000);
    expect(low).toBe(6500);
    expect(high).toBe(9000);
  });

  it('stand with the fastest first, Python beside WebAssembly', () =>
    expect(small.rows.map(({ contestant }) => contestant)).toEqual(['torch', 'turnwise', 'jax-js']));

  it('are compared with the best peer in the browser', () => {
    expect(small.rows.map(({ ratio }) => ratio)).toEqual([5, 2, 1]);
    const alone = found.find(({ workload }) => workload === '4x128')!;
    expect(alone.rows[0]!.ratio).toBeNull();
  });

  it('know who passed which checks', () =>
    expect(small.rows.map(({ checked }) => checked)).toEqual([null, null, false]));
});

describe('the table in a terminal', () => {
  const text = textTable(example());

  it('lines its columns up', () => {
    const lines = text.split('\n');
    const at = lines.findIndex((line) => line.startsWith('Training step, 2x64'));
    const table = lines.slice(at + 1, at + 5);
    expect(table[2]).toMatch(/Turnwise, all weights +8,000 +6,500-9,000 +2\.00 +0\.30 s +100,000 +-$/);
    expect(new Set(table.map((line) => line.length)).size).toBeLessThanOrEqual(2);
  });

  it('tells a GRPO step in seconds', () => expect(text).toMatch(/GRPO step, 2x64[^]*s a step[^]*0\.500/));
  it('says whose check failed', () =>
    expect(text).toMatch(/Check failed: jax-js on wasm, 2x64: "logits agree".*2\.0e-1/));
  it('says who was left out and why', () =>
    expect(text).toContain('Left out: jax-js on wasm, 4x128 train: out of memory'));
  it('names the engines with their versions', () => expect(text).toContain('@jax-js/jax 0.1.25'));
  it('says what the best product was', () =>
    expect(text).toContain('Best products: wasm 20 GFLOP/s (our product 512 x 512 x 512)'));
  it('says how far a step is from its limit', () =>
    expect(limitRows(example())).toEqual([
      {
        title: 'Turnwise, all weights: training step, 2x64, wasm',
        products: '25 ms, 5 x',
        dispatches: null,
        count: null,
      },
    ]));
});

describe('curves', () => {
  it('run from small to large, with a gap where nothing was measured', () => {
    const { parameters, sizes, lines } = curvesOf(example(), 'train', 'wasm');
    expect(sizes).toEqual(['2 x 64', '4 x 128']);
    expect(parameters).toEqual([100_000, 900_000]);
    expect(lines.map(({ id, middle }) => [id, middle])).toEqual([
      ['turnwise', [8000, 1000]],
      ['jax-js', [4000, null]],
      ['torch', [20000, null]],
    ]);
  });

  it('tell GRPO steps in seconds', () =>
    expect(curvesOf(example(), 'grpo', 'wasm').lines[0]!.middle).toEqual([0.5]));
  it('are empty where a backend was not there', () =>
    expect(curvesOf(example(), 'train', 'webgpu').lines).toEqual([]));
});

describe('ticks of a logarithmic axis', () => {
  it('are round numbers inside it', () => {
    expect(logTicks(80, 900)).toEqual([100, 200, 500]);
    expect(logTicks(0.03, 1.5)).toEqual([0.05, 0.1, 0.2, 0.5, 1]);
    expect(logTicks(9, 20_000)).toEqual([10, 100, 1000, 10_000]);
  });
});
