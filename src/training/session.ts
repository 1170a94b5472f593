/**
 * One run: a policy, a gym, a user and the settings in force. What the worker and the command line drive.
 */
import { gymsOf, mixtureGym } from '../gyms/mixture';
import { GYM_NAMES, OWN, type GymName } from '../gyms/options';
import { checkTable } from '../gyms/own/check';
import { TableError } from '../gyms/own/problems';
import type { OwnTable } from '../gyms/own/table';
import { findGym, openGym } from '../gyms/registry';
import type { Gym } from '../gyms/types';
import { readCheckpoint, type ReadFile } from '../policy/checkpoint';
import { Policy } from '../policy/policy';
import { splitSeed } from '../random';
import { adapterValues, weightsHash, writeAdapter, type AdapterFile } from '../runs/adapter-file';
import type { Addition, ConversationRequest, ConversationView, Heard } from '../runs/conversation';
import type { Inspection } from '../runs/inspection';
import type {
  Baselines,
  ConversationRecord,
  EvaluationRecord,
  EvaluationTable,
  GroupRecord,
  PolicyReport,
  SftMetrics,
} from '../runs/record';
import { SETTING_KEYS, SETTINGS, type Settings } from '../runs/settings';
import { createUser } from '../users/registry';
import type { SimulatedUser, UserStrength } from '../users/types';
import { compare, type ComparisonProgress, type Player } from './comparison';
import { Conversations } from './conversations';
import { asPlayed, baselines, evaluate, playTasks } from './evaluate';
import { GrpoTrainer, type StepResult } from './grpo';
import { scoreFraction } from './metrics';
import { SftTrainer } from './sft';
import { totalReward } from './statistics';
import { checkWords, fitWords, unknownWords } from './words';
import { warmUp, warmUpComparison } from './warm-up';
import { watch } from './watch';

/** Which test tasks a comparison plays, and with whom. */
export interface ComparisonRequest {
  readonly users: readonly UserStrength[];
  /** Most test tasks of one gym; `null` plays them all. */
  readonly episodes: number | null;
  /** Other gyms than those of the run. */
  readonly gyms?: readonly GymName[];
}

export class Session {
  readonly #policy: Policy;
  readonly #gym: Gym;
  readonly #grpo: GrpoTrainer;
  readonly #sft: SftTrainer;
  readonly #conversations: Conversations;
  #settings: Settings;
  #user: SimulatedUser;
  /** GRPO steps that an adapter put on by `loadAdapter` had behind it. */
  #stepsLoaded: number | undefined;

  private constructor(policy: Policy, gym: Gym, settings: Settings) {
    this.#policy = policy;
    this.#gym = gym;
    this.#settings = settings;
    this.#user = createUser(settings);
    this.#grpo = new GrpoTrainer(policy, gym);
    this.#sft = new SftTrainer(policy, gym);
    this.#conversations = new Conversations(policy, gym, this.#grpo);
  }

  /**
   * Loads the checkpoint that the settings name. Where they name a gym of somebody's own, `table` is what it is made
   * from. The device must be open. Throws a `CheckpointError`, or a `TableError` where the table cannot be played.
   */
  static async open(
    settings: Settings,
    files: (checkpoint: string) => ReadFile,
    table?: OwnTable,
  ): Promise<Session> {
    const own = settings.gym === OWN ? playable(table) : undefined;
    const stored = await readCheckpoint(settings.checkpoint, files(settings.checkpoint));
    checkWords(stored, settings.gym);
    const checkpoint = own ? fitWords(stored, own, splitSeed(settings.seed, 'words')) : stored;
    const lora = { rank: settings.loraRank, alpha: settings.loraAlpha };
    return new Session(
      new Policy(checkpoint, lora, splitSeed(settings.seed, 'adapter')),
      openGym(settings, own),
      settings,
    );
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** GRPO steps made. */
  get steps(): number {
    return this.#grpo.steps;
  }

  get policyReport(): PolicyReport {
    const { checkpoint, parameters } = this.#policy;
    let size = 0;
    for (const [name, { data }] of checkpoint.tensors) if (!name.endsWith('_scale')) size += data.length;
    return {
      checkpoint: checkpoint.name,
      parameters: size,
      adapterParameters: parameters.size,
      bytes: checkpoint.bytes,
      vocabulary: checkpoint.tokenizer.size,
      contextLength: checkpoint.config.max_position_embeddings,
      gyms: this.#knownGyms(),
    };
  }

  #knownGyms(): string[] {
    const { tokenizer } = this.#policy.checkpoint;
    const known: string[] = GYM_NAMES.filter(
      (name) => unknownWords(tokenizer, findGym(name).vocabulary()).length === 0,
    );
    const { gym } = this.#settings;
    const several = gymsOf(gym).train.some((name) => name !== gym);
    return several || known.includes(gym) ? known : [...known, gym];
  }

