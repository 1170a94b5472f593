/** What somebody has predicted and run, lesson by lesson; kept while the page is open. */
import { keptFor } from '../kept.svelte';
import type { Run } from '../run.svelte';
import { LESSONS } from './all';
import type { ArmResult, Conclusion } from './lesson';
import { LESSON_NAMES, type LessonName } from './names';
import { idleRunner, LessonRunner, type RunnerState } from './runner';

export interface Attempt {
  readonly seed: number;
  /** What was expected of it. */
  readonly prediction: string;
  readonly results: readonly ArmResult[];
  readonly conclusion: Conclusion;
}

export class Desk {
  readonly #run: Run;
  readonly #runner: LessonRunner;
  #attempts = $state.raw<Readonly<Partial<Record<LessonName, readonly Attempt[]>>>>({});
  #predictions = $state.raw<Readonly<Partial<Record<LessonName, string>>>>({});
  /** The lesson that runs, or was tried last. */
  current = $state.raw<LessonName | null>(null);
  runner = $state.raw<RunnerState>(idleRunner());

  constructor(run: Run) {
    this.#run = run;
    this.#runner = new LessonRunner({ start: run.start, changed: (state) => (this.runner = state) });
  }

  /** Oldest first. */
  attempts(name: LessonName): readonly Attempt[] {
    return this.#attempts[name] ?? [];
  }

  get done(): number {
    return LESSON_NAMES.filter((name) => this.attempts(name).length > 0).length;
  }

  prediction(name: LessonName): string | null {
    return this.#predictions[name] ?? null;
  }

  predict(name: LessonName, prediction: string): void {
    this.#predictions = { ...this.#predictions, [name]: prediction };
  }

  /** The first attempt has seed 0; every further one the next. */
  nextSeed(name: LessonName): number {
    return this.attempts(name).length;
  }

  async start(name: LessonName): Promise<void> {
    const prediction = this.prediction(name);
    if (prediction === null || this.runner.running) return;
    this.current = name;
    const { arms, conclude } = LESSONS[name];
    const seed = this.nextSeed(name);
    const results = await this.#runner.run(arms, seed, this.#run.device);
    if (!results) return;
    const attempt = { seed, prediction, results, conclusion: conclude(results) };
    this.#attempts = { ...this.#attempts, [name]: [...this.attempts(name).map(withoutWords), attempt] };
  }

  stop(): Promise<void> {
    return this.#runner.stop();
  }
}

/** Only the newest attempt is looked into; the conversations of the others would fill the memory. */
const withoutWords = (attempt: Attempt): Attempt => ({
  ...attempt,
  results: attempt.results.map((result) => ({ ...result, groups: [] })),
});

/** One to a run, so that whoever looks elsewhere finds their lessons as they left them. */
export const deskOf = keptFor((run) => new Desk(run));
