/**
 * How a contestant's line looks. The accent is ours alone; the others differ by dashes and strength, never by a
 * colour that would mean something elsewhere in the app.
 */
export interface Look {
  readonly colour: 'accent' | 'ink' | 'muted';
  readonly dash: readonly number[];
  readonly width: number;
}

const LOOKS: Readonly<Record<string, Look>> = {
  turnwise: { colour: 'accent', dash: [], width: 2.5 },
  'turnwise-lora': { colour: 'accent', dash: [7, 4], width: 2.5 },
  'turnwise-demo': { colour: 'accent', dash: [2, 3], width: 2.5 },
  'jax-js': { colour: 'ink', dash: [], width: 1.5 },
  tensorflow: { colour: 'ink', dash: [7, 4], width: 1.5 },
  nanogpt: { colour: 'ink', dash: [2, 3], width: 1.5 },
  transformers: { colour: 'muted', dash: [], width: 1.5 },
  torch: { colour: 'muted', dash: [7, 4], width: 1.5 },
  generate: { colour: 'muted', dash: [2, 3], width: 1.5 },
  trl: { colour: 'muted', dash: [10, 3, 2, 3], width: 1.5 },
};

export const lookOf = (id: string): Look => LOOKS[id] ?? { colour: 'muted', dash: [], width: 1 };
