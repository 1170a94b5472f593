/** What a person's words mean in Telepathy: yes, no or maybe, and whether they name the toy. */
import { answerMeaning, explained, mentions, truthIn, type Hearing } from '../hearing';
import { withArticle } from '../text';
import { isTelepathySituation, type TelepathySituation, type TelepathyTask } from './types';

const situations = (noun: string): Readonly<Record<TelepathySituation['kind'], string>> => ({
  replies: 'It asked a question that can be answered by yes, no or maybe.',
  right: `It guessed your ${noun}.`,
  wrong: 'It guessed, and wrongly.',
  'no-guess':
    noun === 'toy'
      ? 'It guessed, but named no single toy and what it is made of.'
      : `It guessed, but named no single ${noun}.`,
  several: 'It asked several things at once.',
  'nothing-asked': 'The rules find no question in this.',
  'not-heard': 'You did not hear it.',
});

/** Over any world of Telepathy; `noun` is what is thought of. */
export const riddleHearing = <T extends TelepathyTask>(noun: string): Hearing<T> => ({
  role({ hidden: { toy } }) {
    const name = [toy.material, toy.thing].filter(Boolean).join(' ');
    return `You think of ${withArticle(name)}. Answer by yes, no or maybe until the policy has guessed it.`;
  },
  asksPerson: () => true,
  explain: explained(situations(noun)),
  hear({ hidden: { toy } }, situation, text) {
    if (!isTelepathySituation(situation)) throw new TypeError(`Not of Telepathy: ${situation.kind}`);
    const { claim, truth } = situation;
    const meaning = truth === null ? 'agrees' : answerMeaning(truthIn(text), truth);
    if (meaning !== 'agrees') return meaning;
    const guessed = claim?.kind === 'identity' ? [claim.thing, claim.material] : [];
    const named = [toy.thing, toy.material].some(
      (word) => word !== undefined && !guessed.includes(word) && mentions(text, word),
    );
    return named ? 'gives-away' : 'agrees';
  },
});

export const telepathyHearing = riddleHearing<TelepathyTask>('toy');
