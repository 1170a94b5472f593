/**
 * The players of Travel. The expert uses only what a policy can see: a search lists the options, which differ
 * exactly in the points the traveller cares about; it asks for those, and then knows which option is best. The
 * order (search, ask, answer) leaves nothing to guess, and reaches the maximum once the turns suffice for it.
 */
import type { Random } from '../../random';
import { historyOf } from '../episode';
import { createPlayer } from '../players';
import type { Demonstration, Demonstrator, DemonstratorOptions, Episode, ToolCall } from '../types';
import { bestOption } from './rules';
import type { TravelSituation, TravelTask } from './types';
import {
  ASPECT_NAMES,
  choiceOf,
  CITIES,
  DAYS,
  POINT_NAMES,
  pointsOf,
  queryFor,
  questionFor,
  type AspectName,
} from './world';

const OPTION_COUNT = 4;
/** Of the turns that know no better. */
const SEARCH_SHARE = 0.25;
const ANSWER_SHARE = 0.1;

const call = (choice: ToolCall['choice'], content: string): ToolCall => ({ choice, content });

export function travelDemonstrator(
  kind: Demonstrator['name'],
  { hidden }: TravelTask,
  episode: Episode<TravelSituation>,
  options: DemonstratorOptions,
): Demonstrator {
  const { bookings, city, day } = hidden;
  const mine = bookings.map(({ aspect }) => aspect);

  const expert = (random: Random): Demonstration => {
    const seen = historyOf(episode).map(({ judgement }) => judgement.situation);
    const chosen = seen.flatMap((s) => (s.kind === 'chosen' ? s.choices.map(({ aspect }) => aspect) : []));
    const open = bookings.filter(({ aspect }) => !chosen.includes(aspect));
    if (open.length === 0) return null;
    const listed = seen.flatMap((s) => (s.kind === 'options' ? [s.booking] : []));
    const unlisted = open.find((booking) => !listed.includes(booking));
    if (unlisted) return call('search', queryFor(unlisted.aspect, city, day));
    const told = seen.flatMap((s) =>
      s.kind === 'preference' || s.kind === 'volunteered' ? [s.preference] : [],
    );
    const untold = open.flatMap(({ preferences }) => preferences).filter((p) => !told.includes(p));
    if (untold.length > 0) {
      const { aspect, point } = random.pick(untold);
      return call('action', questionFor(aspect, point));
    }
    const best = open.map((booking) => ({ aspect: booking.aspect, number: bestOption(booking).number }));
    return call('answer', choiceOf(best));
  };

  const guess = (random: Random, aspects: readonly AspectName[]): ToolCall => {
    const kind = random.next();
    const aspect = random.pick(aspects);
    if (kind < SEARCH_SHARE) return call('search', queryFor(aspect, random.pick(CITIES), random.pick(DAYS)));
    if (kind < SEARCH_SHARE + ANSWER_SHARE) {
      return call('answer', choiceOf([{ aspect, number: 1 + random.int(OPTION_COUNT) }]));
    }
    return call('action', questionFor(aspect, random.pick(POINT_NAMES)));
  };
  const wander = (random: Random): ToolCall => {
    const kind = random.next();
    if (kind < SEARCH_SHARE) return call('search', queryFor(random.pick(mine), city, day));
    if (kind < SEARCH_SHARE + ANSWER_SHARE) {
      return call(
        'answer',
        choiceOf(mine.map((aspect) => ({ aspect, number: 1 + random.int(OPTION_COUNT) }))),
      );
    }
    const aspect = random.pick(mine);
    return call('action', questionFor(aspect, random.pick(pointsOf(aspect))));
  };
  return createPlayer(
    kind,
    { expert, wander, blind: (random) => guess(random, ASPECT_NAMES) },
    episode,
    options,
  );
}