  /** New values for what does not need a restart, from the next step on; the rest stays as the run was opened with. */
  configure(settings: Settings): void {
    const fixed = SETTING_KEYS.filter((key) => SETTINGS[key].restart).map((key) => [
      key,
      this.#settings[key],
    ]);
    this.#settings = { ...settings, ...(Object.fromEntries(fixed) as Partial<Settings>) };
    this.#user = createUser(this.#settings);
  }

  /**
   * Compiles the GPU programs that the settings in force will run, so that no step waits for one; on other devices
   * there are none. Returns how many were compiled; `onProgress` hears of them from the first on, and never where
   * there are none. Rejects with the abort reason as soon as it is stopped, after which it may be called again.
   */
  async warmUp(
    signal?: AbortSignal,
    onProgress: (done: number, total: number) => void = () => {},
  ): Promise<number> {
    signal?.throwIfAborted();
    const compiling = warmUp(this.#policy, this.#settings, this.#grpo.maxNewTokens, (done, total) => {
      if (!signal?.aborted) onProgress(done, total);
    });
    return signal ? Promise.race([compiling, abortOf(signal)]) : compiling;
  }

  baselines(): Promise<Baselines> {
    return baselines(this.#gym, this.#user, this.#settings);
  }

  /** One GRPO step. Throws the abort reason if stopped, a `DivergedError` if the loss is no number any more. */
  async trainStep(signal?: AbortSignal, onRolledOut?: () => void): Promise<StepResult> {
    // A cold start made here is the policy to stay near, as a cold-started checkpoint would be.
    if (this.#grpo.steps === 0 && this.#sft.steps > 0) await this.#policy.freezeReference();
    return this.#grpo.step(this.#settings, this.#user, signal, onRolledOut);
  }

  /**
   * A rollout of one of the last steps, token by token; `undefined` where it is not remembered any more. The step that
   * was asked for last is remembered as long as no other is. May be called between steps, whatever came since.
   */
  inspect(step: number, group: number, rollout: number): Promise<Inspection | undefined> {
    return this.#grpo.inspect(step, group, rollout);
  }

  /** Begins a conversation with a person, in any gym the policy knows, and leaves the one before. */
  converse(request: ConversationRequest, signal?: AbortSignal): Promise<ConversationView> {
    return this.#conversations.begin(request, this.#settings, signal);
  }

  /** The person's reply; `null` where there is no such conversation any more. */
  say(conversation: number, text: string, signal?: AbortSignal): Promise<ConversationView | null> {
    return this.#conversations.say(conversation, text, signal);
  }

  /** What words would be to the policy, if they were said now; computes nothing on the device. */
  hear(conversation: number, text: string): Heard | null {
    return this.#conversations.hear(conversation, text);
  }

  /** Takes finished conversations of one task as a group into the next step. */
  addToTraining(conversations: readonly number[]): Addition {
    return this.#conversations.add(conversations, this.#settings);
  }

  /** Whether the cold start has made all its updates. */
  get coldStartDone(): boolean {
    return this.#sft.steps >= this.#settings.sftSteps;
  }

  /** One supervised update; every `validityEvery` updates, and at the last, it also samples and reports validity. */
  async coldStartStep(validityEvery = 25, signal?: AbortSignal): Promise<SftMetrics> {
    const metrics = await this.#sft.step(this.#settings, this.#user);
    if (metrics.step % validityEvery !== 0 && !this.coldStartDone) return metrics;
    const { validity } = await this.#evaluate(
      'train',
      'sampled',
      { ...this.#settings, evaluationEpisodes: 32 },
      signal,
    );
    return { ...metrics, validity };
  }

  /** Plays the test tasks. */
  evaluate(decoding: 'sampled' | 'greedy', signal?: AbortSignal): Promise<EvaluationRecord> {
    return this.#evaluate('test', decoding, this.#settings, signal);
  }

  /** The conversations on the first test tasks, sampled as in training. */
  async play(episodes: number, signal?: AbortSignal): Promise<ConversationRecord[]> {
    const { seed, maxTurns, temperature } = this.#settings;
    const tasks = this.#gym.tasks.test.slice(0, episodes);
    const options = { maxTurns, temperature, seedAt: (at: number) => splitSeed(seed, 'play', at) };
    const played = await playTasks(this.#policy, this.#gym, this.#user, tasks, options, signal);
    return played.map((trajectory) => ({
      task: trajectory.task.id,
      opening: trajectory.task.opening,
      turns: trajectory.turns.map(({ choice, content, feedback, reward }) => ({
        choice,
        content,
        feedback,
        reward,
      })),
      reward: totalReward(trajectory.turns),
      score: scoreFraction(this.#gym, asPlayed(trajectory), maxTurns),
      success: trajectory.success,
      end: trajectory.end,
    }));
  }

  /** Compiles what a comparison runs beside what `warmUp` has compiled. */
  warmUpComparison(onProgress: (done: number, total: number) => void = () => {}): Promise<number> {
    return warmUpComparison(this.#policy, onProgress);
  }

  /**
   * Plays the test tasks greedily with every player. Throws a `CheckpointError` where the policy does not know the
   * words of a gym asked for.
   */
  compare(
    { users, episodes, gyms }: ComparisonRequest,
    onProgress?: ComparisonProgress,
    signal?: AbortSignal,
  ): Promise<EvaluationTable> {
    this.checkGyms(gyms);
    const gym = gyms
      ? mixtureGym(
          'comparison',
          gyms.map((name) => openGym({ ...this.#settings, gym: name })),
        )
      : this.#gym;
    const step = (this.#stepsLoaded ?? 0) + this.steps;
    const options = { players: this.#players(), users, episodes, step };
    return compare(this.#policy, gym, this.#settings, options, onProgress, signal);
  }

  /** Throws a `CheckpointError` where the policy was not taught the words of these gyms. */
  checkGyms(gyms: readonly GymName[] = []): void {
    for (const gym of gyms) checkWords(this.#policy.checkpoint, gym);
  }

  /** Without reinforcement learning there is no trained player, only the policy that it would start from. */
  #players(): Player[] {
    const { adapter, referenceAdapter } = this.#policy;
    const trained = this.steps > 0 || this.#stepsLoaded !== undefined;
    const before = trained ? referenceAdapter : this.#sft.steps > 0 ? adapter : undefined;
    return [
      { name: 'random' },
      { name: 'sft', adapter: before ?? null },
      ...(trained ? [{ name: 'trained', adapter } as const] : []),
      { name: 'oracle' },
    ];
  }

  /** The adapter as it is now, as a safetensors file. */
  async saveAdapter(): Promise<Uint8Array> {
    const { checkpoint, config, parameters } = this.#policy;
    return writeAdapter(config, await parameters.values(), {
      settings: this.#settings,
      step: (this.#stepsLoaded ?? 0) + this.steps,
      checkpointHash: await weightsHash(checkpoint),
    });
  }

  /** Puts on an adapter that was saved. Throws a `CheckpointError` where it was made for another policy. */
  async loadAdapter(file: AdapterFile): Promise<void> {
    const { checkpoint, config, lora, parameters } = this.#policy;
    const values = adapterValues(file, { config, hash: await weightsHash(checkpoint), ...lora });
    parameters.reset(values);
    this.#stepsLoaded = file.step;
  }

  /** A look at the watched tasks, one group each: rolled out and credited like a step's, but not trained on. */
  watch(signal?: AbortSignal): Promise<readonly GroupRecord[]> {
    return watch(this.#policy, this.#gym, this.#user, this.#settings, signal);
  }

  dispose(): void {
    // What waits for a person holds on to the device; it lets go as soon as whoever called this comes to rest.
    void this.#conversations.leave();
    this.#policy.dispose();
  }

  #evaluate(
    split: 'train' | 'test',
    decoding: 'sampled' | 'greedy',
    settings: Settings,
    signal?: AbortSignal,
  ) {
    return evaluate(
      this.#policy,
      this.#gym,
      this.#user,
      settings,
      { split, decoding, step: this.steps },
      signal,
    );
  }
}

/** Rejects with the abort reason when that comes. */
const abortOf = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });

/** The table of a gym of one's own. Throws a `TableError` where there is none or it cannot be played. */
function playable(table: OwnTable | undefined): OwnTable {
  if (!table)
    throw new TableError([
      'The settings ask for a gym of your own; paste or choose its table in the settings.',
    ]);
  checkTable(table);
  return table;
}
