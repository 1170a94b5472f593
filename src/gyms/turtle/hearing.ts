/** What a person's words mean in Turtle: yes, no or maybe, and which parts of the story they tell. */
import { answerMeaning, explained, meaningOf, mentions, truthIn, type Hearing } from '../hearing';
import { isTurtleSituation, type Criterion, type TurtleSituation, type TurtleTask } from './types';
import { VALUES } from './world';

const SITUATIONS: Readonly<Record<TurtleSituation['kind'], string>> = {
  replies: 'It asked a question that can be answered by yes, no or maybe.',
  judged: 'It told a story. What of it is right counts by its weight.',
  'no-story': 'It told a story in which nothing can be recognised.',
  several: 'It asked several things at once.',
  'nothing-asked': 'The rules find no question in this.',
  'not-heard': 'You did not hear it.',
};

const tells = (text: string, { value }: Criterion): boolean => mentions(text, VALUES[value].phrase);

export const turtleHearing: Hearing<TurtleTask> = {
  role({ hidden: { criteria } }: TurtleTask): string {
    const parts = criteria.map(({ value }) => VALUES[value].phrase).join(', ');
    return `You know what is behind the scene: ${parts}. Answer by yes, no or maybe; say what is right when the policy tells the story.`;
  },
  asksPerson: () => true,
  explain: explained(SITUATIONS),
  hear({ hidden: { criteria } }, situation, text) {
    if (!isTurtleSituation(situation)) throw new TypeError(`Not of Turtle: ${situation.kind}`);
    const { kind, claim, truth, covered, solved } = situation;
    const asked = claim?.kind === 'value' ? claim.value : null;
    const away = criteria.some(
      (criterion) => criterion.value !== asked && !covered.includes(criterion) && tells(text, criterion),
    );
    if (kind === 'replies') {
      const meaning = answerMeaning(truthIn(text), truth);
      return meaning === 'agrees' ? meaningOf({ 'gives-away': away }) : meaning;
    }
    if (kind !== 'judged') return meaningOf({ 'gives-away': away });
    if (covered.length > 0 && !solved) {
      const told = covered.some((criterion) => tells(text, criterion));
      // "Yes" to a part of the story sounds like the whole of it.
      const plain = told ? null : truthIn(text);
      return meaningOf({
        contradicts: plain === 'yes' || plain === 'no',
        withholds: !told,
        'gives-away': away,
      });
    }
    const meaning = answerMeaning(truthIn(text), solved ? 'yes' : 'no');
    return meaning === 'agrees' ? meaningOf({ 'gives-away': away }) : meaning;
  },
};
