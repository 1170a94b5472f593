/**
 * Plain text about the world of Intention, for pre-training: how its sentences go, which value belongs to which
 * aspect, and what matters for which wish. It never shows the tool protocol or a whole conversation; those are
 * learnt in the cold start.
 */
import type { Random } from '../../random';
import { render } from '../text';
import { ASPECTS, ASPECT_NAMES, fill, type AspectName } from './aspects';
import { CATEGORIES, CATEGORY_NAMES, relevantAspects, type CategoryName } from './categories';
import { wordOpening } from './tasks';
import type { Importance } from './types';

/** Sentences by what they teach; words in braces are put in. */
export const CORPUS_TEMPLATES = {
  /** Which question asks for which aspect, and what an answer to it looks like. */
  exchange: ['a : {question} b : {told} .', '{question} {told} .', 'a : {question} b : {value} .'],
  question: ['to know the {aspect} , ask : {question}', 'what about the {aspect} ? {question}'],
  value: ['{value} : that is the {aspect} .', 'the {aspect} ? {told} .'],
  /** How much an aspect matters, by importance. */
  matters: {
    3: ['for {thing} the {aspect} matters most .', 'to {wish} , first ask about the {aspect} .'],
    2: ['for {thing} the {aspect} matters too .', 'to {wish} , then ask about the {aspect} .'],
    1: ['for {thing} the {aspect} matters a little .', 'to {wish} , at last ask about the {aspect} .'],
  } satisfies Record<Importance, readonly string[]>,
  irrelevant: ['for {thing} the {aspect} does not matter .', 'to {wish} , do not ask about the {aspect} .'],
  /** What an opening already says. */
  stated: [
    '{opening} so the {aspect} is known .',
    '{opening} so do not ask about the {aspect} .',
    '{opening} {told} .',
  ],
  open: ['{opening} so what about the {other} ?', '{opening} the {other} is not known .'],
} as const;

/** One passage of one or two sentences. */
export function passage(random: Random): string {
  const category = random.pick(CATEGORY_NAMES);
  // Facts and openings are what the task turns on, so they come up more often than the bare language.
  const kind = random.next();
  if (kind < 0.3) return aboutWish(category, random);
  if (kind < 0.55) return aboutOpening(category, random);
  const { exchange, question, value } = CORPUS_TEMPLATES;
  const template = random.pick(random.pick([exchange, exchange, question, value]));
  return render(template, aspectWords(random.pick(ASPECT_NAMES), random));
}

function aboutWish(category: CategoryName, random: Random): string {
  const { thing, wish } = CATEGORIES[category];
  const relevant = relevantAspects(category);
  if (random.next() < 0.25) {
    const known = new Set<AspectName>(relevant.map(([aspect]) => aspect));
    const aspect = random.pick(ASPECT_NAMES.filter((name) => !known.has(name)));
    return render(random.pick(CORPUS_TEMPLATES.irrelevant), { thing, wish, aspect });
  }
  const [aspect, importance] = random.pick(relevant);
  return render(random.pick<string>(CORPUS_TEMPLATES.matters[importance]), { thing, wish, aspect });
}

function aboutOpening(category: CategoryName, random: Random): string {
  const aspects = random.shuffled(relevantAspects(category).map(([aspect]) => aspect));
  const stated = aspects.slice(0, 2 + random.int(2)).map((aspect) => ({
    aspect,
    value: random.pick<string>(ASPECTS[aspect].values),
  }));
  const opening = wordOpening(category, stated, random);
  const subject = random.pick(stated);
  const told = fill(random.pick(ASPECTS[subject.aspect].told), subject.value);
  const other = random.pick(aspects.slice(stated.length));
  const kind = random.next();
  if (kind < 0.3) return opening;
  const templates: readonly string[] = kind < 0.75 ? CORPUS_TEMPLATES.stated : CORPUS_TEMPLATES.open;
  return render(random.pick(templates), { opening, aspect: subject.aspect, told, other });
}

function aspectWords(aspect: AspectName, random: Random): Record<string, string> {
  const { question, values, told } = ASPECTS[aspect];
  const value = random.pick<string>(values);
  return { aspect, question, value, told: fill(random.pick(told), value) };
}
