/** The status line: always says what the engine does, never leaves a silence to be guessed at. */
import { seconds } from './format';
import type { RunState } from './state';

export interface StatusLine {
  /** What the engine is doing. */
  readonly doing: string;
  /** Where the run stands, e.g. "step 12 · 1.1 s". */
  readonly where: string;
}

const DEFAULT_TEXT = {
  idle: 'Waiting for the engine',
  loading: 'Loading the model',
  compiling: 'Compiling GPU programs',
  'rolling-out': 'Rolling out',
  training: 'Updating the policy',
  evaluating: 'Evaluating on test tasks',
  'cold-start': 'Learning from demonstrations',
  talking: 'The policy talks with you',
} as const;

export function statusLine(state: RunState): StatusLine {
  return { doing: doing(state), where: where(state) };
}

function doing(state: RunState): string {
  if (state.failure) return 'Stopped by an error';
  if (state.stopping) return 'Pausing at the next safe point…';
  if (state.work) return `${trim(state.text) || DEFAULT_TEXT[state.phase]}…`;
  if (!state.opened) return 'The engine is not running';
  if (state.step > 0) return 'Paused';
  if (state.sftStep > 0) return 'Cold start done';
  return 'Ready';
}

/** The engine's text may or may not end in dots or a capital; the line has one form. */
function trim(text: string): string {
  const bare = text.trim().replace(/(…|\.+)$/u, '');
  return bare.charAt(0).toUpperCase() + bare.slice(1);
}

function where(state: RunState): string {
  if (state.work === 'coldStart' && state.lastSft) {
    return `update ${state.sftStep} · ${seconds(state.lastSft.step_time)}`;
  }
  if (state.last) return `step ${state.step} · ${seconds(state.last.step_time)}`;
  return state.opened ? 'step 0' : '';
}

/**
 * The same for a screen reader, which must not be told of every phase of every step: a new sentence
 * only when the kind of work changes, and every tenth step.
 */
export function announcement(state: RunState): string {
  if (state.failure) return '';
  if (state.work && state.phase === 'compiling' && !state.stopping) return `${DEFAULT_TEXT.compiling}…`;
  if (state.work === 'train' && !state.stopping && state.step > 0) {
    return `Training, step ${Math.floor(state.step / 10) * 10}`;
  }
  if (state.work === 'coldStart' && !state.stopping && state.sftStep > 0) {
    return `Cold start, update ${Math.floor(state.sftStep / 50) * 50}`;
  }
  const { doing: now, where: at } = statusLine(state);
  return state.work ? now : `${now}${at ? `, ${at.split(' · ')[0]}` : ''}`;
}
