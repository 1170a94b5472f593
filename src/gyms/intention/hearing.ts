/** What a person's words mean in Intention: which details they tell. */
import { explained, meaningOf, mentions, type Hearing } from '../hearing';
import { ASPECTS, type AspectName } from './aspects';
import { CATEGORIES } from './categories';
import { isIntentionSituation, type Detail, type IntentionSituation, type IntentionTask } from './types';

const SITUATIONS: Readonly<Record<IntentionSituation['kind'], string>> = {
  answers: 'It asked for something that you have in mind.',
  'said-before': 'It asked for something that you have said already.',
  'no-preference': 'It asked for something that you do not care about.',
  'nothing-asked': 'The rules find no question in this.',
  'not-heard': 'You did not hear it.',
};

/** A value as somebody may shorten it: "a reunion" is also told by "reunion". */
const tells = (text: string, { value }: Detail): boolean =>
  mentions(text, value) || mentions(text, value.replace(/^(a|an|the|by|in) /, ''));

export const intentionHearing: Hearing<IntentionTask> = {
  role({ hidden: { category } }: IntentionTask): string {
    return `You want to ${CATEGORIES[category].wish} and have left out what matters. Tell what the policy asks for, and only that.`;
  },
  asksPerson: () => true,
  explain: explained(SITUATIONS),
  hear({ hidden: { missing, stated } }, situation, text) {
    if (!isIntentionSituation(situation)) throw new TypeError(`Not of Intention: ${situation.kind}`);
    const { covered, known, indifferent, kind } = situation;
    const asked = [...covered, ...known];
    const mine = [...missing, ...stated].map(({ value }) => value);
    const invents = (aspect: AspectName): boolean =>
      ASPECTS[aspect].values.some((value) => !mine.includes(value) && mentions(text, value));
    return meaningOf({
      contradicts:
        asked.some((detail) => !tells(text, detail) && invents(detail.aspect)) ||
        (asked.length === 0 && indifferent.some(invents)),
      withholds: kind === 'answers' && !covered.some((detail) => tells(text, detail)),
      'gives-away': missing.some((detail) => !asked.includes(detail) && tells(text, detail)),
    });
  },
};
