/**
 * Transformers.js: `generate` on an ONNX model that is made here from the seeded weights. Nothing is downloaded;
 * the library asks for files, and this file answers.
 */
import { AutoModelForCausalLM, env, Tensor, type PreTrainedModel } from '@huggingface/transformers';
import runtimeScript from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import runtimeWasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import { encodeModel } from '../onnx/graph';
import { qwen3Graph } from '../onnx/qwen3';
import type { Backend } from '../core/contestant';
import { serve } from '../core/serve';
import { countOf, promptRows, seededWeights } from '../core/weights';
import type { Workload } from '../core/workloads';

let device: 'wasm' | 'webgpu' = 'wasm';
/** The files of the model, by the end of their address. */
const files = new Map<string, BodyInit>();

env.allowRemoteModels = false;
env.allowLocalModels = true;
env.localModelPath = '/generated/';
env.useBrowserCache = false;
env.useWasmCache = false;
env.fetch = async (address: string | URL, options?: RequestInit) => {
  const path = new URL(String(address), self.location.href).pathname;
  if (!path.startsWith('/generated/')) return fetch(address, options);
  const body = files.get(path.split('/').at(-1)!);
  return body === undefined ? new Response(null, { status: 404 }) : new Response(body);
};
/** What ONNX Runtime would choose itself, said aloud so that it can be shown; all cores were no faster. */
const THREADS = self.crossOriginIsolated ? Math.min(4, Math.ceil(navigator.hardwareConcurrency / 2)) : 1;
const { wasm } = env.backends.onnx;
if (wasm) {
  wasm.numThreads = THREADS;
  const here = (url: string) => new URL(url, self.location.href).href;
  wasm.wasmPaths = { mjs: here(runtimeScript), wasm: here(runtimeWasm) };
}

/** The model in memory, as if it had been downloaded. */
async function load({ config }: Workload): Promise<PreTrainedModel> {
  files.set('config.json', JSON.stringify({ ...config, architectures: ['Qwen3ForCausalLM'] }));
  files.set('model.onnx', encodeModel(qwen3Graph(config, seededWeights(config))) as BodyInit);
  try {
    return await AutoModelForCausalLM.from_pretrained('policy', { device, dtype: 'fp32', subfolder: '' });
  } finally {
    files.clear();
  }
}

const integers = (rows: readonly (readonly number[])[]) =>
  new Tensor('int64', BigInt64Array.from(rows.flat().map(BigInt)), [rows.length, rows[0]!.length]);
const ones = (rows: number, length: number) =>
  new Tensor('int64', new BigInt64Array(rows * length).fill(1n), [rows, length]);

serve({
  open: async (backend: Backend) => {
    if (backend !== 'wasm' && backend !== 'webgpu')
      throw new Error(`Transformers.js has no ${backend} here.`);
    device = backend;
    return backend === 'webgpu' ? 'webgpu' : `SIMD, ${THREADS} thread${THREADS === 1 ? '' : 's'}`;
  },
  sample: async (workload) => {
    const { sample, config } = workload;
    const model = await load(workload);
    const inputs = integers(promptRows(workload));
    const attention_mask = ones(sample.batch, sample.prompt);
    return {
      parameters: countOf(seededWeights(config)),
      step: async () => {
        const all = (await model.generate({
          inputs,
          attention_mask,
          max_new_tokens: sample.newTokens,
          do_sample: true,
          temperature: 1,
          top_k: 0,
        } as Parameters<typeof model.generate>[0])) as Tensor;
        return { tokens: all.dims[0]! * (all.dims[1]! - sample.prompt) };
      },
      dispose: () => void model.dispose(),
    };
  },
  logits: async (workload, ids) => {
    const model = await load(workload);
    const output = (await model({
      input_ids: integers([ids]),
      attention_mask: ones(1, ids.length),
    })) as { logits: Tensor };
    const values = Float32Array.from(output.logits.data as Float32Array);
    await model.dispose();
    return values;
  },
});
