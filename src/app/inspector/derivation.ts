/**
 * The way from the reward of a turn to the gradient of a token, one line a term: the rule in symbols, and the same with
 * the numbers of this very token. Which rule stands there is what the settings of the step say.
 */
import type { Settings } from '../../runs/settings';
import { after, coloured, decimals, num, plus, type Role } from './tex';
import type { CreditTerms, LossTerms } from './terms';

export interface DerivationLine {
  readonly role: Role;
  readonly name: string;
  /** `symbol = rule`. */
  readonly rule: string;
  /** `= … = value`: what the rule gives here. */
  readonly numbers: string;
}

const LOG = 4;

/** Reward, credit, score, group, normalised score, advantage. */
export function creditLines(terms: CreditTerms, settings: Settings): DerivationLine[] {
  const t = terms.turn + 1;
  const lines: DerivationLine[] = [
    { role: 'reward', name: 'Reward of the turn', ...rewardLine(terms, settings) },
    { role: 'credit', name: 'Shaped credit', ...creditLine(terms, settings) },
    { role: 'reward', name: 'Score of the attempt', ...scoreLine(terms, settings) },
  ];
  if (terms.scores.length > 1) {
    lines.push({
      role: 'reward',
      name: `The group of ${terms.scores.length}`,
      rule: '\\mu_G,\\; \\sigma_G',
      numbers: `= ${num(terms.mean)},\\; ${num(terms.std)}`,
    });
  }
  lines.push(
    { role: 'advantage', name: 'Compared with the group', ...normalisedLine(terms, settings) },
    {
      role: 'advantage',
      name: 'Advantage of the turn',
      rule: `${coloured('advantage', `A_{${t}}`)} = F_i \\, \\frac{n\\, ${coloured('credit', `c_{${t}}`)}}{\\sum_u n_u\\, ${coloured('credit', 'c_u')}}`,
      numbers: `= ${num(terms.normalised)} \\cdot ${after(num(terms.share))} = ${coloured('advantage', num(terms.advantage))}`,
    },
  );
  return lines;
}

/** What the gym paid, or what the reward terms of the run made of it. */
function rewardLine({ turn, reward, paid }: CreditTerms, { gymRewardWeight, stepPenalty }: Settings) {
  const symbol = coloured('reward', `r_{${turn + 1}}`);
  const value = coloured('reward', num(reward));
  if (reward === paid) return { rule: symbol, numbers: `= ${value}` };
  const weighed = gymRewardWeight * paid;
  const events = Number((reward - weighed + stepPenalty).toFixed(10));
  return {
    rule: `${symbol} = w\\,r^\\text{gym} - p + \\sum_e w_e n_e`,
    numbers: `= ${num(gymRewardWeight)} \\cdot ${after(num(paid))} - ${num(stepPenalty)} ${plus(num(events))} = ${value}`,
  };
}

function creditLine({ turn, reward, rewards, credit }: CreditTerms, { turnMethod, gamma, k }: Settings) {
  const t = turn + 1;
  const symbol = coloured('credit', `c_{${t}}`);
  const value = coloured('credit', num(credit));
  switch (turnMethod) {
    case 'equalized':
      return { rule: symbol, numbers: `= ${value}` };
    case 'naive':
      return { rule: `${symbol} = ${coloured('reward', `r_{${t}}`)}`, numbers: `= ${value}` };
    case 'r2g':
      return {
        rule: `${symbol} = \\sum_{j \\ge ${t}} \\gamma^{\\,j-${t}} ${coloured('reward', 'r_j')}`,
        numbers: `= ${discounted(rewards.slice(turn), gamma)}${value}`,
      };
    case 'em':
      return {
        rule: `${symbol} = \\tfrac12 + \\tfrac12 \\frac{1 - e^{-k ${coloured('reward', `r_{${t}}`)}}}{1 - e^{-k}}`,
        numbers: `= \\tfrac12 + \\tfrac12 \\frac{1 - e^{-${num(k)} \\cdot ${after(num(reward))}}}{1 - e^{-${num(k)}}} = ${value}`,
      };
  }
}

