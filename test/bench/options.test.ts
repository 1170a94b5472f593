import { describe, expect, it } from 'vitest';
import { parseBenchOptions } from '../../scripts/bench-options.mjs';

describe('the command line of the bench', () => {
  it('measures everything where nothing is asked for', () => {
    const options = parseBenchOptions([]);
    expect(options.workloads).toEqual(['A', 'B', 'curve', 'demo']);
    expect(options.backends).toEqual(['wasm', 'webgpu']);
    expect(options.peers).toBeUndefined();
  });

  it('reads lists, numbers and switches', () => {
    const options = parseBenchOptions([
      '--workloads',
      'A,B',
      '--peers',
      'none',
      '--seconds',
      '0.5',
      '--quick',
    ]);
    expect(options.workloads).toEqual(['A', 'B']);
    expect(options.peers).toEqual([]);
    expect(options.seconds).toBe(0.5);
    expect(options.quick).toBe(true);
  });

  it.each([
    [['--speed'], /Unknown option --speed/],
    [['quick'], /Unknown option quick/],
    [['--out'], /--out needs a value/],
    [['--out', '--quick'], /--out needs a value/],
    [['--seconds', 'many'], /--seconds needs a number above 0/],
    [['--backends', 'wasm,gpu'], /--backends knows webgpu, wasm, cpu, not "gpu"/],
    [['--tasks', 'sft'], /--tasks knows/],
  ])('refuses %j', (args, message) => expect(() => parseBenchOptions(args)).toThrow(message));
});
