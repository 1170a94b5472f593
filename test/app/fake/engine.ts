/**
 * A scripted engine behind the real protocol: it plays a plausible run by the clock, without a model.
 * For building and testing the page only; no production bundle imports it.
 */
import type { EvaluationRecord, EvaluationTable, GroupRecord, StepMetrics } from '../../../src/runs/record';
import { DEFAULT_SETTINGS, isDue, type Settings } from '../../../src/runs/settings';
import type { Port } from '../../../src/worker/client';
import type {
  EngineEvent,
  Failure,
  FromWorker,
  Outcome,
  Phase,
  Request,
  ResultOf,
  ToWorker,
  UserStrength,
} from '../../../src/worker/protocol';
import { GYM_NAMES } from '../../../src/gyms/options';
import { comparison } from './comparison';
import { FakeConversations } from './conversation';
import { inspectFake } from './inspect';
import { playGroup, random, type Random } from './play';
import { TASKS } from './tasks';

export interface FakeOptions {
  /** Length of one training step. */
  readonly stepMs?: number;
  readonly openMs?: number;
  /** GPU programs to compile before the first work; it takes a tenth of a step each. */
  readonly programs?: number;
  /** Steps that the run has behind it when it opens, to see how the page carries a long one. */
  readonly history?: number;
  /** Answers `open` with this. */
  readonly failure?: Failure;
}

class Stopped extends Error {}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / (values.length || 1);

export class FakeEngine implements Port {
  #settings: Settings = DEFAULT_SETTINGS;
  #random: Random = random(1);
  #step = 0;
  /** The groups of each step, which a real engine would forget. */
  readonly #made = new Map<number, readonly GroupRecord[]>();
  #stop = false;
  #compiled = false;
  #conversations = new FakeConversations();
  /** Rollouts with a person that wait for a step. */
  #waiting = 0;
  #queue: Promise<void> = Promise.resolve();
  #dead = false;
  readonly #messages: ((event: { readonly data: FromWorker }) => void)[] = [];
  readonly #errors: ((event: { readonly message?: string }) => void)[] = [];

  constructor(readonly options: FakeOptions = {}) {}

  addEventListener(type: 'message' | 'messageerror' | 'error', listener: unknown): void {
    if (type === 'message') this.#messages.push(listener as (event: { readonly data: FromWorker }) => void);
    else if (type === 'error') this.#errors.push(listener as (event: { readonly message?: string }) => void);
  }

  terminate(): void {
    this.#dead = true;
  }