function scoreLine({ rewards, score }: CreditTerms, { trajectoryMethod, gamma }: Settings) {
  const value = coloured('reward', num(score));
  const sum = coloured('reward', 'r_u');
  switch (trajectoryMethod) {
    case 'sum':
      return { rule: `S_i = \\sum_u ${sum}`, numbers: `= ${discounted(rewards, 1)}${value}` };
    case 'mean':
      return {
        rule: `S_i = \\frac{1}{T} \\sum_u ${sum}`,
        numbers: `= \\frac{1}{${rewards.length}} \\cdot ${after(num(rewards.reduce((a, b) => a + b, 0)))} = ${value}`,
      };
    case 'r2g':
      return {
        rule: `S_i = \\sum_u \\gamma^{\\,u-1} ${sum}`,
        numbers: `= ${discounted(rewards, gamma)}${value}`,
      };
  }
}

/** `0.4 + 0.8^2 · 0.7 = `, without the turns that earned nothing; nothing at all where one term says it. */
function discounted(rewards: readonly number[], gamma: number): string {
  const terms = rewards.flatMap((reward, later) => {
    if (reward === 0) return [];
    if (later === 0 || gamma === 1) return [num(reward)];
    return [`${num(gamma)}${later === 1 ? '' : `^{${later}}`} \\cdot ${after(num(reward))}`];
  });
  const alone = terms.length === 1 && !terms[0]!.includes('cdot');
  const [first = '', ...others] = terms;
  return terms.length === 0 || alone ? '' : `${[first, ...others.map(plus)].join(' ')} = `;
}

function normalisedLine({ score, mean, std, divisor, normalised, scores }: CreditTerms, settings: Settings) {
  if (scores.length > 1 && std === 0)
    return { rule: 'F_i', numbers: '= 0 \\quad \\text{(all attempts score alike)}' };
  const distance = `${num(score)} - ${after(num(mean))}`;
  return settings.normalizeByStd
    ? {
        rule: 'F_i = \\frac{S_i - \\mu_G}{\\sigma_G + \\epsilon}',
        numbers: `= \\frac{${distance}}{${num(divisor)}} = ${num(normalised)}`,
      }
    : { rule: 'F_i = S_i - \\mu_G', numbers: `= ${distance} = ${num(normalised)}` };
}

/** Ratio, clip, objective, leash, bonus, part in the loss, slope. */
export function lossLines(terms: LossTerms, settings: Settings): DerivationLine[] {
  const { advantage, ratio, bounded, surrogate, logProb, old } = terms;
  const { clipLow, clipHigh, dualClip, klCoefficient, entropyCoefficient } = settings;
  const A = coloured('advantage', 'A');
  const rho = coloured('ratio', '\\rho');
  const bar = coloured('ratio', '\\bar\\rho');
  const lines: DerivationLine[] = [
    {
      role: 'ratio',
      name: 'Probability ratio',
      rule: `${rho} = e^{\\log \\pi - \\log \\pi_\\text{old}}`,
      numbers: `= e^{${decimals(logProb, LOG)} - ${after(decimals(old, LOG))}} = ${coloured('ratio', decimals(ratio, LOG))}`,
    },
    {
      role: 'ratio',
      name: terms.clipped === 'low' || terms.clipped === 'high' ? 'Within bounds: clipped' : 'Within bounds',
      rule: `${bar} = \\operatorname{clip}(${rho},\\, 1-\\epsilon_l,\\, 1+\\epsilon_h)`,
      numbers: `= \\operatorname{clip}(${decimals(ratio, LOG)},\\, ${num(1 - clipLow)},\\, ${num(1 + clipHigh)}) = ${coloured('ratio', decimals(bounded, LOG))}`,
    },
  ];
  const dual = dualClip > 0 && advantage < 0;
  const most = `\\max(-${A}${rho},\\, -${A}${bar})`;
  const numbers = `\\max(${num(-advantage * ratio)},\\, ${num(-advantage * bounded)})`;
  lines.push({
    role: 'advantage',
    name: terms.clipped === 'dual' ? 'Objective: held by the dual clip' : 'Objective of the token',
    rule: `\\ell = ${dual ? `\\min(${most},\\, -c${A})` : most}`,
    numbers: `= ${dual ? `\\min(${numbers},\\, ${num(-dualClip * advantage)})` : numbers} = ${num(surrogate)}`,
  });
  if (klCoefficient > 0 && terms.kl !== undefined) lines.push(klLine(terms, settings));
  if (entropyCoefficient > 0) {
    lines.push({
      role: 'loss',
      name: 'Entropy here',
      rule: 'H = -\\sum_v \\pi(v) \\log \\pi(v)',
      numbers: `= ${num(terms.entropy)}`,
    });
  }
  return [...lines, contributionLine(terms, settings), slopeLine(terms, settings)];
}

