/** Who takes part. Workers are named here and nowhere else; an engine's code is fetched when its worker starts. */
import type { Backend } from './contestant';
import type { Connection } from './protocol';
import { connect } from './remote';
import type { Task, Workload } from './workloads';

export interface Entry {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly ours: boolean;
  readonly tasks: readonly Task[];
  readonly backends: readonly Backend[];
  /** Same architecture and seeded weights as ours: its logits and its first loss must be ours too. */
  readonly alike: boolean;
  /** Only the adapter learns. */
  readonly adapterOnly?: boolean;
  readonly takes: (workload: Workload) => boolean;
  readonly start: () => Connection;
}

const any = (workload: Workload) => workload.id !== 'demo';
const BROWSER: readonly Backend[] = ['webgpu', 'wasm'];

export const OURS: readonly Entry[] = [
  {
    id: 'turnwise',
    name: 'Turnwise, all weights',
    version: __TURNWISE__,
    ours: true,
    tasks: ['train', 'sample'],
    backends: [...BROWSER, 'cpu'],
    alike: true,
    takes: any,
    start: () =>
      connect(
        new Worker(new URL('../contestants/turnwise.ts', import.meta.url), {
          type: 'module',
          name: 'turnwise',
        }),
      ),
  },
  {
    id: 'turnwise-lora',
    name: 'Turnwise, LoRA on int8',
    version: __TURNWISE__,
    ours: true,
    tasks: ['train', 'sample', 'grpo'],
    backends: [...BROWSER, 'cpu'],
    alike: false,
    adapterOnly: true,
    takes: any,
    start: () =>
      connect(
        new Worker(new URL('../contestants/lora.ts', import.meta.url), {
          type: 'module',
          name: 'turnwise-lora',
        }),
      ),
  },
  {
    id: 'turnwise-demo',
    name: 'Turnwise, default demo',
    version: __TURNWISE__,
    ours: true,
    tasks: ['grpo'],
    backends: [...BROWSER, 'cpu'],
    alike: false,
    adapterOnly: true,
    takes: ({ id }) => id === 'demo',
    start: () =>
      connect(
        new Worker(new URL('../contestants/demo.ts', import.meta.url), {
          type: 'module',
          name: 'turnwise-demo',
        }),
      ),
  },
];

export const PEERS: readonly Entry[] = [
  {
    id: 'jax-js',
    name: '@jax-js/jax',
    version: __PEERS__['@jax-js/jax']!,
    ours: false,
    tasks: ['train', 'sample'],
    backends: BROWSER,
    alike: true,
    takes: any,
    start: () =>
      connect(new Worker(new URL('../peers/jax.ts', import.meta.url), { type: 'module', name: 'jax-js' })),
  },
  {
    id: 'tensorflow',
    name: 'TensorFlow.js, stock operations',
    version: __PEERS__['@tensorflow/tfjs-core']!,
    ours: false,
    tasks: ['train', 'sample'],
    backends: [...BROWSER, 'cpu'],
    alike: true,
    takes: any,
    start: () =>
      connect(
        new Worker(new URL('../peers/tensorflow.ts', import.meta.url), {
          type: 'module',
          name: 'tensorflow',
        }),
      ),
  },
  {
    id: 'nanogpt',
    name: '@genai-fi/nanogpt',
    version: __PEERS__['@genai-fi/nanogpt']!,
    ours: false,
    tasks: ['train', 'sample'],
    backends: ['webgpu'],
    alike: false,
    takes: any,
    start: () =>
      connect(
        new Worker(new URL('../peers/nanogpt.ts', import.meta.url), { type: 'module', name: 'nanogpt' }),
      ),
  },
  {
    id: 'transformers',
    name: 'Transformers.js generate',
    version: __PEERS__['@huggingface/transformers']!,
    ours: false,
    tasks: ['sample'],
    backends: BROWSER,
    alike: true,
    takes: any,
    start: () =>
      connect(
        new Worker(new URL('../peers/transformers.ts', import.meta.url), {
          type: 'module',
          name: 'transformers',
        }),
      ),
  },
];

/** Measures what a backend can do at best; no contestant. */
export const startRates = (): Connection =>
  connect(new Worker(new URL('../contestants/rates.ts', import.meta.url), { type: 'module', name: 'rates' }));
