/** What a person's words mean in Travel: which wish they tell, straight or in a roundabout way. */
import { explained, meaningOf, mentions, truthIn, type Hearing } from '../hearing';
import {
  isBackendSituation,
  isTravelSituation,
  type Preference,
  type TravelSituation,
  type TravelTask,
} from './types';
import { valueWords, valuesOf, type PointName } from './world';

const SITUATIONS: Readonly<Record<TravelSituation['kind'], string>> = {
  options: 'It searched, and the list comes back.',
  'searched-before': 'It searched for a list that it has.',
  'no-match': 'It searched, and nothing was found.',
  'backend-down': 'It searched, and the search failed on purpose.',
  preference: 'It asked for a wish of yours.',
  volunteered: 'It has not asked for a wish for a while: it is your turn to tell one.',
  'said-before': 'It asked for a wish that you have told.',
  'no-preference': 'It asked for something that you do not care about.',
  vague: 'It asked for your wishes, but for none in particular.',
  'small-talk': 'It asked for nothing.',
  chosen: 'It chose.',
  'chosen-before': 'It chose again, which counts for nothing.',
  'bad-answer': 'It chose, but no number can be recognised.',
  'not-heard': 'You did not hear it.',
};

function tells(text: string, point: PointName, value: string): boolean {
  const { hints, brief } = valueWords(point, value);
  return [value, brief, ...hints].some((words) => mentions(text, words));
}
const tellsWish = (text: string, { point, value }: Preference) => tells(text, point, value);
const tellsOther = (text: string, { point, value }: Preference) =>
  valuesOf(point).some((other) => other !== value && tells(text, point, other));

export const travelHearing: Hearing<TravelTask> = {
  role({ hidden: { bookings, city, day } }: TravelTask): string {
    const things = bookings.map(({ aspect }) => aspect).join(' and ');
    return `You travel to ${city} on ${day} and need a ${things}. You want the cheapest that grants your wishes; tell a wish when it is asked for.`;
  },
  asksPerson: (situation) => isTravelSituation(situation) && !isBackendSituation(situation),
  explain: explained(SITUATIONS),
  hear({ hidden: { bookings } }, situation, text) {
    if (!isTravelSituation(situation)) throw new TypeError(`Not of Travel: ${situation.kind}`);
    const wishes = bookings.flatMap(({ preferences }) => preferences);
    const asked = 'preference' in situation ? situation.preference : undefined;
    const same = (a: Preference, b: Preference | undefined) => a.aspect === b?.aspect && a.point === b.point;
    // Two bookings may share a wish, or the words for it: what is asked has the first claim to them.
    const away = wishes.some((wish) => wish.point !== asked?.point && tellsWish(text, wish));
    if (situation.kind === 'chosen') {
      const best = situation.choices.every(({ grade }) => grade === 'best');
      const wrong = situation.choices.some(({ grade }) => grade === 'wrong');
      const said = /\bnot\b/.test(text) ? 'no' : truthIn(text);
      return meaningOf({ contradicts: (said === 'yes' && !best) || (said === 'no' && !wrong && best) });
    }
    if (!asked) {
      const invented =
        situation.kind === 'no-preference' &&
        valuesOf(situation.point).some((value) => tells(text, situation.point, value)) &&
        !away;
      return meaningOf({ contradicts: invented, 'gives-away': away });
    }
    const told = tellsWish(text, asked);
    return meaningOf({
      contradicts:
        !told &&
        tellsOther(text, asked) &&
        !wishes.some((wish) => !same(wish, asked) && tellsWish(text, wish)),
      withholds: !told,
      'gives-away': away,
    });
  },
};
