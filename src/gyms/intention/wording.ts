/**
 * What the user of Intention says, in four manners. A value is told only for a detail that was asked for;
 * a helpful user's hint names an aspect and never its value.
 */
import type { Random } from '../../random';
import { NOT_HEARD, NOT_UNDERSTOOD, type Phrases } from '../phrases';
import { withinWords } from '../text';
import type { Situation, Task } from '../types';
import type { Manner, Wording } from '../wording';
import { fill, INQUIRY } from './aspects';
import type { Inquiry } from './inquiry';
import { isIntentionSituation, type Detail, type IntentionSituation } from './types';

/** Longest reply in words: context is the scarcest thing a small model has. */
export const REPLY_WORDS: Readonly<Record<Manner, number>> = { helpful: 18, plain: 12, terse: 8, noisy: 12 };

/** How often a noisy user stays vague although it was asked the right thing. */
const VAGUE_SHARE = 0.12;

/** `*` is the full statement of the detail; for terse users the bare value. */
export const ANSWER: Phrases = {
  helpful: ['* .', 'good question : * .', 'sure , * .'],
  plain: ['* .', 'well , * .'],
  terse: ['* .', '*'],
  noisy: ['hmm , * .', 'well , i guess * .', 'oh , * or so .'],
};
/** `*` is the aspect. */
export const VAGUE: readonly string[] = ['hmm , i must think about the * .', 'the * ? hard to say .'];
export const HINT: readonly string[] = [
  'the * matters too .',
  'please ask about the * .',
  'what about the * ?',
];
export const ALL_SAID: readonly string[] = ['that is all .', 'now you know it all .'];
/** `*` is the statement of the detail; for terse users the bare value. */
export const SAID_BEFORE: Phrases = {
  helpful: ['as i said , * .', 'i said that before : * .'],
  plain: ['as i said , * .', 'i said that before : * .'],
  terse: ['as i said .', 'you know that .'],
  noisy: ['hmm , i said that before .', 'oh , you know that .'],
};
/** `*` is the aspect. */
export const NO_PREFERENCE: Phrases = {
  helpful: ['the * does not matter .', 'i have no preference about the * .'],
  plain: ['i have no preference about the * .', 'the * does not matter .', 'i do not care about the * .'],
  terse: ['no preference .', 'does not matter .', 'do not care .'],
  noisy: ['hmm , the * does not matter .', 'oh , the * ? i do not care .'],
};

/** What the user says who cares about what this inquiry is for. */
export function intentionReply(
  inquiry: Inquiry,
  situation: Situation,
  manner: Manner,
  random: Random,
): string {
  if (!isIntentionSituation(situation))
    throw new TypeError(`Not a situation of Intention: ${situation.kind}`);
  const reply = coreReply(inquiry, situation, manner, random);
  if (manner !== 'helpful' || situation.kind === 'not-heard') return reply;
  const extra = situation.next ? fill(random.pick(HINT), situation.next) : random.pick(ALL_SAID);
  return withinWords([`${reply} ${extra}`, reply], REPLY_WORDS[manner]);
}

export const intentionWording: Wording = {
  word: (_task: Task, situation, manner, random) => intentionReply(INQUIRY, situation, manner, random),
};

function coreReply(inquiry: Inquiry, situation: IntentionSituation, manner: Manner, random: Random): string {
  switch (situation.kind) {
    case 'answers': {
      const [first] = situation.covered;
      if (manner === 'noisy' && first && random.next() < VAGUE_SHARE) {
        return fill(random.pick(VAGUE), first.aspect);
      }
      return wordDetails(inquiry, situation.covered, random.pick(ANSWER[manner]), manner, random);
    }
    case 'said-before':
      return wordDetails(inquiry, situation.known, random.pick(SAID_BEFORE[manner]), manner, random);
    case 'no-preference':
      return fill(random.pick(NO_PREFERENCE[manner]), situation.indifferent[0] ?? '');
    case 'nothing-asked':
      return random.pick(NOT_UNDERSTOOD[manner]);
    case 'not-heard':
      return random.pick(NOT_HEARD[manner]);
  }
}

/** As fully as the length allows: whole sentences, then bare values, then as many values as fit. */
function wordDetails(
  inquiry: Inquiry,
  details: readonly Detail[],
  frame: string,
  manner: Manner,
  random: Random,
): string {
  const values = details.map((detail) => detail.value);
  const sentences = details.map((detail) =>
    fill(random.pick(inquiry.aspects[detail.aspect]!.told), detail.value),
  );
  const candidates =
    manner === 'terse' ? [] : [fill(frame, sentences.join(' and ')), `${sentences.join(' and ')} .`];
  for (let count = values.length; count > 0; count--) {
    const list = values.slice(0, count).join(' , ');
    candidates.push(manner === 'terse' ? fill(frame, list) : `${list} .`);
  }
  return withinWords(candidates, REPLY_WORDS[manner]);
}
