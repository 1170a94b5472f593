/**
 * Plain text about the toy box, for pre-training: what is true of which thing and material, and which question
 * asks for it. Facts about things and materials only, never about a whole toy.
 */
import { type Random } from '../../random';
import { render, withArticle } from '../text';
import { OPENING_TEMPLATES, statementOf } from './tasks';
import {
  CATEGORIES,
  CATEGORY_NAMES,
  MATERIAL_NAMES,
  THING_NAMES,
  THINGS,
  ATTRIBUTES,
  questionFor,
  tellingAttributes,
  truthOf,
} from './world';

export const CORPUS_TEMPLATES = {
  fact: {
    yes: ['{thing} ? yes , {fact} .', 'a : {question} b : yes , {fact} . a : so it can be {thing} .'],
    no: ['{thing} ? no , {fact} .', 'a : {question} b : no , {fact} . a : so it can be {thing} .'],
    maybe: ['{thing} ? maybe {fact} .', 'a : {question} b : maybe {fact} . a : so it can be {thing} .'],
  },
  kind: ['{thing} is {kind} .', '{opening} a : it can be {thing} .'],
} as const;

export function passage(random: Random): string {
  const named = random.pick(THING_NAMES);
  const { category } = THINGS[named];
  const material = random.pick(MATERIAL_NAMES);
  if (random.next() < 0.2) {
    const opening = render(random.pick(OPENING_TEMPLATES), { toy: CATEGORIES[category] });
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