const KL_SYMBOL = { k1: 'k_1', k2: 'k_2', k3: 'k_3' } as const;

function klLine({ logProb, reference, kl }: LossTerms, { klEstimator }: Settings): DerivationLine {
  const d = decimals(logProb - reference, LOG);
  const [rule, numbers] = {
    k1: ['d', ''],
    k2: ['\\tfrac12 d^2', `= \\tfrac12 \\cdot ${after(d)}^2 `],
    k3: ['e^{-d} - 1 + d', `= e^{-${after(d)}} - 1 ${plus(d)} `],
  }[klEstimator] as [string, string];
  return {
    role: 'kl',
    name: 'Distance from the reference',
    rule: `${coloured('kl', KL_SYMBOL[klEstimator])} = ${rule},\\quad d = \\log \\pi - \\log \\pi_\\text{ref}`,
    numbers: `${numbers}= ${coloured('kl', num(kl!))}`,
  };
}

/** `1/300`, as most aggregations have it. */
const weightTex = (weight: number): string => {
  const parts = 1 / weight;
  return Math.abs(parts - Math.round(parts)) < 1e-3 * parts && parts < 1e6
    ? `\\frac{1}{${Math.round(parts)}}`
    : num(weight);
};

function contributionLine(terms: LossTerms, settings: Settings): DerivationLine {
  const { surrogate, kl, entropy, weight, contribution } = terms;
  const { klCoefficient, klEstimator, entropyCoefficient } = settings;
  const rule = ['\\ell'];
  const numbers = [num(surrogate)];
  if (klCoefficient > 0 && kl !== undefined) {
    rule.push(`+ \\beta ${coloured('kl', KL_SYMBOL[klEstimator])}`);
    numbers.push(`+ ${num(klCoefficient)} \\cdot ${after(num(kl))}`);
  }
  if (entropyCoefficient > 0) {
    rule.push('- \\eta H');
    numbers.push(`- ${num(entropyCoefficient)} \\cdot ${num(entropy)}`);
  }
  const alone = rule.length === 1;
  return {
    role: 'loss',
    name: 'Its part in the loss',
    rule: `w ${alone ? rule[0]! : `(${rule.join(' ')})`}`,
    numbers: `= ${weightTex(weight)} ${alone ? `\\cdot ${after(numbers[0]!)}` : `(${numbers.join(' ')})`} = ${num(contribution)}`,
  };
}

function slopeLine(terms: LossTerms, settings: Settings): DerivationLine {
  const { advantage, ratio, slope, weight, gradient, clipped } = terms;
  const A = coloured('advantage', 'A');
  const rho = coloured('ratio', '\\rho');
  const pulled = settings.klCoefficient > 0 && terms.kl !== undefined;
  const pushed = clipped === null ? -advantage * ratio : 0;
  const rule = [clipped === null ? `-${A}${rho}` : '0'];
  const numbers = [num(pushed)];
  if (pulled) {
    rule.push(`+ \\beta ${coloured('kl', `${KL_SYMBOL[settings.klEstimator]}'`)}`);
    numbers.push(plus(num(slope - pushed)));
  }
  const alone = !pulled;
  return {
    role: 'loss',
    name: clipped === null ? 'Its slope' : 'Its slope: the clip has taken the push away',
    rule: `\\frac{\\partial L}{\\partial \\log \\pi} = w ${alone && clipped !== null ? '\\cdot 0' : `(${rule.join(' ')})`}`,
    numbers: `= ${weightTex(weight)} (${numbers.join(' ')}) = ${num(gradient)}`,
  };
}

/** What the slope asks of the optimiser, in words. */
export function verdict({ gradient, clipped, advantage }: LossTerms): string {
  if (gradient === 0 && advantage === 0) return 'Nothing is asked of this token: its turn has no advantage.';
  if (gradient === 0) {
    const where = { low: 'the lower bound', high: 'the upper bound', dual: 'what the dual clip allows' };
    return `Nothing is asked of this token: it has moved past ${where[clipped ?? 'high']} already.`;
  }
  return gradient < 0
    ? 'A negative slope: the update makes this token likelier.'
    : 'A positive slope: the update makes this token less likely.';
}
