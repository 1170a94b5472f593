/**
 * Every setting of a run, once. The controls, the URL, the command line, validation and the reference
 * page are all made from this table; adding a setting is adding a row.
 */

import { DEFAULT_GYM_OPTIONS, MOST_GUESSES } from '../gyms/options';
import {
  choice,
  flag,
  real,
  terms,
  whole,
  type ChoiceRow,
  type NumberRow,
  type SettingRow,
  type SwitchRow,
  type TermsRow,
} from './setting-rows';

export { SETTING_GROUPS } from './setting-rows';
export type { ChoiceRow, NumberRow, SettingGroup, SettingRow, SwitchRow, TermsRow } from './setting-rows';

const USERRL = 'UserRL, arXiv 2509.19736';
const GRPO = 'DeepSeekMath, arXiv 2402.03300';
const DAPO = 'DAPO, arXiv 2503.14476';
const LORA = 'LoRA, arXiv 2106.09685';

export const SETTINGS = {
  // ---- the world
  gym: choice({
    group: 'world',
    label: 'Gym',
    help: 'What the conversations are about and how they are scored.',
    paper: `${USERRL}, section 3`,
    default: 'intention',
    options: [
      {
        value: 'intention',
        label: 'Intention',
        hint: 'A user asks for help but leaves out what matters; ask for it.',
      },
      {
        value: 'travel',
        label: 'Travel',
        hint: 'Find what is on offer and what the traveller wants; choose the cheapest that fits.',
      },
      {
        value: 'turtle',
        label: 'Turtle',
        hint: 'Ask what is behind a strange scene, then tell the story.',
      },
      {
        value: 'function',
        label: 'Function',
        hint: 'Probe a hidden rule over four numbers and say what it gives.',
      },
      {
        value: 'tau',
        label: 'Tau',
        hint: "Serve a shop's customer with tools, by the shop's policy.",
      },
      {
        value: 'persuade',
        label: 'Persuade',
        hint: 'Find out what someone cares about and talk them out of a claim.',
      },
      {
        value: 'telepathy',
        label: 'Telepathy',
        hint: 'Guess the toy someone thinks of, by questions that are answered yes or no.',
      },
      {
        value: 'search',
        label: 'Search',
        hint: 'Answer questions by looking up one fact after the other.',
      },
      {
        value: 'all',
        label: 'All eight',
        hint: 'Trains and tests on every gym, in equal parts.',
      },
      {
        value: 'paper',
        label: 'As in the paper',
        hint: 'Trains on Travel, Turtle, Function, Tau and Persuade; tests on all eight.',
      },
      {
        value: 'own',
        label: 'Your own',
        hint: 'From a table of yours, without code: things to guess, or tasks with details to ask for.',
      },
    ],
    restart: true,
  }),
  checkpoint: choice({
    group: 'world',
    label: 'Starting policy',
    help: 'Where training starts: with the cold start the policy can hold the conversation, without it it hardly speaks the tool protocol.',
    paper: `${USERRL}, section 5.1`,
    default: 'nano',
    options: [
      { value: 'nano', label: 'Cold-started', hint: 'After supervised fine-tuning on mixed demonstrations.' },
      {
        value: 'nano-base',
        label: 'Base',
        hint: 'Knows the language and the facts, hardly the tool protocol.',
      },
    ],
    restart: true,
  }),
  userStrength: choice({
    group: 'world',
    label: 'Simulated user',
    help: 'How the scripted user talks: how much each reply gives away and how often it misses the question.',
    paper: `${USERRL}, section 6.3`,
    default: 'plain',
    options: [
      { value: 'helpful', label: 'Helpful', hint: 'Answers in full and hints at what else matters.' },
      { value: 'plain', label: 'Plain', hint: 'Answers what was asked.' },
      { value: 'terse', label: 'Terse', hint: 'Answers in a word or two.' },
      { value: 'noisy', label: 'Noisy', hint: 'Sometimes misses the question and rambles.' },
    ],
  }),
  seed: whole({
    group: 'world',
    label: 'Seed',
    help: 'One number from which tasks, sampling, users and adapter initialisation are all drawn.',
    default: 0,
    min: 0,
    max: 999_999,
    restart: true,
  }),

  // ---- rules of the gym
  difficulty: choice({
    group: 'gym',
    label: 'Difficulty',
    help: 'Which tasks are played, in training and in tests.',
    default: DEFAULT_GYM_OPTIONS.difficulty,
    options: [
      { value: 'all', label: 'All', hint: 'Every level.' },
      { value: 'easy', label: 'Easy', hint: 'Little is hidden, or much of it told.' },
      { value: 'normal', label: 'Normal', hint: 'More to find out.' },
      { value: 'hard', label: 'Hard', hint: 'The most to find out; every turn counts.' },
    ],
    restart: true,
  }),
  turtleThreshold: real({
    group: 'gym',
    label: 'Turtle: success threshold',
    help: 'Score at which the story counts as told and the episode ends; below 1 a close account will do.',
    paper: `${USERRL}, released code: 1 in training and evaluation, 0.9 in the library`,
    default: DEFAULT_GYM_OPTIONS.turtleThreshold,
    min: 0.5,
    max: 1,
    step: 0.05,
    restart: true,
    for: ['turtle'],
  }),
  travelRewards: choice({
    group: 'gym',
    label: 'Travel: rewards',
    help: 'What a good search and a good question earn beside the choice itself.',
    paper: `${USERRL}, released code and appendix A`,
    default: DEFAULT_GYM_OPTIONS.travelRewards,
    options: [
      { value: 'training', label: 'Training', hint: 'Search 0, question 0.8: as UserRL trains.' },
      { value: 'evaluation', label: 'Evaluation', hint: 'Search 0.2, question 0.6: as UserRL evaluates.' },
      { value: 'library', label: 'Library', hint: 'Search 0.2, question 0.2: the default, and the paper.' },
    ],
    restart: true,
    for: ['travel'],
  }),
  travelFailures: flag({
    group: 'gym',
    label: 'Travel: failing searches',
    help: 'Every fifth search fails on purpose, and has to be made again.',
    paper: `${USERRL}, released code`,
    default: DEFAULT_GYM_OPTIONS.travelFailures,
    restart: true,
    for: ['travel'],
  }),
  telepathyGuesses: whole({
    group: 'gym',
    label: 'Telepathy: guesses',
    help: 'Guesses before the game is lost; as many as there are turns, or more, means no limit.',
    paper: `${USERRL}, released code: no limit`,
    default: DEFAULT_GYM_OPTIONS.telepathyGuesses,
    min: 1,
    max: MOST_GUESSES,
    restart: true,
    for: ['telepathy'],
  }),

  // ---- rollouts
  tasksPerStep: whole({
    group: 'rollout',
    label: 'Tasks per step (B)',
    help: 'How many different tasks one update sees.',
    default: 8,
    min: 1,
    max: 64,
  }),
  groupSize: whole({
    group: 'rollout',
    label: 'Group size (G)',
    help: 'Rollouts of the same task that are compared with each other.',
    formula: 'F_i = \\frac{S_i - \\mu_G}{\\sigma_G + \\epsilon}',
    paper: GRPO,
    default: 8,
    min: 1,
    max: 64,
  }),
  maxTurns: whole({
    group: 'rollout',
    label: 'Turn limit',
    help: 'Turns the policy may take before the episode is cut.',
    default: 8,
    min: 1,
    max: 10,
  }),
  temperature: real({
    group: 'rollout',
    label: 'Temperature',
    help: 'Sampling temperature of the rollouts; the same temperature scales the log-probabilities in the loss.',
    formula: '\\pi(a) \\propto e^{z_a / T}',
    default: 1,
    min: 0.1,
    max: 2,
    step: 0.05,
  }),
  executeLastTurn: flag({
    group: 'rollout',
    label: 'Execute the last turn',
    help: 'On: the call of the last allowed turn still counts, as in evaluation. Off: it is generated but never run, as UserRL trains.',
    paper: `${USERRL}, released code`,
    default: true,
  }),
  rewardInObservation: flag({
    group: 'rollout',
    label: 'Show rewards to the policy',
    help: 'Append the reward of the turn to what the policy reads next, as UserRL does in training but not in evaluation.',
    paper: `${USERRL}, released code`,
    default: false,
  }),

  // ---- reward
  gymRewardWeight: real({
    group: 'reward',
    label: "Weight of the gym's reward",
    help: 'How much of what the gym pays counts in training; at 0 only the terms below do.',
    formula: 'w\\, r_t - p + \\sum_e w_e\\, n_{e,t}',
    default: 1,
    min: 0,
    max: 10,
    step: 0.05,
  }),
  stepPenalty: real({
    group: 'reward',
    label: 'Step penalty',
    help: 'Charged for every turn, so that a goal reached sooner is worth more. A small one is enough: it also makes giving up cheap.',
    paper: `${USERRL}, released code: 0`,
    default: 0,
    min: 0,
    max: 1,
    step: 0.01,
  }),
  rewardTerms: terms({
    group: 'reward',
    label: 'Reward terms',
    help: 'What else is paid or charged: a weight for each thing that can happen in a turn. Score and success stay those of the gym, so that a policy that games the terms is found out.',
    default: '',
  }),

  // ---- credit
  turnMethod: choice({
    group: 'credit',
    label: 'Turn shaping',
    help: "How a trajectory's advantage is spread over its turns.",
    paper: `${USERRL}, section 4.2`,
    default: 'equalized',
    options: [
      { value: 'equalized', label: 'Equalized', hint: 'Every turn gets the same credit.' },
      { value: 'naive', label: 'Naive', hint: 'A turn is credited with its own reward only.' },
      {
        value: 'r2g',
        label: 'Reward-to-go',
        hint: 'A turn is credited with what it and later turns earn, discounted.',
      },
      {
        value: 'em',
        label: 'Exponential mapping',
        hint: 'Rewards are squeezed into [0.5, 1], so that no turn is worthless.',
      },
    ],
  }),
  trajectoryMethod: choice({
    group: 'credit',
    label: 'Trajectory score',
    help: 'The one number by which the rollouts of a group are ranked.',
    paper: `${USERRL}, section 4.3`,
    default: 'sum',
    options: [
      { value: 'sum', label: 'Sum', hint: 'All turn rewards added up, as the paper describes.' },
      { value: 'r2g', label: 'Reward-to-go', hint: 'Early rewards count more: discounted by turn.' },
      {
        value: 'mean',
        label: 'Mean',
        hint: "What UserRL's code computes under the name Sum; it pays to stop early.",
      },
    ],
  }),
  gamma: real({
    group: 'credit',
    label: 'Discount (gamma)',
    help: 'How much a reward one turn later still counts, in both reward-to-go rules.',
    formula: 'G_t = \\sum_{j \\ge t} \\gamma^{\\,j-t} r_j',
    paper: `${USERRL}, table 6`,
    default: 0.8,
    min: 0,
    max: 1,
    step: 0.01,
  }),
  k: real({
    group: 'credit',
    label: 'Mapping steepness (k)',
    help: 'How fast the exponential mapping saturates.',
    formula: 'c_t = \\tfrac12 + \\tfrac12 \\frac{1 - e^{-k r_t}}{1 - e^{-k}}',
    paper: `${USERRL}, table 6`,
    default: 2,
    min: 0.1,
    max: 10,
    step: 0.1,
  }),
  round: flag({
    group: 'credit',
    label: 'Round like UserRL',
    help: 'Round exponential-mapping credits and mean scores to four decimals, as the released code does.',
    paper: `${USERRL}, released code`,
    default: false,
  }),
  std: choice({
    group: 'credit',
    label: 'Group deviation',
    help: 'Which standard deviation divides the advantage.',
    paper: GRPO,
    default: 'sample',
    options: [
      { value: 'sample', label: 'Sample (N-1)', hint: 'As UserRL and TRL compute it.' },
      { value: 'population', label: 'Population (N)', hint: 'As the paper writes it.' },
    ],
  }),
  normalizeByStd: flag({
    group: 'credit',
    label: 'Divide by the deviation',
    help: 'Off: only the mean is subtracted, so groups that hardly differ push less (Dr. GRPO).',
    paper: 'Dr. GRPO, arXiv 2503.20783',
    default: true,
  }),
  epsilon: real({
    group: 'credit',
    label: 'Epsilon',
    help: 'Added to the deviation, so that a group that hardly differs does not divide by nothing.',
    default: 1e-6,
    min: 1e-8,
    max: 1,
    step: 1e-8,
    log: true,
  }),

  // ---- objective
  aggregation: choice({
    group: 'objective',
    label: 'Loss aggregation',
    help: 'How token losses become one number, which decides how much a long rollout weighs.',
    paper: `${DAPO}; TRL loss types`,
    default: 'token-mean',
    options: [
      { value: 'token-mean', label: 'Token mean', hint: 'Every token weighs the same (DAPO, TRL bnpo).' },
      {
        value: 'seq-mean-token-mean',
        label: 'Mean of rollout means',
        hint: 'Every rollout weighs the same (GRPO as published).',
      },
      { value: 'seq-mean-token-sum', label: 'Mean of rollout sums', hint: 'Long rollouts weigh more.' },
      {
        value: 'seq-mean-token-sum-norm',
        label: 'Sums over a constant',
        hint: 'Rollout sums divided by a fixed length (Dr. GRPO).',
      },
    ],
  }),
  clipLow: real({
    group: 'objective',
    label: 'Clip low',
    help: 'How far below 1 the probability ratio may push.',
    formula: '\\max\\left(-A\\rho,\\; -A\\,\\mathrm{clip}(\\rho, 1-\\epsilon_l, 1+\\epsilon_h)\\right)',
    paper: 'PPO, arXiv 1707.06347',
    default: 0.2,
    min: 0,
    max: 1,
    step: 0.01,
  }),
  clipHigh: real({
    group: 'objective',
    label: 'Clip high',
    help: 'How far above 1 the probability ratio may push; DAPO raises it to keep exploring.',
    paper: DAPO,
    default: 0.2,
    min: 0,
    max: 10,
    step: 0.01,
  }),
  dualClip: real({
    group: 'objective',
    label: 'Dual clip',
    help: 'Upper bound on the loss of a token with a negative advantage, in units of that advantage; 0 switches it off.',
    formula: '\\min(\\ell, -cA) \\text{ where } A < 0',
    paper: 'Ye et al. 2020, arXiv 1912.09729',
    default: 3,
    min: 0,
    max: 20,
    step: 0.1,
  }),
  klCoefficient: real({
    group: 'objective',
    label: 'KL coefficient (beta)',
    help: 'The leash: how strongly the policy is held near the one training started from.',
    formula: '+\\beta\\, D_{KL}(\\pi \\| \\pi_{ref})',
    paper: GRPO,
    default: 0.01,
    min: 0,
    max: 1,
    step: 0.001,
  }),
  klEstimator: choice({
    group: 'objective',
    label: 'KL estimator',
    help: 'How the divergence is estimated from one sampled token.',
    paper: 'Schulman 2020, "Approximating KL divergence"',
    default: 'k3',
    options: [
      {
        value: 'k1',
        label: 'k1',
        hint: 'log ratio: unbiased, noisy, its gradient alone does not pull back.',
      },
      { value: 'k2', label: 'k2', hint: 'half the squared log ratio: always positive.' },
      { value: 'k3', label: 'k3', hint: 'ratio - 1 - log ratio: unbiased and positive; the usual choice.' },
    ],
  }),
  entropyCoefficient: real({
    group: 'objective',
    label: 'Entropy bonus',
    help: 'Pays the policy for staying undecided.',
    default: 0,
    min: 0,
    max: 0.1,
    step: 0.001,
  }),
  innerEpochs: whole({
    group: 'objective',
    label: 'Inner epochs',
    help: 'Updates made from one batch of rollouts; from the second on the ratio leaves 1 and the clip acts.',
    paper: 'PPO, arXiv 1707.06347',
    default: 1,
    min: 1,
    max: 8,
  }),

  // ---- optimiser
  learningRate: real({
    group: 'optimiser',
    label: 'Learning rate',
    help: 'Step size of AdamW on the adapter.',
    default: 2e-3,
    min: 1e-5,
    max: 1e-1,
    step: 1e-5,
    log: true,
  }),
  warmupSteps: whole({
    group: 'optimiser',
    label: 'Warm-up steps',
    help: 'Steps over which the learning rate rises from 0.',
    default: 5,
    min: 0,
    max: 100,
  }),
  beta1: real({
    group: 'optimiser',
    label: 'AdamW beta 1',
    help: 'Memory of the gradient.',
    paper: 'AdamW, arXiv 1711.05101',
    default: 0.9,
    min: 0,
    max: 0.999,
    step: 0.001,
  }),
  beta2: real({
    group: 'optimiser',
    label: 'AdamW beta 2',
    help: 'Memory of the squared gradient.',
    paper: 'AdamW, arXiv 1711.05101',
    default: 0.95,
    min: 0,
    max: 0.9999,
    step: 0.0001,
  }),
  weightDecay: real({
    group: 'optimiser',
    label: 'Weight decay',
    help: 'Pulls the adapter towards 0, that is, towards the starting policy.',
    paper: 'AdamW, arXiv 1711.05101',
    default: 0,
    min: 0,
    max: 1,
    step: 0.01,
  }),
  maxGradNorm: real({
    group: 'optimiser',
    label: 'Gradient clipping',
    help: 'Longest gradient that is applied; longer ones are scaled down.',
    default: 1,
    min: 0.01,
    max: 100,
    step: 0.01,
    log: true,
  }),
  loraRank: whole({
    group: 'optimiser',
    label: 'LoRA rank',
    help: 'Width of the trainable adapter beside each frozen, quantised weight.',
    formula: 'y = W_q x + \\frac{\\alpha}{r} B A x',
    paper: LORA,
    default: 8,
    min: 1,
    max: 32,
    restart: true,
  }),
  loraAlpha: real({
    group: 'optimiser',
    label: 'LoRA alpha',
    help: 'Scale of the adapter; its output is multiplied by alpha / rank.',
    paper: LORA,
    default: 16,
    min: 1,
    max: 128,
    step: 1,
    restart: true,
  }),

  activationMemory: whole({
    group: 'optimiser',
    label: 'Activation memory (MiB)',
    help: 'Bound on what a training pass holds; a batch that needs more is cut up, a long conversation computed twice.',
    formula: 'b \\le 4 L (20 D + 8 Q + 8 K + 6 F + 14 r) + 28 D',
    paper: 'Gradient checkpointing, arXiv 1604.06174',
    default: 512,
    min: 1,
    max: 8192,
  }),

  // ---- cold start
  sftSteps: whole({
    group: 'coldStart',
    label: 'Cold-start updates',
    help: 'Supervised updates made by "Cold start" before reinforcement learning.',
    paper: `${USERRL}, section 5.1`,
    default: 200,
    min: 1,
    max: 5000,
  }),
  sftBatch: whole({
    group: 'coldStart',
    label: 'Demonstrations per update',
    help: 'Conversations of the noisy demonstrator in one supervised update.',
    default: 16,
    min: 1,
    max: 128,
  }),
  sftLearningRate: real({
    group: 'coldStart',
    label: 'Cold-start learning rate',
    help: 'Peak step size of the supervised updates; it falls to 0 along a cosine.',
    default: 1e-2,
    min: 1e-5,
    max: 1e-1,
    step: 1e-5,
    log: true,
  }),
  sftExpertShare: real({
    group: 'coldStart',
    label: 'Expert share',
    help: "Share of demonstrated turns that are an expert's; the rest wander. What is never shown, RL does not invent.",
    default: 0.16,
    min: 0,
    max: 1,
    step: 0.01,
  }),

  // ---- evaluation
  evaluateEvery: whole({
    group: 'evaluation',
    label: 'Evaluate every',
    help: 'Steps between evaluations on the test tasks; 0 switches them off.',
    default: 20,
    min: 0,
    max: 1000,
  }),
  evaluationEpisodes: whole({
    group: 'evaluation',
    label: 'Evaluation episodes',
    help: 'Test conversations an evaluation plays.',
    default: 96,
    min: 8,
    max: 512,
  }),
  watchEvery: whole({
    group: 'evaluation',
    label: 'Watch every',
    help: 'Steps between two looks at the watched tasks: a few test tasks that are tried again and again and never trained on. 0 switches them off.',
    default: 10,
    min: 0,
    max: 1000,
  }),
} as const satisfies Record<string, SettingRow>;

export type SettingKey = keyof typeof SETTINGS;
export const SETTING_KEYS = Object.keys(SETTINGS) as SettingKey[];

type ValueOf<R> =
  R extends ChoiceRow<infer V>
    ? V
    : R extends NumberRow
      ? number
      : R extends SwitchRow
        ? boolean
        : R extends TermsRow
          ? string
          : never;
export type Settings = { readonly [K in SettingKey]: ValueOf<(typeof SETTINGS)[K]> };

export const DEFAULT_SETTINGS = Object.freeze(
  Object.fromEntries(SETTING_KEYS.map((key) => [key, SETTINGS[key].default])),
) as Settings;

/** Whether something that is done every `every` steps (0: never) is due when `step` are behind. */
export const isDue = (step: number, every: number): boolean => every > 0 && step % every === 0;
