/** What the checkpoints learn from: plain text of the gyms' worlds, and conversations of their noisy demonstrators. */
import { GYM_NAMES, type GymName } from '../../gyms/options';
import { playDemonstrator } from '../../gyms/play';
import { GYMS } from '../../gyms/registry';
import { practiceOf } from '../../gyms/task-set';
import { countWords } from '../../gyms/text';
import type { Dialogue } from '../../policy/dialogue';
import { Random, splitSeed } from '../../random';
import { demonstration, type LearntSequence } from '../../training/sft';
import { createUser } from '../../users/registry';
import { USER_STRENGTHS, type UserStrength } from '../../users/types';
import { RECIPE, type StageRecipe } from './recipe';

/** A sequence of prose is at least so long. */
const PASSAGE_WORDS = 80;

const users = new Map(USER_STRENGTHS.map((userStrength) => [userStrength, createUser({ userStrength })]));

/** Half the conversations are with the plain user, the default; the rest are spread over the others. */
function pickStrength(random: Random): UserStrength {
  return random.next() < 0.5
    ? 'plain'
    : random.pick(USER_STRENGTHS.filter((strength) => strength !== 'plain'));
}

/** A gym, as often as the recipe says. */
export function pickGym(random: Random): GymName {
  const total = GYM_NAMES.reduce((sum, name) => sum + RECIPE.gyms[name].weight, 0);
  let left = random.next() * total;
  const name = GYM_NAMES.find((candidate) => (left -= RECIPE.gyms[candidate].weight) < 0);
  return name ?? GYM_NAMES[0];
}

/** One conversation in the tool protocol. */
export function conversation(dialogue: Dialogue, stage: StageRecipe, seed: number): Promise<LearntSequence> {
  const random = new Random(splitSeed(seed, 'kind'));
  const name = pickGym(random);
  return demonstration(GYMS[name].gym, users.get(pickStrength(random))!, dialogue, {
    expertShare: RECIPE.gyms[name].expertShare,
    giveUpShare: stage.giveUpShare,
    maxTurns: RECIPE.maxTurns,
    rewardInObservation: random.next() < RECIPE.shownRewards,
    seed,
  });
}

/** Plain text, all of which is learnt. */
function wholeText(dialogue: Dialogue, text: string): LearntSequence {
  const { begin, end } = dialogue.tokenizer.special;
  const ids = [begin, ...dialogue.tokenizer.encode(text), end];
  return { ids, learnt: [[0, ids.length]] };
}

/** Facts of one gym in prose: several passages, so that the sequences of an update are of like length. */
export function passage(dialogue: Dialogue, seed: number): LearntSequence {
  const random = new Random(splitSeed(seed, 'prose'));
  const { passage: draw } = GYMS[pickGym(random)];
  const text: string[] = [];
  for (let words = 0; words < PASSAGE_WORDS; words += countWords(text.at(-1)!)) text.push(draw(random));
  return wholeText(dialogue, text.join(' '));
}

/**
 * A good conversation written down as prose, between "a" and "b". It is where the base learns how each gym is
 * played well; the cold start then only has to teach the protocol. What "b" says is read, not learnt: it is
 * chance, and guessing at it drowns the little that can be known.
 */
export async function interview(dialogue: Dialogue, seed: number): Promise<LearntSequence> {
  const random = new Random(splitSeed(seed, 'interview'));
  const { gym, task } = practiceOf(GYMS[pickGym(random)].gym, random);
  const options = { seed, maxTurns: RECIPE.maxTurns, expertShare: RECIPE.interviewExpertShare };
  const { opening, turns } = await playDemonstrator(
    gym,
    task,
    'noisy',
    users.get(pickStrength(random))!,
    options,
  );
  const { tokenizer } = dialogue;
  const ids = [tokenizer.special.begin, ...tokenizer.encode(`b : ${opening}`)];
  const learnt: [number, number][] = [];
  for (const { call, feedback } of turns) {
    if (!call) continue;
    ids.push(...tokenizer.encode('a :'));
    const words = [...tokenizer.encode(call.content), ...tokenizer.encode('b :')];
    learnt.push([ids.length, ids.length + words.length]);
    ids.push(...words, ...tokenizer.encode(feedback));
  }
  return { ids, learnt };
}

/** The sequences of one update of a stage. */
export function sequences(dialogue: Dialogue, stage: StageRecipe, seed: number): Promise<LearntSequence[]> {
  return Promise.all(
    Array.from({ length: stage.batch }, async (_, i) => {
      const own = splitSeed(seed, i);
      const which = new Random(splitSeed(own, 'which')).next();
      if (which < stage.conversations) return conversation(dialogue, stage, own);
      return which < stage.conversations + stage.interviews
        ? interview(dialogue, own)
        : passage(dialogue, own);
    }),
  );
}
