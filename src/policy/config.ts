/**
 * The shape of the policy: a Qwen3-style decoder, read from a Hugging Face `config.json`. Names are theirs.
 */
import * as v from 'valibot';
import { CheckpointError } from './errors';

const size = v.pipe(v.number(), v.integer(), v.minValue(1));

const schema = v.pipe(
  v.object({
    model_type: v.literal('qwen3'),
    vocab_size: size,
    hidden_size: size,
    intermediate_size: size,
    num_hidden_layers: size,
    num_attention_heads: size,
    num_key_value_heads: size,
    head_dim: size,
    max_position_embeddings: size,
    rms_norm_eps: v.pipe(v.number(), v.minValue(0)),
    rope_theta: v.pipe(v.number(), v.minValue(1)),
    tie_word_embeddings: v.literal(true),
  }),
  v.check(
    (c) => c.num_attention_heads % c.num_key_value_heads === 0,
    'num_attention_heads must be a multiple of num_key_value_heads',
  ),
  v.check(
    (c) => c.hidden_size % 4 === 0 && c.intermediate_size % 4 === 0 && c.head_dim % 4 === 0,
    'hidden_size, intermediate_size and head_dim must be multiples of 4, since int8 weights are packed by four',
  ),
);

export type PolicyConfig = Readonly<v.InferOutput<typeof schema>>;

/** Parses the text of a `config.json`. Throws a `CheckpointError` that names every problem. */
export function parseConfig(text: string): PolicyConfig {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    throw new CheckpointError('checkpoint-broken', 'config.json is not JSON.');
  }
  const result = v.safeParse(schema, raw);
  if (result.success) return result.output;
  const problems = result.issues.map((issue) => {
    const path = v.getDotPath(issue);
    return path ? `${path}: ${issue.message}` : issue.message;
  });
  throw new CheckpointError(
    'checkpoint-broken',
    `config.json does not describe a policy we can run: ${problems.join('; ')}.`,
  );
}

export const LINEAR_NAMES = [
  'self_attn.q_proj',
  'self_attn.k_proj',
  'self_attn.v_proj',
  'self_attn.o_proj',
  'mlp.gate_proj',
  'mlp.up_proj',
  'mlp.down_proj',
] as const;
export type LinearName = (typeof LINEAR_NAMES)[number];

export const NORM_NAMES = [
  'input_layernorm',
  'self_attn.q_norm',
  'self_attn.k_norm',
  'post_attention_layernorm',
] as const;
export type NormName = (typeof NORM_NAMES)[number];

export const EMBEDDING_NAME = 'model.embed_tokens.weight';
export const FINAL_NORM_NAME = 'model.norm.weight';

export const tensorName = (layer: number, name: LinearName | NormName) =>
  `model.layers.${layer}.${name}.weight`;

/** Sizes [outer, inner] of the linear layers of one block. */
export function linearShape(config: PolicyConfig, name: LinearName): readonly [number, number] {
  const { hidden_size: hidden, intermediate_size: wide, head_dim: d } = config;
  const queries = config.num_attention_heads * d;
  const keys = config.num_key_value_heads * d;
  switch (name) {
    case 'self_attn.q_proj':
      return [queries, hidden];
    case 'self_attn.k_proj':
    case 'self_attn.v_proj':
      return [keys, hidden];
    case 'self_attn.o_proj':
      return [hidden, queries];
    case 'mlp.gate_proj':
    case 'mlp.up_proj':
      return [wide, hidden];
    case 'mlp.down_proj':
      return [hidden, wide];
  }
}

/** Linear layers that read the same input are one product: their rows are stacked in this order. */
export const PROJECTIONS = {
  qkv: ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj'],
  attentionOut: ['self_attn.o_proj'],
  gateUp: ['mlp.gate_proj', 'mlp.up_proj'],
  down: ['mlp.down_proj'],
} as const satisfies Record<string, readonly LinearName[]>;
export type ProjectionName = keyof typeof PROJECTIONS;
export const PROJECTION_NAMES = Object.keys(PROJECTIONS) as ProjectionName[];

/** Sizes [outer, inner] of a stacked product. */
export function projectionShape(config: PolicyConfig, name: ProjectionName): readonly [number, number] {
  const shapes = PROJECTIONS[name].map((part) => linearShape(config, part));
  return [shapes.reduce((sum, [outer]) => sum + outer, 0), shapes[0]![1]];
}

/** Rows of a stacked product at which its second and its third part begin. */
export function projectionStarts(config: PolicyConfig, name: ProjectionName): number[] {
  let at = 0;
  return PROJECTIONS[name].slice(0, -1).map((part) => (at += linearShape(config, part)[0]));
}

/** Length of a norm's weight. */
export function normLength(config: PolicyConfig, name: NormName): number {
  return name === 'self_attn.q_norm' || name === 'self_attn.k_norm' ? config.head_dim : config.hidden_size;
}
