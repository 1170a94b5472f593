/** What the checkpoints learn from: plain text of the gym's world, and conversations of its noisy demonstrator. */
import { passage as prose } from '../../gyms/intention/corpus';
import { findGym } from '../../gyms/registry';
import type { Dialogue } from '../../policy/dialogue';
import { Random, splitSeed } from '../../random';
import { demonstration, type LearntSequence } from '../../training/sft';
import { createUser } from '../../users/registry';
import { USER_STRENGTHS, type UserStrength } from '../../users/types';
import { RECIPE } from './recipe';

const { gym } = findGym('intention');
const users = new Map(USER_STRENGTHS.map((userStrength) => [userStrength, createUser({ userStrength })]));

/** Half the conversations are with the plain user, the default; the rest are spread over the others. */
function pickStrength(random: Random): UserStrength {
  return random.next() < 0.5 ? 'plain' : random.pick(USER_STRENGTHS.filter((strength) => strength !== 'plain'));
}

/** One conversation in the tool protocol. */
export function conversation(dialogue: Dialogue, seed: number): Promise<LearntSequence> {
  const random = new Random(splitSeed(seed, 'kind'));
  return demonstration(gym, users.get(pickStrength(random))!, dialogue, {
    expertShare: RECIPE.expertShare,
    maxTurns: RECIPE.maxTurns,
    rewardInObservation: random.next() < RECIPE.shownRewards,
    seed,
  });
}

/** One passage of plain text, all of which is learnt. */
export function passage(dialogue: Dialogue, seed: number): LearntSequence {
  const { begin, end } = dialogue.tokenizer.special;
  const ids = [begin, ...dialogue.tokenizer.encode(prose(new Random(splitSeed(seed, 'prose')))), end];
  return { ids, learnt: [[0, ids.length]] };
}

/** The sequences of one update: a share of conversations, the rest plain text. */
export function sequences(dialogue: Dialogue, share: number, batch: number, seed: number): Promise<LearntSequence[]> {
  return Promise.all(
    Array.from({ length: batch }, async (_, i) => {
      const own = splitSeed(seed, i);
      const speaks = new Random(splitSeed(own, 'which')).next() < share;
      return speaks ? conversation(dialogue, own) : passage(dialogue, own);
    }),
  );
}
