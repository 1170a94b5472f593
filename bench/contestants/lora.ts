/** Turnwise as it trains in the page: a frozen int8 base and a rank-8 adapter that learns. */
import { DEFAULT_SETTINGS, type Settings } from '../../src/runs/settings';
import { GrpoTrainer } from '../../src/training/grpo';
import { SftTrainer } from '../../src/training/sft';
import { serve } from '../core/serve';
import { promptRows, trainingRows } from '../core/weights';
import { openOurs } from './device';
import { sampler } from './sampler';
import { silentUser, syntheticGym, syntheticPolicy } from './synthetic';

const settings: Settings = { ...DEFAULT_SETTINGS, maxTurns: 1, rewardInObservation: false };

const base = (policy: ReturnType<typeof syntheticPolicy>) => {
  let size = 0;
  for (const [name, { data }] of policy.checkpoint.tensors) if (!name.endsWith('_scale')) size += data.length;
  return size + policy.parameters.size;
};

serve({
  open: openOurs,
  train: async (workload) => {
    const { config, train, sample } = workload;
    const policy = syntheticPolicy(config, train.length + 1);
    const rows = trainingRows(workload);
    const gym = syntheticGym({
      prompts: [rows[0]!.slice(0, sample.prompt)],
      answers: rows.map((row) => row.slice(sample.prompt)),
    });
    const trainer = new SftTrainer(policy, gym);
    // The whole adapter is trained; from the prompt, which is given, nothing is learnt.
    const here = { ...settings, sftBatch: train.batch, sftSteps: 1000, sftLearningRate: 1e-2 };
    return {
      parameters: base(policy),
      note: `${policy.parameters.size} learn`,
      step: async () => ({
        tokens: train.batch * train.length,
        loss: (await trainer.step(here, silentUser)).loss,
      }),
      dispose: () => policy.dispose(),
    };
  },
  sample: async (workload) => {
    const { config, sample } = workload;
    const policy = syntheticPolicy(config, sample.prompt + sample.newTokens);
    return {
      parameters: base(policy),
      step: sampler(workload, policy.weights, policy.adapter),
      dispose: () => policy.dispose(),
    };
  },
  grpo: async (workload) => {
    const { config, sample, groupSize } = workload;
    const policy = syntheticPolicy(config, sample.prompt + sample.newTokens);
    const tasksPerStep = sample.batch / groupSize;
    const gym = syntheticGym({ prompts: promptRows(workload).slice(0, tasksPerStep) });
    const trainer = new GrpoTrainer(policy, gym, sample.newTokens);
    const here = { ...settings, groupSize, tasksPerStep, klCoefficient: 0, learningRate: 1e-3 };
    return {
      parameters: base(policy),
      note: `${policy.parameters.size} learn`,
      step: async () => {
        const { trajectories } = await trainer.step(here, silentUser);
        const tokens = trajectories.flatMap(({ turns }) => turns.map(({ logProbs }) => logProbs.length));
        return { tokens: tokens.reduce((sum, count) => sum + count, 0) };
      },
      dispose: () => policy.dispose(),
    };
  },
});
