/** Settings under which the shipped policy was seen to learn words that it was never taught. */
import type { Settings } from '../../runs/settings';

/**
 * New words begin without a meaning, so they take more updates than the defaults make, more of an expert's turns to
 * see them used well, and a wider adapter to hold them.
 */
export const COLD_START = {
  sftSteps: 600,
  sftExpertShare: 0.6,
  loraRank: 16,
  loraAlpha: 32,
} as const satisfies Partial<Settings>;
