/** What each failure is called on the page and what a person can do about it. */
import type { DevicePreference, FailureCode } from '../worker/protocol';

export interface Advice {
  readonly title: string;
  readonly remedy: string;
}

export const ADVICE: Readonly<Record<FailureCode, Advice>> = {
  'no-engine': {
    title: 'The engine could not be loaded',
    remedy:
      'Check the connection, then press Reset. If it stays, reload the page without its cache (Shift + reload), or try a current Chrome, Edge, Firefox or Safari.',
  },
  'no-device': {
    title: 'There is no device to compute on',
    remedy: 'Try a current Chrome, Edge, Firefox or Safari with hardware acceleration switched on.',
  },
  'device-lost': {
    title: 'The graphics device went away',
    remedy:
      'This happens after sleep, a driver update, or when memory runs short. Press Reset to start again with the same settings; WASM trains without the graphics device.',
  },
  'checkpoint-missing': {
    title: 'The model could not be downloaded',
    remedy:
      'Check the connection, then press Reset. If you host this page yourself, its models folder must be served beside it.',
  },
  'checkpoint-broken': {
    title: 'The model file is damaged',
    remedy:
      'Reload the page without its cache (Shift + reload), then press Reset. If it stays, choose another starting policy.',
  },
  'checkpoint-unfit': {
    title: 'This policy does not know this gym',
    remedy: 'Both stand in the settings, under "The world". Change one of them, then press Reset.',
  },
  'bad-settings': {
    title: 'These settings do not work together',
    remedy: 'Change what is named above, or set it back to its default, then press Reset.',
  },
  diverged: {
    title: 'Training has diverged',
    remedy:
      'The numbers have left the range of numbers. Lower the learning rate, raise the KL coefficient or tighten the clip, then press Reset. The curves show where it began.',
  },
  internal: {
    title: 'The engine stopped unexpectedly',
    remedy:
      'The curves so far stay on the page until you press Reset, which starts the engine afresh with the same settings.',
  },
};

/** A device on which it may go better after this failure than on the one asked for. */
export function betterDevice(code: FailureCode, asked: DevicePreference): DevicePreference | null {
  if (code === 'device-lost') return 'wasm';
  if (code !== 'no-device' || asked === 'auto') return null;
  return asked === 'wasm' ? 'auto' : 'wasm';
}
