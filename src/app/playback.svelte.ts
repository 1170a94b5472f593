/** A run and where in it one is: what player.ts decides, as runes, with the history told what is being read. */
import type { Look } from '../runs/recording';
import type { PlayedStep } from './history';
import {
  atSpeed,
  atStart,
  follow,
  seek,
  tick,
  togglePlay,
  type End,
  type PlayerState,
  type Speed,
} from './player';
import type { RunState } from './state';

export class Playback {
  #player: PlayerState;
  /** The same for whoever draws: it changes with the step, not with every frame on the way there. */
  #shown = $state.raw<Omit<PlayerState, 'ahead'>>(atStart('standing'));
  readonly #run: () => RunState;
  readonly #end: End;

  /** `end`: what becomes of it when it has played to the end of the run. */
  constructor(run: () => RunState, end: End) {
    this.#run = run;
    this.#end = end;
    this.#player = this.#shown = atStart(end);
  }

  get run(): RunState {
    return this.#run();
  }

  get last(): number {
    return this.run.step;
  }

  /** Never beyond the run, which may have begun anew. */
  get position(): number {
    return this.following ? this.last : Math.min(this.#shown.position, this.last);
  }

  get following(): boolean {
    return this.#shown.mode === 'following';
  }

  get playing(): boolean {
    return this.#shown.mode === 'playing';
  }

  get speed(): Speed {
    return this.#shown.speed;
  }

  /** The training groups to show here: those of this step, or of the last one before it that was kept. */
  get kept(): PlayedStep | null {
    return this.run.history.keptAt(this.position);
  }

  get look(): Look | null {
    return this.run.history.lookAt(this.position);
  }

  seek(position: number): void {
    this.#go(seek(this.#player, position, this.last));
  }

  togglePlay(): void {
    this.#go(togglePlay({ ...this.#player, position: this.position }, this.last));
  }

  setSpeed(speed: Speed): void {
    this.#go(atSpeed(this.#player, speed));
  }

  follow(): void {
    this.#go(follow(this.#player, this.last));
  }

  /** What somebody is reading must not be replaced by the next step; they let go of it themselves. */
  hold(): void {
    if (this.playing || (this.following && this.run.work === 'train')) this.seek(this.position);
  }

  tick(ms: number): void {
    this.#go(tick(this.#player, ms, this.last, this.#end));
  }

  #go(player: PlayerState): void {
    const { position, mode, speed } = this.#player;
    this.#player = player;
    if (player.position === position && player.mode === mode && player.speed === speed) return;
    this.#shown = player;
    this.run.history.pin(player.mode === 'following' ? null : player.position);
  }
}
