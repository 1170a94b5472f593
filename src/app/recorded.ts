/** The recorded run that the page begins with: fetched, checked, and turned into the same state as a live run's. */
import type { DecodedInspections } from '../runs/inspection';
import { readRecording, type Recording } from '../runs/recording';
import { DEFAULT_SETTINGS, SETTING_KEYS, SETTINGS } from '../runs/settings';
import { NOT_RECORDED, type InspectionSource } from './inspector/looker.svelte';
import { applyEvent, initialState, type RunState } from './state';

/** Beside the page; index.html asks for it before any script has run. */
const FILE = `${import.meta.env.BASE_URL}recordings/default.json`;

/** What is behind its tokens, fetched when somebody looks at them. */
const TOKENS_FILE = `${import.meta.env.BASE_URL}recordings/default.tokens.json`;

/** How long the page may be kept from answering while the file is read. */
const SLICE_MS = 8;

export type LoadedRecording =
  | { readonly ok: true; readonly recording: Recording; readonly state: RunState }
  | { readonly ok: false; readonly problem: string };

export async function loadRecording(): Promise<LoadedRecording> {
  let text: string;
  try {
    const response = await fetch(FILE);
    if (!response.ok) return { ok: false, problem: `${FILE} is not there (HTTP ${response.status})` };
    text = await response.text();
  } catch {
    return { ok: false, problem: `${FILE} could not be fetched` };
  }
  const pause = inSlices(SLICE_MS);
  const read = await readRecording(text, pause);
  if (!read.ok) return read;
  const state = stateOf(read.recording);
  await pause();
  return { ...read, state };
}

/** Looks into the recorded run, as far as that was recorded: of a step some attempts at one task. */
export function recordedInspections(): InspectionSource {
  let fetched: Promise<DecodedInspections | null> | undefined;
  return async ({ step, group, rollout }) => {
    const file = await (fetched ??= fetchInspections());
    if (!file) {
      // It may be there the next time.
      fetched = undefined;
      return NOT_RECORDED;
    }
    if (!file.ok) return { kind: 'absent', why: file.problem };
    const ofStep = file.inspections.filter((one) => one.step === step);
    const inspection = ofStep.find((one) => one.group === group && one.rollout === rollout);
    if (inspection) return { kind: 'there', inspection };
    const [first] = ofStep;
    if (!first) return NOT_RECORDED;
    return {
      kind: 'absent',
      why: `What the policy made of each token was recorded of the best and the worst attempt at task ${first.group + 1} of this step, not of this one. Train it yourself to see it of all.`,
    };
  };
}

async function fetchInspections(): Promise<DecodedInspections | null> {
  try {
    const response = await fetch(TOKENS_FILE);
    if (!response.ok) return null;
    const [text, { decodeInspections }] = await Promise.all([response.text(), import('../runs/inspection')]);
    return decodeInspections(text);
  } catch {
    return null;
  }
}

/** Lets the page breathe whenever `ms` have been worked away. */
function inSlices(ms: number): () => Promise<void> {
  let until = performance.now() + ms;
  return async () => {
    if (performance.now() < until) return;
    await new Promise((resolve) => setTimeout(resolve));
    until = performance.now() + ms;
  };
}

/** The run as its events would have left it. */
export function stateOf(recording: Recording): RunState {
  const { settings, device, policy, baselines, steps, evaluations, kept, looks } = recording;
  let state = applyEvent(initialState(), {
    kind: 'opened',
    opened: { device, policy, baselines },
    settings,
    device: device.device,
    table: null,
  });
  const groupsOf = new Map(kept.map((one) => [one.step, one]));
  for (const metrics of steps) {
    const { groups = [], tasks = 0 } = groupsOf.get(metrics.step) ?? {};
    state = applyEvent(state, { kind: 'step', metrics, groups, tasks });
  }
  for (const look of looks) state = applyEvent(state, { kind: 'watched', ...look });
  for (const result of evaluations) state = applyEvent(state, { kind: 'evaluation', result });
  return state;
}

const DEVICES = { webgpu: 'WebGPU', wasm: 'WASM', cpu: 'plain JavaScript' } as const;

/** A sentence as it reads within another. */
const inner = (sentence: string): string =>
  sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '');

/** What was recorded, in two sentences. */
export function describeRecording({ settings, steps, device, made }: Recording): string {
  const option = SETTINGS.gym.options.find(({ value }) => value === settings.gym);
  const gym = option ? `${option.label} (${inner(option.hint)})` : settings.gym;
  const others = SETTING_KEYS.filter((key) => settings[key] !== DEFAULT_SETTINGS[key]).length;
  const how = others === 0 ? 'with the default settings' : `with ${others} settings of its own`;
  const { tasksPerStep: tasks, groupSize: attempts } = settings;
  const day = new Date(`${made}T12:00:00`).toLocaleDateString('en-GB', { dateStyle: 'long' });
  return `${gym}, ${how}: ${steps.length} steps of ${tasks} tasks, each tried ${attempts} times. Made on ${DEVICES[device.device]} (${device.detail}) on ${day}.`;
}
