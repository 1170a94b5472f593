/** How the policy fared with the visitor and with the scripted user, on the same tasks, policy and seeds. */
import type { ConversationView } from '../../runs/conversation';

export interface TallyRow {
  readonly gym: string;
  readonly conversations: number;
  /** Means over them. */
  readonly mine: { readonly score: number; readonly success: number };
  readonly scripted: { readonly score: number; readonly success: number };
}

/** A row a gym, in the order in which they were first played. Conversations that nobody could take part in do not count. */
export function tally(finished: readonly ConversationView[]): TallyRow[] {
  const gyms = [...new Set(finished.map(({ gym }) => gym))];
  return gyms.flatMap((gym) => {
    const pairs = finished.flatMap(({ gym: own, ended }) =>
      own === gym && ended?.scripted ? [{ mine: ended, scripted: ended.scripted }] : [],
    );
    if (pairs.length === 0) return [];
    const mean = (of: (pair: (typeof pairs)[number]) => number): number =>
      pairs.reduce((sum, pair) => sum + of(pair), 0) / pairs.length;
    const row: TallyRow = {
      gym,
      conversations: pairs.length,
      mine: { score: mean(({ mine }) => mine.score), success: mean(({ mine }) => Number(mine.success)) },
      scripted: {
        score: mean(({ scripted }) => scripted.score),
        success: mean(({ scripted }) => Number(scripted.success)),
      },
    };
    return [row];
  });
}

/**
 * UserRL (arXiv 2509.19736), table 5: score with real users less score with the simulated one, of the 4B and the 8B
 * policy. Five volunteers shared the tasks; the paper calls it preliminary.
 */
export const PAPER_GAIN: Readonly<Record<string, readonly [number, number]>> = {
  turtle: [0.1108, 0.1273],
  telepathy: [0.1707, 0.2195],
};
