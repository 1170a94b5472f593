/**
 * The players of Search. The expert uses only what a policy can see: the question names the first subject and the
 * relations; each search shows the object, which is the subject of the next search; the last object is the
 * answer.
 */
import type { Random } from '../../random';
import { historyOf } from '../episode';
import { createPlayer } from '../players';
import type { Demonstration, Demonstrator, DemonstratorOptions, Episode, ToolCall } from '../types';
import type { SearchSituation, SearchTask } from './types';
import {
  entitiesOf,
  objectsOf,
  queryFor,
  RELATION_NAMES,
  RELATIONS,
  relationsFrom,
  type Kind,
} from './world';

/** Of the turns that know no better. */
const ANSWER_SHARE = 0.3;

const search = (content: string): ToolCall => ({ choice: 'search', content });
const answer = (content: string): ToolCall => ({ choice: 'answer', content });

export function searchDemonstrator(
  kind: Demonstrator['name'],
  { hidden: { chain, answer: rightAnswer } }: SearchTask,
  episode: Episode<SearchSituation>,
  options: DemonstratorOptions,
): Demonstrator {
  const situations = () => historyOf(episode).map(({ judgement }) => judgement.situation);
  const seen = () => situations().flatMap((s) => (s.kind === 'results' ? s.facts : []));

  const expert = (): Demonstration => {
    const shown = seen();
    const missing = chain.find(
      (fact) => !shown.some((other) => other.subject === fact.subject && other.relation === fact.relation),
    );
    if (!missing) return answer(rightAnswer);
    // Without the facts it does not know the answer, and there is no way left to find them.
    if (situations().some((s) => s.kind === 'searches-spent')) return null;
    return search(queryFor(missing.subject, missing.relation));
  };

  /** Looks something up about what the question or a result named, or answers with what a result named. */
  const wander = (random: Random): ToolCall => {
    const shown = seen();
    if (random.next() < ANSWER_SHARE) {
      const named = shown.map(({ object }) => object);
      return answer(random.pick(named.length > 0 ? named : objectsOf(chain.at(-1)!.relation)));
    }
    const start = chain[0]!;
    const known: (readonly [string, Kind])[] = [[start.subject, RELATIONS[start.relation].from]];
    for (const { object, relation } of shown.slice(0, 1)) known.push([object, RELATIONS[relation].to]);
    const [subject, of] = random.pick(known.filter(([, of]) => of !== 'word'));
    return search(queryFor(subject, random.pick(relationsFrom(of))));
  };

  const blind = (random: Random): ToolCall => {
    const relation = random.pick(RELATION_NAMES);
    if (random.next() < 0.5) return answer(random.pick(objectsOf(relation)));
    return search(queryFor(random.pick(entitiesOf(RELATIONS[relation].from)), relation));
  };
  return createPlayer(kind, { expert, wander, blind }, episode, options);
}
