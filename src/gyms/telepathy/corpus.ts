/**
 * Plain text about the toy box, for pre-training: what is true of which thing and material, which question asks
 * for it, and which toy fits what is known so far. Nothing is ever told about a toy that is kept for the test; it
 * may be named as one of those that fit.
 */
import { type Random } from '../../random';
import { render, withArticle } from '../text';
import { consistentToys } from './knowledge';
import { isForTraining, OPENING_TEMPLATES } from './tasks';
import {
  CATEGORIES,
  CATEGORY_NAMES,
  MATERIAL_NAMES,
  THING_NAMES,
  THINGS,
  TOY_BOX,
  ATTRIBUTES,
  guessFor,
  questionFor,
  statementOf,
  tellingAttributes,
  toysOf,
  truthOf,
  type CategoryName,
  type ToyFact,
} from './world';

export const CORPUS_TEMPLATES = {
  fact: {
    yes: ['{thing} ? yes , {fact} .', 'a : {question} b : yes , {fact} . a : so it can be {thing} .'],
    no: ['{thing} ? no , {fact} .', 'a : {question} b : no , {fact} . a : so it can be {thing} .'],
    maybe: ['{thing} ? maybe {fact} .', 'a : {question} b : maybe {fact} . a : so it can be {thing} .'],
  },
  kind: ['{thing} is {kind} .', '{opening} a : it can be {thing} .'],
  /** One answer after the other, each followed by a toy that fits all of them. */
  reply: { yes: 'b : yes , {fact} .', no: 'b : no , {fact} .', maybe: 'b : maybe {fact} .' },
  fitting: 'a : {guess}',
} as const;

/** Answers about one toy: at most as many as a conversation has. */
const MOST_ANSWERS = 5;
/** How much of the text is answers with fitting toys: to find what fits is the skill that takes longest. */
const FITTING_SHARE = 0.5;

function fittingToys(random: Random): string {
  const category = random.pick(CATEGORY_NAMES);
  const toy = random.pick(toysOf(category).filter(isForTraining));
  const facts: ToyFact[] = [];
  const sentences = [openingFor(category, random)];
  for (const attribute of random
    .shuffled(tellingAttributes(category))
    .slice(0, 1 + random.int(MOST_ANSWERS))) {
    const truth = truthOf(attribute, toy);
    facts.push({ attribute, truth });
    const fitting = consistentToys(TOY_BOX, category, facts);
    sentences.push(
      render(CORPUS_TEMPLATES.reply[truth], { fact: statementOf({ attribute, truth }) }),
      render(CORPUS_TEMPLATES.fitting, { guess: guessFor(random.pick(fitting)) }),
    );
  }
  return sentences.join(' ');
}

const openingFor = (category: CategoryName, random: Random): string =>
  render(random.pick(OPENING_TEMPLATES), { toy: CATEGORIES[category] });

export function passage(random: Random): string {
  if (random.next() < FITTING_SHARE) return fittingToys(random);
  const named = random.pick(THING_NAMES);
  const { category } = THINGS[named];
  const material = random.pick(MATERIAL_NAMES);
  if (random.next() < 0.2) {
    const opening = openingFor(category, random);
    const kind = CATEGORIES[category].replace('toy ', '');
    return render(random.pick(CORPUS_TEMPLATES.kind), { thing: withArticle(named), kind, opening });
  }
  const attribute = random.pick(
    tellingAttributes(random.next() < 0.9 ? category : random.pick(CATEGORY_NAMES)),
  );
  const truth = truthOf(attribute, { thing: named, material });
  const thing = ATTRIBUTES[attribute].about === 'material' ? `made of ${material}` : withArticle(named);
  const words = { thing, fact: statementOf({ attribute, truth }), question: questionFor(attribute) };
  return render(random.pick<string>(CORPUS_TEMPLATES.fact[truth]), words);
}