  /** Dies as a worker dies of a script error. */
  crash(message: string): void {
    for (const listener of this.#errors) listener({ message });
  }

  postMessage(message: ToWorker): void {
    // What a real worker could not be sent must fail here too.
    const { id, request } = structuredClone(message);
    if (request.kind === 'stop') this.#stop = true;
    if (request.kind === 'configure') this.#settings = request.settings;
    if (request.kind === 'inspect') {
      const { group, rollout } = request;
      const record = this.#made.get(request.step)?.[group]?.rollouts[rollout];
      const value = record ? inspectFake(record, request, this.#settings) : null;
      setTimeout(() => this.#send({ id, outcome: { kind: 'completed', value } }));
      return;
    }
    if (request.kind === 'stop' || request.kind === 'configure') {
      setTimeout(() => this.#send({ id, outcome: { kind: 'completed', value: null } }));
      return;
    }
    if (request.kind === 'hear' || request.kind === 'addToTraining') {
      const value =
        request.kind === 'hear'
          ? this.#conversations.hear(request.conversation, request.text)
          : this.#conversations.add(request.conversations, this.#settings);
      if (value && 'added' in value && value.added) this.#waiting += value.person;
      setTimeout(() => this.#send({ id, outcome: { kind: 'completed', value } }));
      return;
    }
    this.#queue = this.#queue.then(() => this.#answer(id, request));
  }

  async #answer(id: number, request: Request): Promise<void> {
    this.#stop = false;
    let outcome: Outcome<ResultOf[Request['kind']]>;
    try {
      outcome = await this.#perform(request);
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      outcome = { kind: 'aborted' };
    }
    this.#status('idle', '');
    this.#send({ id, outcome });
  }

  async #perform(request: Request): Promise<Outcome<ResultOf[Request['kind']]>> {
    if (request.kind !== 'open') await this.#compile();
    switch (request.kind) {
      case 'open':
        return this.#open(request.settings);
      case 'train':
        return this.#train(request.steps);
      case 'coldStart':
        return this.#coldStart();
      case 'evaluate':
        return { kind: 'completed', value: await this.#evaluate(request.decoding) };
      case 'compare':
        return { kind: 'completed', value: await this.#compare(request.users) };
      case 'converse':
        await this.#wait((this.options.stepMs ?? 300) / 3);
        return {
          kind: 'completed',
          value: await this.#conversations.begin(request, this.#settings, this.#step),
        };
      case 'say':
        await this.#wait((this.options.stepMs ?? 300) / 3);
        return {
          kind: 'completed',
          value: await this.#conversations.say(request.conversation, request.text),
        };
      default:
        return { kind: 'completed', value: null };
    }
  }

  async #open(settings: Settings): Promise<Outcome<ResultOf['open']>> {
    this.#settings = settings;
    this.#random = random(settings.seed + 1);
    this.#step = 0;
    this.#compiled = false;
    this.#conversations = new FakeConversations();
    this.#waiting = 0;
    this.#status('loading', 'Loading the policy', 0.4);
    await this.#wait(this.options.openMs ?? 200);
    const [task] = TASKS;
    while (task && this.#step < (this.options.history ?? 0)) {
      const groups = [playGroup(task, this.#skill(), { ...settings, groupSize: 2 }, this.#random)];
      this.#step++;
      this.#emit({ kind: 'step', metrics: this.#metrics(groups), groups, tasks: groups.length });
    }
    if (this.options.failure) return { kind: 'failed', failure: this.options.failure };
    return {
      kind: 'completed',
      value: {
        device: {
          device: 'wasm',
          detail: 'SIMD, 1 thread',
          reason:
            'This browser offers no WebGPU adapter, so training runs on the processor. That is slower, and the same otherwise.',
        },
        policy: {
          checkpoint: settings.checkpoint,
          parameters: 218_400,
          adapterParameters: 24_576,
          bytes: 241_000,
          vocabulary: 512,
          contextLength: 192,
          gyms: GYM_NAMES,
        },
        baselines: { random: 0.17, oracle: 0.97 },
      },
    };
  }

  async #compile(): Promise<void> {
    if (this.#compiled) return;
    const total = this.options.programs ?? 0;
    for (let done = 0; done < total; done++) {
      this.#emit({ kind: 'compiling', done, total });
      await this.#wait((this.options.stepMs ?? 300) / 10);
    }
    if (total > 0) this.#emit({ kind: 'compiling', done: total, total });
    this.#compiled = true;
  }

  async #train(steps: number | null): Promise<Outcome<ResultOf['train']>> {
    const last = steps === null ? Infinity : this.#step + steps;
    if (this.#step === 0) await this.#look();
    while (this.#step < last) {
      await this.#trainStep();
      await this.#look();
    }
    return { kind: 'completed', value: { step: this.#step } };
  }

  async #look(): Promise<void> {
    const settings = this.#settings;
    if (isDue(this.#step, settings.watchEvery)) {
      // The same luck every time, as the real ones have.
      const groups = TASKS.slice(0, 2).map((task) => playGroup(task, this.#skill(), settings, random(7)));
      this.#emit({ kind: 'watched', step: this.#step, groups });
    }
    if (isDue(this.#step, settings.evaluateEvery)) await this.#evaluateBoth();
  }

  /** Rises along a curve that levels off, as a real run does. */
  #skill(): number {
    const base = this.#settings.checkpoint === 'nano' ? 0.24 : 0.08;
    // Something that a comparison can find: these learn less.
    const { trajectoryMethod, userStrength } = this.#settings;
    const top = trajectoryMethod === 'mean' || userStrength === 'terse' ? 0.7 : 0.93;
    return base + (top - base) * (1 - Math.exp(-this.#step / 22));
  }

  async #trainStep(): Promise<void> {
    const ms = this.options.stepMs ?? 300;
    this.#status('rolling-out', `Step ${this.#step + 1}: the policy talks with the user`);
    await this.#wait(ms * 0.7);
    this.#status('training', `Step ${this.#step + 1}: updating the adapter`);
    await this.#wait(ms * 0.3);
    const skill = this.#skill();
    const groups = Array.from({ length: this.#settings.tasksPerStep }, () => {
      const task = TASKS[Math.floor(this.#random() * TASKS.length)] ?? TASKS[0];
      if (!task) throw new Error('no tasks');
      return playGroup(task, skill, this.#settings, this.#random);
    });
    this.#step++;
    this.#made.set(this.#step, groups);
    const metrics = { ...this.#metrics(groups), rollouts_with_person: this.#waiting };
    this.#waiting = 0;
    this.#emit({ kind: 'step', metrics, groups, tasks: groups.length });
  }

  #metrics(groups: readonly GroupRecord[]): StepMetrics {
    const rollouts = groups.flatMap((group) => group.rollouts);
    const flat = groups.filter((group) => group.std === 0);
    const share = (n: number): number => n / groups.length;
    const good = flat.filter((group) => group.rollouts.every((one) => one.score === 1)).length;
    const bad = flat.filter((group) => group.rollouts.every((one) => one.reward === 0)).length;
    const clip = this.#settings.innerEpochs > 1 ? 0.02 + 0.03 * this.#random() : 0;
    return {
      step: this.#step,
      reward: mean(rollouts.map((one) => one.reward)),
      score: mean(rollouts.map((one) => one.score)),
      reward_std: mean(groups.map((group) => group.std)),
      frac_reward_zero_std: share(flat.length),
      frac_all_good: share(good),
      frac_all_bad: share(bad),
      success: mean(rollouts.map((one) => Number(one.success))),
      turns: mean(rollouts.map((one) => one.turns.length)),
      validity: 0.97,
      entropy: 0.4 + 1.1 * Math.exp(-this.#step / 30) + 0.08 * this.#random(),
      kl: 0.12 * (1 - Math.exp(-this.#step / 25)) * (0.9 + 0.2 * this.#random()),
      policy_loss: (this.#random() - 0.5) * 1e-3,
      'clip_ratio/low_mean': clip / 2,
      'clip_ratio/high_mean': clip / 2,
      'clip_ratio/region_mean': clip,
      grad_norm: 0.4,
      learning_rate: this.#settings.learningRate,
      'completions/mean_length': 31,
      rollouts_with_person: 0,
      num_tokens: this.#step * 9000,
      step_time: 1.1 + 0.2 * this.#random(),
      rollout_time: 0.8,
      train_time: 0.3,
      other_time: 0.01,
      num_tensors: 214,
      num_bytes: 4_200_000,
      peak_memory: 42_000_000,
    };
  }

  async #coldStart(): Promise<Outcome<ResultOf['coldStart']>> {
    for (let step = 1; step <= this.#settings.sftSteps; step++) {
      this.#status(
        'cold-start',
        `Cold start: update ${step} of ${this.#settings.sftSteps}`,
        step / this.#settings.sftSteps,
      );
      await this.#wait((this.options.stepMs ?? 300) / 6);
      const measured = step % 10 === 0 || step === 1;
      this.#emit({
        kind: 'sftStep',
        metrics: {
          step,
          loss: 0.5 + 2.4 * Math.exp(-step / 20) + 0.1 * this.#random(),
          grad_norm: 1,
          learning_rate: 0.01,
          num_tokens: step * 2000,
          step_time: 0.2,
          ...(measured ? { validity: 0.98 * (1 - Math.exp(-step / 25)) } : {}),
        },
      });
    }
    return { kind: 'completed', value: { step: this.#settings.sftSteps } };
  }

  async #evaluateBoth(): Promise<void> {
    await this.#evaluate('sampled');
    await this.#evaluate('greedy');
  }

  async #evaluate(decoding: 'sampled' | 'greedy'): Promise<EvaluationRecord> {
    this.#status('evaluating', `Playing the test tasks (${decoding})`);
    await this.#wait(this.options.stepMs ?? 300);
    const score = Math.min(
      1,
      this.#skill() * (decoding === 'greedy' ? 1.02 : 0.94) + 0.04 * (this.#random() - 0.5),
    );
    const result: EvaluationRecord = {
      step: this.#step,
      split: 'test',
      decoding,
      episodes: this.#settings.evaluationEpisodes,
      reward: score * 2,
      score,
      score_ci95: 0.06 * Math.sqrt(score * (1 - score) * 4),
      success: score * 0.8,
      turns: 4.2,
      validity: 0.98,
    };
    this.#emit({ kind: 'evaluation', result });
    return result;
  }

  async #compare(users: readonly UserStrength[]): Promise<EvaluationTable> {
    this.#status('evaluating', 'Comparing players on the test tasks', 0);
    const table = comparison(this.#settings, users, this.#step, this.#skill());
    const total = table.rows.reduce(
      (sum, { player, tasks }) => sum + (player === 'sft' || player === 'trained' ? tasks : 0),
      0,
    );
    for (let done = 0; done <= total; done += 12) {
      this.#emit({ kind: 'comparing', done, total });
      await this.#wait((this.options.stepMs ?? 300) / 10);
    }
    return table;
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      setTimeout(() => {
        if (this.#stop) reject(new Stopped());
        else resolve();
      }, ms);
    });
  }

  #status(phase: Phase, text: string, progress?: number): void {
    this.#emit(
      progress === undefined ? { kind: 'status', phase, text } : { kind: 'status', phase, text, progress },
    );
  }

  #emit(event: EngineEvent): void {
    this.#send({ event });
  }

  #send(message: FromWorker): void {
    if (this.#dead) return;
    // What would not survive the way from a real worker must not pass here either.
    const data = structuredClone(message);
    for (const listener of this.#messages) listener({ data });
  }
}
