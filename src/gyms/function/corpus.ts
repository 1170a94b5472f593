/**
 * Plain text about arithmetic, for pre-training: what rules give, and which rule a probe speaks for. The rules
 * kept for the test do not occur.
 */
import type { Random } from '../../random';
import { render } from '../text';
import { evaluate, numberWords, quadWords, ruleText } from './arithmetic';
import { PROBES } from './demonstrators';
import { RULE_SPLIT, drawTrainingInputs, wordOpening } from './tasks';

export const CORPUS_TEMPLATES = [
  'the rule is {rule} : {numbers} gives {value} .',
  '{numbers} gives {value} . the rule can be {rule} .',
  '{probe} gives {probed} . the rule can be {rule} .',
  '{probe} gives {probed} . the test is {numbers} . {rule} : the result is {value} .',
  '{opening} the test is {numbers} . {rule} : the result is {value} .',
] as const;

export function passage(random: Random): string {
  const rule = random.pick(RULE_SPLIT.train);
  const { expression, uses } = rule;
  const numbers = drawTrainingInputs(rule, random);
  const probe = random.pick(PROBES.filter((quad) => Number.isFinite(evaluate(expression, quad))));
  return render(random.pick(CORPUS_TEMPLATES), {
    rule: ruleText(expression),
    numbers: quadWords(numbers),
    value: numberWords(evaluate(expression, numbers)),
    probe: quadWords(probe),
    probed: numberWords(evaluate(expression, probe)),
    opening: wordOpening(uses, random),
  });
}
