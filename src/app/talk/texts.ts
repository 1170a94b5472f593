/** What the page says of a conversation one is the user of. Plain functions; the components only draw. */
import type { Meaning } from '../../gyms/hearing';
import type { GymName, OWN } from '../../gyms/options';
import type { Addition, ConversationView, SpokenTurn, Suggestion } from '../../runs/conversation';
import { SETTINGS } from '../../runs/settings';
import type { UserStrength } from '../../worker/protocol';
import { percent } from '../format';
import { prose } from '../prose';
import { END_TEXT } from '../ranking';

export const strengthLabel = (user: UserStrength): string =>
  SETTINGS.userStrength.options.find(({ value }) => value === user)?.label ?? user;

/** What there is for a person to do in a gym, before they have begun. */
const PARTS: Readonly<Record<GymName | typeof OWN, string>> = {
  travel: 'You are the traveller: tell your wishes when you are asked. Searches are answered by a tool.',
  turtle: 'You know the story: answer yes, no or maybe, and say what of a guess is right.',
  function: 'You are the machine: work out what your rule gives for the numbers you hear.',
  tau: 'You are the customer: say who you are and what you want. Orders and rules are answered by tools.',
  persuade: 'You hold the claim: say what you care about and whether an argument moves you.',
  intention: 'You want help and have left out what matters: tell it when you are asked.',
  telepathy: 'You think of a toy: answer yes, no or maybe until it is guessed.',
  own: 'You answer from your own table or file.',
  search: 'There is nobody to be: a search engine answers. You look on, turn by turn.',
};

/** Empty for a gym that this does not know. */
export const partIn = (gym: string): string =>
  Object.entries(PARTS).find(([name]) => name === gym)?.[1] ?? '';

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

/** What the comparison with the script says, and what to do next; empty while the conversation goes on. */
export function advice({ ended, turns, watchOnly }: ConversationView): string {
  if (!ended) return '';
  if (watchOnly)
    return 'Nobody is asked in this gym, so there is no other user to compare with. Take another gym to talk.';
  const mine = answered(turns);
  const { scripted } = ended;
  if (mine.length === 0 || !scripted)
    return 'The policy was done before it asked you anything. Take the next task, or this one again.';
  const user = `${strengthLabel(scripted.user).toLowerCase()} user`;
  if (mine.every(({ reply, suggestions }) => reply === suggestions[0]?.text))
    return `You said what the ${user} says, word for word, and so the score is the same. Try this task again in words of your own.`;
  const gain = ended.score - scripted.score;
  if (Math.abs(gain) < 0.005)
    return `The policy came as far with you as with the ${user}. Try this task again and answer otherwise, or take the next.`;
  if (gain > 0)
    return `The policy came further with you than with the ${user}, by ${percent(gain)} of what the task pays. Add it to training: a step pushes towards what went better.`;
  const lost = mine.filter(({ meaning }) => meaning === 'contradicts' || meaning === 'withholds').length;
  const why =
    lost === 0
      ? ''
      : ` ${lost === 1 ? 'One answer of yours' : `${lost} answers of yours`} misled it or left open what it asked.`;
  return `The policy came further with the ${user}, by ${percent(-gain)} of what the task pays.${why} Compare the answers below, then try this task again.`;
}
