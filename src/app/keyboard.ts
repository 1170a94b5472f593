/** Which key does what. Plain, so that the sheet of shortcuts and the handler cannot disagree. */
import { VIEW_NAMES, VIEWS, type ViewName } from './views';

export type Command = 'toggle' | 'step' | 'reset' | 'help';

export const SHORTCUTS: readonly {
  readonly keys: readonly string[];
  readonly text: string;
}[] = [
  {
    keys: ['Space'],
    text: 'Start or pause: training, or the recorded run while that is shown',
  },
  { keys: ['S', '→'], text: 'Make one step, or go one on in the recorded run' },
  {
    keys: ['R'],
    text: 'Reset: a new run with the settings as they are; the recorded run from its beginning',
  },
  ...VIEW_NAMES.map((name, i) => ({ keys: [String(i + 1)], text: `Go to: ${VIEWS[name].title}` })),
  { keys: ['?'], text: 'Show or hide this sheet' },
];

export interface Press {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly repeat: boolean;
}

/** What the focused element does with keys itself, which must not be taken from it. */
export type Focus = 'text' | 'arrows' | 'button' | 'none';

export function commandFor(press: Press, focus: Focus): Command | null {
  if (press.ctrlKey || press.metaKey || press.altKey || press.repeat || focus === 'text') return null;
  switch (press.key) {
    case ' ':
      return focus === 'none' ? 'toggle' : null;
    case 'ArrowRight':
      return focus === 'arrows' ? null : 'step';
    case 's':
    case 'S':
      return 'step';
    case 'r':
    case 'R':
      return 'reset';
    case '?':
      return 'help';
    default:
      return null;
  }
}

/** The place of the page that a digit stands for, counted from 1 as the bar of places has them. */
export function placeFor(press: Press, focus: Focus): ViewName | null {
  if (press.ctrlKey || press.metaKey || press.altKey || press.repeat || focus === 'text') return null;
  return (/^[1-9]$/.test(press.key) && VIEW_NAMES[Number(press.key) - 1]) || null;
}

export function focusOf(target: EventTarget | null): Focus {
  if (!(target instanceof HTMLElement)) return 'none';
  if (target instanceof HTMLInputElement) {
    if (target.type === 'range' || target.type === 'radio') return 'arrows';
    return target.type === 'checkbox' ? 'button' : 'text';
  }
  if (target instanceof HTMLTextAreaElement || target.isContentEditable) return 'text';
  if (target instanceof HTMLSelectElement) return 'text';
  if (target.closest('[role="radiogroup"], [role="listbox"], [role="tablist"]')) return 'arrows';
  return target.closest('button, a, summary') ? 'button' : 'none';
}
