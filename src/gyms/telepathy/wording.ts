/**
 * What the user of Telepathy says, in four manners. Every answer restates the fact, so that a reply can be
 * understood, and learnt from, without the question. A helpful user suggests a question and never its answer.
 */
import type { Random } from '../../random';
import { NOT_HEARD, NOT_UNDERSTOOD, SEVERAL, type Phrases } from '../phrases';
import { render, withArticle, withinWords } from '../text';
import type { Situation, Task } from '../types';
import type { Manner, Wording } from '../wording';
import type { Riddle } from './riddle';
import { isTelepathySituation, type Claim, type TelepathySituation } from './types';
import { TOY_BOX } from './world';
import { AGAIN, VAGUE, YES_OR_NO, type Truth } from '../truth';

/** Longest reply in words: context is the scarcest thing a small model has. */
export const REPLY_WORDS: Readonly<Record<Manner, number>> = { helpful: 18, plain: 12, terse: 8, noisy: 13 };
/** How often a noisy user stays vague although it was asked properly. */
const VAGUE_SHARE = 0.1;

export const ANSWER: Readonly<Record<Truth, Phrases>> = {
  ...YES_OR_NO,
  maybe: {
    helpful: ['maybe {fact} a little .', 'good question : maybe {fact} .'],
    plain: ['maybe {fact} .', 'maybe {fact} a little .', 'hard to say : maybe {fact} .'],
    terse: ['maybe {word} .', 'maybe {word} a little'],
    noisy: ['hmm , maybe {fact} .', 'oh , maybe {fact} or so .', 'well , maybe {fact} , i guess .'],
  },
};
export const HINT: readonly string[] = ['you can ask : {question}', 'what about this : {question}'];
export const RIGHT: Phrases = {
  helpful: ['yes , it is {toy} . very good .', 'yes , that is it : {toy} .'],
  plain: ['yes , it is {toy} .', 'yes , that is it : {toy} .'],
  terse: ['yes .', 'that is it .'],
  noisy: ['oh , yes , it is {toy} .', 'hmm , yes , that is it .'],
};
export const NO_GUESS: Phrases = {
  helpful: ['please guess one toy and what it is made of .'],
  plain: ['guess one toy and what it is made of .', 'what is it , and made of what ?'],
  terse: ['made of what ?', 'what toy ?'],
  noisy: ['hmm , what toy , made of what ?', 'oh , please guess one toy .'],
};
export const NOTHING_ASKED: Phrases = {
  ...NOT_UNDERSTOOD,
  helpful: ['i do not understand . ask me about the toy .'],
};

/** What is said in a world without materials in place of what speaks of toys and what they are made of. */
export const NO_GUESS_OF_THINGS: Phrases = {
  helpful: ['please guess one {noun} .'],
  plain: ['guess one {noun} .', 'what is it ?'],
  terse: ['what {noun} ?', 'what is it ?'],
  noisy: ['hmm , what {noun} ?', 'oh , please guess one {noun} .'],
};
export const NOTHING_ASKED_OF_THINGS: Phrases = {
  ...NOT_UNDERSTOOD,
  helpful: ['i do not understand . ask me about it .'],
};

/** What the user says who thinks of something in this world. */
export function telepathyReply(riddle: Riddle, situation: Situation, manner: Manner, random: Random): string {
  if (!isTelepathySituation(situation))
    throw new TypeError(`Not a situation of Telepathy: ${situation.kind}`);
  const reply = coreReply(riddle, situation, manner, random);
  if (manner !== 'helpful' || !situation.next || situation.kind === 'right') return reply;
  const hint = render(random.pick(HINT), { question: riddle.questionFor(situation.next) });
  return withinWords([`${reply} ${hint}`, reply], REPLY_WORDS[manner]);
}

export const telepathyWording: Wording = {
  word: (_task: Task, situation, manner, random) => telepathyReply(TOY_BOX, situation, manner, random),
};

function coreReply(riddle: Riddle, situation: TelepathySituation, manner: Manner, random: Random): string {
  const { kind, claim, truth } = situation;
  const ofThings = riddle.materialNames.length === 0;
  const { noun } = riddle.data;
  const nothingAsked = ofThings ? NOTHING_ASKED_OF_THINGS : NOTHING_ASKED;
  switch (kind) {
    case 'replies':
    case 'wrong': {
      if (!claim || !truth) return random.pick(nothingAsked[manner]);
      if (manner === 'noisy' && kind === 'replies' && random.next() < VAGUE_SHARE) return random.pick(VAGUE);
      const words = { fact: factOf(riddle, claim, truth), word: wordOf(riddle, claim) };
      const answer = render(random.pick(ANSWER[truth][manner]), words);
      return situation.repeated && manner !== 'terse'
        ? withinWords([render(random.pick(AGAIN), { answer }), answer], REPLY_WORDS[manner])
        : answer;
    }
    case 'right':
      return render(random.pick(RIGHT[manner]), { toy: claim ? wordOf(riddle, claim) : '' });
    case 'no-guess':
      return render(random.pick((ofThings ? NO_GUESS_OF_THINGS : NO_GUESS)[manner]), { noun });
    case 'several':
      return random.pick(SEVERAL[manner]);
    case 'nothing-asked':
      return random.pick(nothingAsked[manner]);
    case 'not-heard':
      return random.pick(NOT_HEARD[manner]);
  }
}

/** "it can not fly", "it is not a glass dog", "it is made of wood". */
function factOf(riddle: Riddle, claim: Claim, truth: Truth): string {
  if (claim.kind === 'attribute') return riddle.statementOf({ attribute: claim.attribute, truth });
  return `it is ${truth === 'no' ? 'not ' : ''}${wordOf(riddle, claim)}`;
}

function wordOf(riddle: Riddle, claim: Claim): string {
  if (claim.kind === 'attribute') return riddle.data.attributes[claim.attribute]?.rest ?? claim.attribute;
  const { category, thing, material } = claim;
  const name = thing ?? category;
  return name ? withArticle(riddle.nameOf({ thing: name, material })) : `made of ${material}`;
}
