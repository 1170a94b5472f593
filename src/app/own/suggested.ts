/** Settings under which the shipped policy was seen to learn words that it was never taught. */
import type { OwnTable } from '../../gyms/own/table';
import type { Settings } from '../../runs/settings';

/**
 * New words begin without a meaning, so they take more updates than the defaults make, more of an expert's turns to see
 * them used well, and a wider adapter to hold what they mean. Undefined where a cold start would not help.
 */
export function suggestedColdStart({ kind }: OwnTable): Partial<Settings> | undefined {
  switch (kind) {
    case 'things':
    case 'tasks':
      return { sftSteps: 600, sftExpertShare: 0.6, loraRank: 16, loraAlpha: 32 };
    case 'userrl':
      return undefined;
  }
}
