/**
 * What the user of Persuade says, in four manners: how an argument strikes them, and where they stand now. A
 * value nobody has spoken of is named only to the policy that asks what they care about.
 */
import type { Random } from '../../random';
import { NOT_HEARD, type Phrases } from '../phrases';
import { render, withinWords } from '../text';
import type { Situation } from '../types';
import type { Manner, Wording } from '../wording';
import { isPersuadeSituation, type PersuadeSituation, type PersuadeTask } from './types';
import { STANCES, VALUES } from './world';

/** Longest reply in words: context is the scarcest thing a small model has. */
export const REPLY_WORDS: Readonly<Record<Manner, number>> = { helpful: 18, plain: 14, terse: 9, noisy: 14 };
/** How often a noisy user does not say why an argument did or did not work. */
const VAGUE_SHARE = 0.12;

/** By the levels moved. */
export const MOVED: Readonly<Record<'much' | 'some' | 'little', Phrases>> = {
  much: {
    helpful: ['good : i care a lot about {value} . now i {stance} .'],
    plain: ['i care a lot about {value} . now i {stance} .', 'so true , i love {value} . now i {stance} .'],
    terse: ['so true . now i {stance} .', 'very true , now i {stance} .'],
    noisy: ['oh , {value} , so true . now i {stance} .', 'hmm , i love {value} . i {stance} .'],
  },
  some: {
    helpful: ['true , i care about {value} . now i {stance} .'],
    plain: ['i care about {value} . now i {stance} .', 'true , i like {value} . now i {stance} .'],
    terse: ['true . now i {stance} .', 'right , now i {stance} .'],
    noisy: ['oh , {value} , true . now i {stance} .', 'hmm , i like {value} . i {stance} .'],
  },
  little: {
    helpful: ['well , i care a little about {value} . now i {stance} .'],
    plain: [
      'well , i care a little about {value} . now i {stance} .',
      'maybe , for {value} . now i {stance} .',
    ],
    terse: ['maybe . now i {stance} .', 'a little . now i {stance} .'],
    noisy: ['hmm , maybe {value} a little . i {stance} .', 'well , {value} , or so . now i {stance} .'],
  },
};
export const UNMOVED: Phrases = {
  helpful: ['i do not care about {value} . i still {stance} . ask what matters .'],
  plain: ['i do not care about {value} . i still {stance} .', 'what about {value} ? i still {stance} .'],
  terse: ['so what ? i {stance} .', 'i do not care . i {stance} .'],
  noisy: ['hmm , {value} ? i still {stance} .', 'oh , i do not care about {value} . i {stance} .'],
};
export const ANNOYED: Phrases = {
  helpful: ['please do not talk about {value} , i hate that . now i {stance} .'],
  plain: ['do not talk about {value} . now i {stance} .', 'i hate to hear about {value} . now i {stance} .'],
  terse: ['stop that . i {stance} .', 'i hate that . i {stance} .'],
  noisy: ['oh no , not {value} . now i {stance} .', 'hmm , i hate that . now i {stance} .'],
};
export const HEARD_BEFORE: Phrases = {
  helpful: ['you said that about {value} before . i still {stance} .'],
  plain: ['you said that before . i still {stance} .', 'i know , {value} . i still {stance} .'],
  terse: ['you said that .', 'i know that .'],
  noisy: ['hmm , you said that before . i {stance} .', 'oh , {value} again ? i {stance} .'],
};
export const SUPPORTED: Phrases = {
  helpful: ['thank you , so i still {stance} .'],
  plain: ['yes , so i still {stance} .', 'thank you . i still {stance} .'],
  terse: ['yes , i {stance} .'],
  noisy: ['oh , yes , i {stance} .', 'hmm , so i still {stance} .'],
};
export const TELLS: Phrases = {
  helpful: ['good question : i care about {value} .', 'sure , i love {value} .'],
  plain: ['i care about {value} .', 'i love {value} .', 'well , i like {value} .'],
  terse: ['{value} .', '{value}'],
  noisy: ['hmm , {value} , i guess .', 'oh , i care about {value} .'],
};
/** Nothing is left that would move this user. */
export const TOLD_ALL: Phrases = {
  helpful: ['now you know all i care about .'],
  plain: ['that is all i care about .', 'you know it all now .'],
  terse: ['that is all .'],
  noisy: ['hmm , that is all .', 'oh , you know it all now .'],
};
export const CONFIRMS: Readonly<Record<'yes' | 'no' | 'never', Phrases>> = {
  yes: {
    helpful: ['yes , i care about {value} .', 'yes , i like {value} .'],
    plain: ['yes , i care about {value} .', 'yes , i like {value} .'],
    terse: ['yes , {value} .'],
    noisy: ['hmm , yes , i care about {value} .', 'oh , yes , {value} .'],
  },
  no: {
    helpful: ['no , i do not care about {value} .', 'no , so what about {value} ?'],
    plain: ['no , i do not care about {value} .', 'no , so what about {value} ?'],
    terse: ['no , not {value} .'],
    noisy: ['hmm , no , not {value} .', 'oh , i do not care about {value} .'],
  },
  never: {
    helpful: ['no , please do not talk about {value} .'],
    plain: ['no , i hate to hear about {value} .', 'no , do not talk about {value} .'],
    terse: ['no , i hate that .'],
    noisy: ['oh no , i hate to hear about {value} .', 'hmm , do not talk about {value} .'],
  },
};
export const NO_ARGUMENT: Phrases = {
  helpful: ['i do not understand . why not ? i still {stance} .'],
  plain: ['why not ? i still {stance} .', 'i do not understand . i still {stance} .'],
  terse: ['why ?', 'so ?'],
  noisy: ['hmm ? i still {stance} .', 'oh , why not ?'],
};
export const VAGUE: readonly string[] = ['hmm , i must think . now i {stance} .', 'well , now i {stance} .'];

export const persuadeWording: Wording<PersuadeTask> = {
  word(_task: PersuadeTask, situation: Situation, manner: Manner, random: Random): string {
    if (!isPersuadeSituation(situation))
      throw new TypeError(`Not a situation of Persuade: ${situation.kind}`);
    const { value, stance } = situation;
    const words = { value: value ? VALUES[value].own : 'that', stance: STANCES[stance] };
    const frames = framesFor(situation, manner, random);
    // The first is the one meant; the others take its place where it would be too long.
    const candidates = [random.pick(frames), ...frames, 'i {stance} .'].map((frame) => render(frame, words));
    return withinWords(candidates, REPLY_WORDS[manner]);
  },
};

function framesFor(
  { kind, value, levels }: PersuadeSituation,
  manner: Manner,
  random: Random,
): readonly string[] {
  const weighed = kind === 'moved' || kind === 'unmoved' || kind === 'annoyed';
  if (weighed && manner === 'noisy' && random.next() < VAGUE_SHARE) return VAGUE;
  switch (kind) {
    case 'moved':
      return MOVED[levels >= 3 ? 'much' : levels === 2 ? 'some' : 'little'][manner];
    case 'unmoved':
      return UNMOVED[manner];
    case 'annoyed':
      return ANNOYED[manner];
    case 'heard-before':
      return HEARD_BEFORE[manner];
    case 'supported':
      return SUPPORTED[manner];
    case 'tells':
      return value ? TELLS[manner] : TOLD_ALL[manner];
    case 'confirms':
      return CONFIRMS[levels > 0 ? 'yes' : levels < 0 ? 'never' : 'no'][manner];
    case 'no-argument':
      return NO_ARGUMENT[manner];
    case 'not-heard':
      return NOT_HEARD[manner];
  }
}
