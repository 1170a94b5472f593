/** A checkpoint on the device with the adapter that learns on top of it. */
import type { Checkpoint } from './checkpoint';
import { adapterFrom, adapterShapes, initialAdapter, type Adapter, type LoraOptions } from './lora';
import { Dialogue } from './dialogue';
import { Parameters } from './parameters';
import { disposeWeights, loadWeights, type PolicyWeights } from './weights';

export class Policy {
  readonly checkpoint: Checkpoint;
  readonly dialogue: Dialogue;
  readonly weights: PolicyWeights;
  readonly parameters: Parameters;
  readonly lora: LoraOptions;
  /** A frozen adapter that the reference policy wears; absent, the reference is the bare checkpoint. */
  #reference: Parameters | undefined;

  constructor(checkpoint: Checkpoint, lora: LoraOptions, seed: number) {
    this.checkpoint = checkpoint;
    this.dialogue = new Dialogue(checkpoint.tokenizer);
    this.weights = loadWeights(checkpoint.config, checkpoint.tensors);
    this.lora = lora;
    const shapes = adapterShapes(checkpoint.config, lora);
    this.parameters = new Parameters(shapes, initialAdapter(shapes, seed));
  }

  get config() {
    return this.checkpoint.config;
  }

  /** The learning adapter as it is now; valid until the next update. */
  get adapter(): Adapter {
    return adapterFrom(this.config, this.parameters.views(), this.lora);
  }

  /** The adapter of the reference policy: none, or a frozen copy taken after the cold start. */
  get referenceAdapter(): Adapter | undefined {
    return this.#reference && adapterFrom(this.config, this.#reference.views(), this.lora);
  }

  /**
   * From now on the reference policy is what the policy is at this moment, and the optimiser starts afresh.
   * Called between a cold start made in the page and reinforcement learning.
   */
  async freezeReference(): Promise<void> {
    const values = await this.parameters.values();
    this.#reference?.dispose();
    this.#reference = new Parameters(this.parameters.shapes, values);
    this.parameters.reset(values);
  }

  /**
   * A copy of the adapter of the policy as it is now, or of the reference policy, which later updates leave alone.
   * `null` where the reference is the bare checkpoint. The caller disposes of it.
   */
  async copyAdapter(
    of: 'policy' | 'reference',
  ): Promise<{ readonly adapter: Adapter; dispose(): void } | null> {
    const source = of === 'policy' ? this.parameters : this.#reference;
    if (!source) return null;
    const copy = new Parameters(source.shapes, await source.values());
    return {
      adapter: adapterFrom(this.config, copy.views(), this.lora),
      dispose: () => copy.dispose(),
    };
  }

  dispose(): void {
    disposeWeights(this.weights);
    this.parameters.dispose();
    this.#reference?.dispose();
  }
}
