/**
 * Plain text about the world of Search, for pre-training: how facts are stated, asked for and looked up, and how
 * one leads to the next. The facts here are drawn anew each time, so the text teaches reading and not the library;
 * nobody and nothing that test questions are about is ever spoken about.
 */
import type { Random } from '../../random';
import { render } from '../text';
import {
  CITIES,
  entitiesOf,
  objectsOf,
  queryFor,
  questionFor,
  RELATION_NAMES,
  RELATIONS,
  relationsFrom,
  SPLIT_OF,
  statementOf,
  type Fact,
  type RelationName,
} from './world';

export const CORPUS_TEMPLATES = {
  read: [
    '{fact} {question} {object} .',
    '{other} {fact} {question} {object} .',
    '{fact} {other} {question} {object} .',
  ],
  lookUp: ['{question} to know that , search : {query} .', '{question} search : {query} . {fact}'],
  follow: [
    '{first} {fact} {longQuestion} {object} .',
    '{longQuestion} first search : {firstQuery} . {first} then search : {query} . {fact} so {object} .',
  ],
} as const;

const mayBeAskedAbout = (name: string): boolean => SPLIT_OF.get(name) !== 'test';
/** Cities of the test have words of their own, which have to be learnt somewhere. */
const mayBeTold = (name: string): boolean => mayBeAskedAbout(name) || CITIES.includes(name);

/** One passage about invented facts. */
export function passage(random: Random): string {
  const fact = inventedFact(random.pick(RELATION_NAMES), random);
  const leading = RELATION_NAMES.filter((name) => RELATIONS[name].to !== 'word');
  const first = inventedFact(random.pick(leading), random, mayBeAskedAbout);
  const next = random.pick(relationsFrom(RELATIONS[first.relation].to));
  const second = {
    subject: first.object,
    relation: next,
    object: random.pick(objectsOf(next).filter(mayBeTold)),
  };
  const kind = random.next();
  const { read, lookUp, follow } = CORPUS_TEMPLATES;
  const last = kind < 0.55 ? fact : second;
  return render(random.pick<string>(kind < 0.3 ? read : kind < 0.55 ? lookUp : follow), {
    fact: statementOf(last),
    object: last.object,
    question: questionFor([last], random),
    query: queryFor(last.subject, last.relation),
    other: statementOf(inventedFact(random.pick(RELATION_NAMES), random)),
    first: statementOf(first),
    firstQuery: queryFor(first.subject, first.relation),
    longQuestion: questionFor([first, second], random),
  });
}

function inventedFact(relation: RelationName, random: Random, allowed = mayBeTold): Fact {
  const subject = random.pick(entitiesOf(RELATIONS[relation].from).filter(mayBeAskedAbout));
  return { subject, relation, object: random.pick(objectsOf(relation).filter(allowed)) };
}
