/**
 * What is replied in Function, in four manners that differ in politeness alone: a machine answers here. A result
 * is said together with the numbers it belongs to, so that every reply is a fact by itself.
 */
import type { Random } from '../../random';
import { CALL_LOST } from '../phrases';
import { render } from '../text';
import type { Situation } from '../types';
import type { Manner, Wording } from '../wording';
import { numberWords, quadWords } from './arithmetic';
import { isFunctionSituation, type FunctionSituation, type FunctionTask } from './types';

type Frames = Readonly<Record<Exclude<FunctionSituation['kind'], 'not-heard'>, readonly string[]>>;

const POLITE: Frames = {
  result: ['sure , {numbers} gives {value} .', '{numbers} gives {value} .'],
  'no-result': ['sorry , {numbers} has no result .'],
  refused: ['sorry , {numbers} is the test . please use other numbers .'],
  'test-case': ['sure , the test is {numbers} .', 'the test is {numbers} .'],
  right: ['yes , {value} is right . very good .', 'yes , {value} is right .'],
  wrong: ['sorry , {value} is not right .', 'no , {value} is not right .'],
  'not-four-numbers': ['please give four numbers .'],
  'not-the-test': ['please ask for the test .'],
  'no-number': ['please give one number .'],
};
const PLAIN: Frames = {
  result: ['{numbers} gives {value} .'],
  'no-result': ['{numbers} has no result .'],
  refused: ['{numbers} is the test . use other numbers .'],
  'test-case': ['the test is {numbers} .'],
  right: ['yes , {value} is right .'],
  wrong: ['no , {value} is not right .'],
  'not-four-numbers': ['give four numbers .'],
  'not-the-test': ['ask for the test .'],
  'no-number': ['give one number .'],
};
const TERSE: Frames = {
  result: ['{numbers} : {value}'],
  'no-result': ['{numbers} : no result'],
  refused: ['not the test'],
  'test-case': ['test : {numbers}'],
  right: ['right'],
  wrong: ['not {value}'],
  'not-four-numbers': ['four numbers ?'],
  'not-the-test': ['test ?'],
  'no-number': ['one number ?'],
};

/** A noisy line loses whole calls, and never a digit of a result. */
export const FRAMES: Readonly<Record<Manner, Frames>> = {
  helpful: POLITE,
  plain: PLAIN,
  terse: TERSE,
  noisy: PLAIN,
};

export const functionWording: Wording<FunctionTask> = {
  word(_task: FunctionTask, situation: Situation, manner: Manner, random: Random): string {
    if (!isFunctionSituation(situation))
      throw new TypeError(`Not a situation of Function: ${situation.kind}`);
    const { kind, numbers, value } = situation;
    if (kind === 'not-heard') return random.pick(CALL_LOST);
    return render(random.pick(FRAMES[manner][kind]), {
      numbers: quadWords(numbers ?? []),
      value: numberWords(value ?? 0),
    });
  },
};
