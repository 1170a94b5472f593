/**
 * What the teller of a Turtle story says, in four manners. Every answer restates the fact; "maybe" names the
 * family. After an account only what is fully covered is listed, as in UserRL: never what was merely close.
 */
import type { Random } from '../../random';
import { NOT_HEARD, NOT_UNDERSTOOD, SEVERAL, type Phrases } from '../phrases';
import { render, withinWords } from '../text';
import { AGAIN, VAGUE, YES_OR_NO, type Truth } from '../truth';
import type { Situation } from '../types';
import type { Manner, Wording } from '../wording';
import {
  isTurtleSituation,
  type Claim,
  type Criterion,
  type TurtleSituation,
  type TurtleTask,
} from './types';
import { FAMILIES, VALUES, statementOf, type Slot } from './world';

/** Longest reply in words: context is the scarcest thing a small model has. */
export const REPLY_WORDS: Readonly<Record<Manner, number>> = { helpful: 16, plain: 14, terse: 9, noisy: 14 };
/** How often a noisy user stays vague although it was asked properly. */
const VAGUE_SHARE = 0.1;

export const ANSWER: Readonly<Record<Truth, Phrases>> = {
  ...YES_OR_NO,
  maybe: {
    helpful: ['maybe : {family} but not {word} .', 'almost : {family} but not {word} .'],
    plain: ['maybe : {family} but not {word} .', 'almost , {family} but not {word} .'],
    terse: ['maybe {kin} .', 'maybe {kin} , not {word} .'],
    noisy: ['hmm , maybe : {family} but not {word} .', 'oh , almost , {family} but not {word} .'],
  },
};
export const HINT: Readonly<Record<Slot, readonly string[]>> = {
  who: ['ask who he is .', 'who is he ?'],
  where: ['ask where it is .', 'where is it ?'],
  why: ['ask about the reason .', 'what is the reason ?'],
};
export const ALL_KNOWN: readonly string[] = ['now say the whole story .'];
/** `facts` is what the account covers, in full. */
export const COVERED: Phrases = {
  helpful: ['good : {facts} . but that is not all .', 'good : {facts} .', '{facts} .'],
  plain: ['{facts} . but that is not all .', 'so far good : {facts} .', '{facts} .'],
  terse: ['{words} .'],
  noisy: ['hmm , {facts} , but that is not all .', 'oh , {facts} .', '{facts} .'],
};
export const MISSED: Phrases = {
  helpful: ['no , that is not it . please ask more .', 'sorry , that is not the story .'],
  plain: ['no , that is not it .', 'that is not the story .', 'no , not so .'],
  terse: ['no .', 'not so .'],
  noisy: ['hmm , no , that is not it .', 'oh , that is not the story .'],
};
export const SOLVED: Phrases = {
  helpful: ['yes , that is the whole story .', 'very good , now you know it all .'],
  plain: ['yes , that is the whole story .', 'yes , now you know it all .'],
  terse: ['yes , all .', 'that is it .'],
  noisy: ['oh , yes , that is it .', 'hmm , yes , that is the whole story .'],
};
export const NO_STORY: Phrases = {
  helpful: ['i do not understand . who is it , and what is the reason ?'],
  plain: ['who is it , and what is the reason ?', 'that is no story .'],
  terse: ['who ?', 'and ?'],
  noisy: ['hmm ? that is no story .', 'oh , but who is it ?'],
};
export const NOTHING_ASKED: Phrases = {
  ...NOT_UNDERSTOOD,
  helpful: ['i do not understand . ask me about the story .'],
};

export const turtleWording: Wording<TurtleTask> = {
  word(_task: TurtleTask, situation: Situation, manner: Manner, random: Random): string {
    if (!isTurtleSituation(situation)) throw new TypeError(`Not a situation of Turtle: ${situation.kind}`);
    const reply = coreReply(situation, manner, random);
    if (manner !== 'helpful' || situation.solved) return reply;
    const hint = random.pick(situation.next ? HINT[situation.next] : ALL_KNOWN);
    return withinWords([`${reply} ${hint}`, reply], REPLY_WORDS[manner]);
  },
};

function coreReply(situation: TurtleSituation, manner: Manner, random: Random): string {
  const { kind, claim, truth } = situation;
  switch (kind) {
    case 'replies': {
      if (!claim || !truth) return random.pick(NOTHING_ASKED[manner]);
      if (manner === 'noisy' && random.next() < VAGUE_SHARE) return random.pick(VAGUE);
      const answer = render(random.pick(ANSWER[truth][manner]), answerWords(claim, truth));
      return situation.repeated && manner !== 'terse'
        ? withinWords([render(random.pick(AGAIN), { answer }), answer], REPLY_WORDS[manner])
        : answer;
    }
    case 'judged':
      if (situation.solved) return random.pick(SOLVED[manner]);
      return situation.covered.length > 0
        ? wordCovered(situation.covered, manner, random)
        : random.pick(MISSED[manner]);
    case 'no-story':
      return random.pick(NO_STORY[manner]);
    case 'several':
      return random.pick(SEVERAL[manner]);
    case 'nothing-asked':
      return random.pick(NOTHING_ASKED[manner]);
    case 'not-heard':
      return random.pick(NOT_HEARD[manner]);
  }
}

function answerWords(claim: Claim, truth: Truth): Record<string, string> {
  const idea = claim.kind === 'value' ? VALUES[claim.value] : FAMILIES[claim.family];
  const family = FAMILIES[claim.kind === 'value' ? VALUES[claim.value].family : claim.family];
  return {
    fact: statementOf(idea, truth !== 'no'),
    word: idea.phrase,
    family: statementOf(family),
    kin: family.phrase,
  };
}

/** One of the manner's frames, or a shorter one where it would be too long. */
function wordCovered(covered: readonly Criterion[], manner: Manner, random: Random): string {
  const facts = covered.map(({ value }) => statementOf(VALUES[value])).join(' and ');
  const words = covered.map(({ value }) => VALUES[value].phrase).join(' , ');
  const frames = [random.pick(COVERED[manner]), COVERED[manner].at(-1)!, '{words} .'];
  return withinWords(
    frames.map((frame) => render(frame, { facts, words })),
    REPLY_WORDS[manner],
  );
}
