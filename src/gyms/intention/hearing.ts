/** What a person's words mean in Intention: which details they tell. */
import { explained, meaningOf, mentions, type Hearing } from '../hearing';
import { ASPECTS } from './aspects';
import { CATEGORIES, type WishTask } from './categories';
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

/**
 * Over any world of Intention: `wish` is what the user wants to do, `values` all that could be said of an aspect, which
 * is how an invented detail is known; none where the world does not tell.
 */
export const inquiryHearing = <T extends IntentionTask>(
  wish: (task: T) => string,
  values: (aspect: string) => readonly string[],
): Hearing<T> => ({
  role: (task) =>
    `You want to ${wish(task)} and have left out what matters. Tell what the policy asks for, and only that.`,
  asksPerson: () => true,
  explain: explained(SITUATIONS),
  hear({ hidden: { missing, stated } }, situation, text) {
    if (!isIntentionSituation(situation)) throw new TypeError(`Not of Intention: ${situation.kind}`);
    const { covered, known, indifferent, kind } = situation;
    const asked = [...covered, ...known];
    const mine = [...missing, ...stated].map(({ value }) => value);
    const invents = (aspect: string): boolean =>
      values(aspect).some((value) => !mine.includes(value) && mentions(text, value));
    return meaningOf({
      contradicts:
        asked.some((detail) => !tells(text, detail) && invents(detail.aspect)) ||
        (asked.length === 0 && indifferent.some(invents)),
      withholds: kind === 'answers' && !covered.some((detail) => tells(text, detail)),
      'gives-away': missing.some(
        // Two details may have the same words, and then saying the one does not tell the other.
        (detail) => !asked.some(({ value }) => mentions(value, detail.value)) && tells(text, detail),
      ),
    });
  },
});

export const intentionHearing: Hearing<WishTask> = inquiryHearing(
  ({ hidden: { category } }) => CATEGORIES[category].wish,
  (aspect) => (aspect in ASPECTS ? ASPECTS[aspect as keyof typeof ASPECTS].values : []),
);
