/** What a real engine would find behind a rollout, invented: words move about as their advantage asks. */
import type { Inspection } from '../../../src/runs/inspection';
import type { RolloutRecord } from '../../../src/runs/record';
import type { Settings } from '../../../src/runs/settings';
import { random } from './play';

const OTHERS = ['what', 'when', 'where', 'thirty', '?'];

export function inspectFake(
  record: RolloutRecord,
  { step, group, rollout }: { readonly step: number; readonly group: number; readonly rollout: number },
  settings: Settings,
): Inspection {
  const next = random(step * 1000 + group * 10 + rollout);
  const steps = [...new Set([0, step >> 2, step >> 1, step])];
  return {
    step,
    group,
    rollout,
    settings,
    weight: 1 / 640,
    steps,
    turns: record.turns.map(({ tokens, advantage }) =>
      tokens.map(({ text, logProb: old }) => {
        const now = Math.min(-1e-3, old + 0.06 * Math.sign(advantage) + 0.1 * (next() - 0.5));
        const reference = old - 0.3 * next();
        const rest = 1 - Math.exp(now);
        return {
          text,
          old,
          update: old,
          now,
          reference,
          updateEntropy: 1.2,
          nowEntropy: 1.1,
          alternatives: [
            { text, before: Math.exp(old), now: Math.exp(now) },
            ...OTHERS.filter((other) => other !== text)
              .slice(0, 4)
              .map((other, i) => ({
                text: other,
                before: rest * 0.5 ** (i + 1) * 1.1,
                now: rest * 0.5 ** (i + 1),
              })),
          ],
          history: steps.map((at) => Math.exp(reference + (now - reference) * (step ? at / step : 1))),
        };
      }),
    ),
  };
}
