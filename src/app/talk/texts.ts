/** What the page says of a conversation one is the user of. Plain functions; the components only draw. */
import type { Meaning } from '../../gyms/hearing';
import type { Addition, ConversationView, SpokenTurn, Suggestion } from '../../runs/conversation';
import { SETTINGS } from '../../runs/settings';
import type { UserStrength } from '../../worker/protocol';
import { prose } from '../prose';
import { END_TEXT } from '../ranking';

export const strengthLabel = (user: UserStrength): string =>
  SETTINGS.userStrength.options.find(({ value }) => value === user)?.label ?? user;

export interface QuickReply {
  readonly text: string;
  /** The users who would say this. */
  readonly label: string;
}

/** Each text once, in the order in which they come. */
export function quickReplies(suggestions: readonly Suggestion[]): QuickReply[] {
  const texts = [...new Set(suggestions.map(({ text }) => text))];
  return texts.map((text) => ({
    text,
    label: suggestions
      .filter((one) => one.text === text)
      .map(({ user }) => strengthLabel(user))
      .join(', '),
  }));
}

/** What a person should know of words that do not say what the rules say; empty where they do. */
export function meaningNote(meaning: Meaning | null, suggestions: readonly Suggestion[]): string {
  const plain = prose(suggestions.find(({ user }) => user === 'plain')?.text ?? '');
  switch (meaning) {
    case 'contradicts':
      return `The rules have it as “${plain}” You may say this, but the policy will be misled.`;
    case 'withholds':
      return `This leaves open what was asked for, as in “${plain}” The policy will not know.`;
    case 'gives-away':
      return 'This tells more than was asked for. It helps the policy, and no scripted user does it.';
    default:
      return '';
  }
}

/** The same in two words, beside what was said. */
export const MEANING_MARKS: Readonly<Record<Meaning, string>> = {
  agrees: '',
  contradicts: 'misled',
  withholds: 'left open',
  'gives-away': 'a hint',
};

const MOST_COMPLETIONS = 8;

/** The text with its last word completed by words the policy knows, shortest first. */
export function completions(typed: string, words: readonly string[]): string[] {
  const [, before = '', last = ''] = /^(.*?)([a-z]*)$/is.exec(typed) ?? [];
  if (last === '') return [];
  const start = last.toLowerCase();
  return words
    .filter((word) => word.startsWith(start) && word !== start)
    .sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
    .slice(0, MOST_COMPLETIONS)
    .map((word) => before + word);
}

/** What becomes of finished conversations that were put aside for training. */
export function additionText(addition: Extract<Addition, { added: true }>): string {
  const { person, scripted } = addition;
  const mine = person === 1 ? 'Your attempt' : `Your ${person} attempts`;
  if (scripted === 0) return `${mine} will be a group of the next step.`;
  return `${mine} and ${scripted} with the scripted user will be a group of the next step.`;
}

/** How it ended. A gym may end a task before the turns run out: by a last wrong guess, or because the user leaves. */
export function endText({ ended, turns, maxTurns }: ConversationView): string {
  if (!ended) return '';
  if (ended.success) return 'Solved.';
  return ended.end === 'turn-limit' && turns.length < maxTurns
    ? 'Over, and not solved.'
    : `${END_TEXT[ended.end]}.`;
}

/** Turns that the person answered. */
export const answered = (turns: readonly SpokenTurn[]): readonly SpokenTurn[] =>
  turns.filter(({ by }) => by === 'person');
