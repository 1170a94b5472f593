/// <reference lib="webworker" />
/** The GRPO step of the app with its default settings on the checkpoint it ships. */
import { fetchFrom } from '../../src/policy/checkpoint';
import { DEFAULT_SETTINGS } from '../../src/runs/settings';
import { Session } from '../../src/training/session';
import { serve } from '../core/serve';
import { openOurs } from './device';

/** models/ lies beside the folder of the bench, and this script in a folder of the bench. */
const script = import.meta.url;
const MODELS = new URL('../../models', script).href;

serve({
  open: openOurs,
  grpo: async () => {
    const session = await Session.open(DEFAULT_SETTINGS, (name) => fetchFrom(`${MODELS}/${name}`));
    const { parameters, adapterParameters } = session.policyReport;
    return {
      parameters: parameters + adapterParameters,
      note: `${adapterParameters} learn`,
      step: async () => {
        const { trajectories } = await session.trainStep();
        const tokens = trajectories.flatMap(({ turns }) => turns.map(({ logProbs }) => logProbs.length));
        return { tokens: tokens.reduce((sum, count) => sum + count, 0) };
      },
      dispose: () => session.dispose(),
    };
  },
});
