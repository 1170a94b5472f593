/**
 * The policy as an ONNX graph, shaped as Transformers.js expects a Qwen3 `text-generation` model: ids and an
 * attention mask in, logits out, keys and values of every layer in and out. The sizes go by the names it looks for. Attention, its cache and rotary
 * positions are ONNX Runtime's own GroupQueryAttention, as in the models that are published for it.
 */
import { EMBEDDING_NAME, FINAL_NORM_NAME, tensorName, type PolicyConfig } from '../../src/policy/config';
import type { NamedWeight } from '../core/weights';
import { MICROSOFT, type Graph, type GraphValue, type Initializer, type Node } from './graph';

/** Row-major [rows, columns] to [columns, rows]: ONNX multiplies from the right. */
function transposed(data: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(data.length);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) turned[c * rows + r] = data[r * columns + c]!;
  return turned;
}

/** cos and sin of position times rate, [positions, headDim / 2]. */
function rotaryTable(config: PolicyConfig, name: string, of: (angle: number) => number): Initializer {
  const { max_position_embeddings: positions, head_dim: d, rope_theta: base } = config;
  const half = d / 2;
  const data = Float32Array.from({ length: positions * half }, (_, at) =>
    of(Math.floor(at / half) * base ** ((-2 * (at % half)) / d)),
  );
  return { name, shape: [positions, half], data };
}

export function qwen3Graph(config: PolicyConfig, weights: readonly NamedWeight[]): Graph {
  const {
    num_attention_heads: heads,
    num_key_value_heads: kvHeads,
    head_dim: d,
    rms_norm_eps: epsilon,
    num_hidden_layers: layers,
  } = config;
  const nodes: Node[] = [];
  const initializers: Initializer[] = [
    rotaryTable(config, 'cos', Math.cos),
    rotaryTable(config, 'sin', Math.sin),
    ...weights.map(({ name, shape, data }): Initializer => {
      if (shape.length === 1 || name === EMBEDDING_NAME) return { name, shape, data };
      return { name, shape: [shape[1]!, shape[0]!], data: transposed(data, shape[0]!, shape[1]!) };
    }),
  ];
  const list = (name: string, ...values: number[]): string => {
    initializers.push({ name, shape: [values.length], data: BigInt64Array.from(values.map(BigInt)) });
    return name;
  };
  let made = 0;
  const add = (op: string, inputs: readonly string[], more: Partial<Node> = {}): string => {
    const output = more.outputs?.[0] ?? `v${made++}`;
    nodes.push({ op, inputs, outputs: [output], ...more });
    return output;
  };
  const norm = (x: string, weight: string) =>
    add('SimplifiedLayerNormalization', [x, weight], {
      attributes: { axis: -1, epsilon: { float: epsilon }, stash_type: 1 },
    });

  // How far the cache is filled, from the mask: GroupQueryAttention counts instead of masking.
  const counted = add('ReduceSum', ['attention_mask', list('axis1', 1)], { attributes: { keepdims: 0 } });
  const lastSlot = add('Cast', [add('Sub', [counted, list('one', 1)])], { attributes: { to: 6 } });
  const maskShape = add('Shape', ['attention_mask']);
  initializers.push({ name: 'index1', shape: [], data: BigInt64Array.of(1n) });
  const total = add('Cast', [add('Gather', [maskShape, 'index1'], { attributes: { axis: 0 } })], {
    attributes: { to: 6 },
  });
  const perHead = list('perHead', 0, 0, -1, d);
  const flat = list('flat', 0, 0, -1);
  const headNorm = (x: string, weight: string) =>
    add('Reshape', [norm(add('Reshape', [x, perHead]), weight), flat]);

  let x = add('Gather', [EMBEDDING_NAME, 'input_ids']);
  const caches: { inputs: GraphValue[]; outputs: GraphValue[] } = { inputs: [], outputs: [] };
  for (let layer = 0; layer < layers; layer++) {
    const w = (name: Parameters<typeof tensorName>[1]) => tensorName(layer, name);
    const attended = norm(x, w('input_layernorm'));
    const q = headNorm(add('MatMul', [attended, w('self_attn.q_proj')]), w('self_attn.q_norm'));
    const k = headNorm(add('MatMul', [attended, w('self_attn.k_proj')]), w('self_attn.k_norm'));
    const v = add('MatMul', [attended, w('self_attn.v_proj')]);
    const past = ['key', 'value'].map((which) => `past_key_values.${layer}.${which}`);
    const present = ['key', 'value'].map((which) => `present.${layer}.${which}`);
    const sized = (name: string, length: string): GraphValue => ({
      name,
      type: 'float',
      shape: ['batch_size', kvHeads, length, d],
    });
    caches.inputs.push(...past.map((name) => sized(name, 'past_sequence_length')));
    caches.outputs.push(...present.map((name) => sized(name, 'total_sequence_length')));
    const mixed = `mixed.${layer}`;
    add('GroupQueryAttention', [q, k, v, ...past, lastSlot, total, 'cos', 'sin'], {
      outputs: [mixed, ...present],
      domain: MICROSOFT,
      attributes: { num_heads: heads, kv_num_heads: kvHeads, do_rotary: 1, rotary_interleaved: 0 },
    });
    x = add('Add', [x, add('MatMul', [mixed, w('self_attn.o_proj')])]);
    const fed = norm(x, w('post_attention_layernorm'));
    const gate = add('MatMul', [fed, w('mlp.gate_proj')]);
    const active = add('Mul', [
      add('Mul', [gate, add('Sigmoid', [gate])]),
      add('MatMul', [fed, w('mlp.up_proj')]),
    ]);
    x = add('Add', [x, add('MatMul', [active, w('mlp.down_proj')])]);
  }
  const table = weights.find(({ name }) => name === EMBEDDING_NAME)!;
  initializers.push({
    name: 'lm_head',
    shape: [config.hidden_size, config.vocab_size],
    data: transposed(table.data, config.vocab_size, config.hidden_size),
  });
  // The last `num_logits_to_keep` tokens; 0 keeps all, since counting 0 back from the end is the beginning.
  const from = add('Reshape', [add('Neg', ['num_logits_to_keep']), list('flatten', -1)]);
  const kept = add('Slice', [x, from, list('end', Number.MAX_SAFE_INTEGER), 'axis1']);
  add('MatMul', [norm(kept, FINAL_NORM_NAME), 'lm_head'], { outputs: ['logits'] });
  return {
    name: 'qwen3',
    nodes,
    initializers,
    inputs: [
      { name: 'input_ids', type: 'int64', shape: ['batch_size', 'sequence_length'] },
      { name: 'attention_mask', type: 'int64', shape: ['batch_size', 'total_sequence_length'] },
      { name: 'num_logits_to_keep', type: 'int64', shape: [] },
      ...caches.inputs,
    ],
    outputs: [
      { name: 'logits', type: 'float', shape: ['batch_size', 'kept_length', config.vocab_size] },
      ...caches.outputs,
    ],
  };
}
