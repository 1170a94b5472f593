/** Plain text about people and what they care about, for pre-training: what speaks to which value, and who likes what. */
import type { Random } from '../../random';
import { render, withArticle } from '../text';
import { wordOpening } from './tasks';
import { CLAIMS, PERSONAS, PERSONA_NAMES, VALUES, VALUE_NAMES, askAbout } from './world';

export const CORPUS_TEMPLATES = {
  likes: [
    'i am {who} . i care about {own} .',
    'i am {who} . i love {own} .',
    '{opening} a : {ask} b : yes , i care about {own} .',
    '{opening} a : {argument} b : true , i care about {own} .',
  ],
  hates: [
    'i am {who} . i hate to hear about {own} .',
    '{opening} a : {ask} b : no , i hate to hear about {own} .',
  ],
  argument: ['i care about {own} . a : {argument}', 'to talk about {value} , say : {argument}'],
} as const;

export function passage(random: Random): string {
  const persona = random.pick(PERSONA_NAMES);
  const kind = random.pick(['likes', 'likes', 'hates', 'argument'] as const);
  const value = random.pick(kind === 'argument' ? VALUE_NAMES : PERSONAS[persona][kind]);
  return render(random.pick<string>(CORPUS_TEMPLATES[kind]), {
    value,
    own: VALUES[value].own,
    argument: VALUES[value].argument,
    ask: askAbout(value),
    who: withArticle(persona),
    opening: wordOpening(persona, random.pick(CLAIMS), [], random),
  });
}
