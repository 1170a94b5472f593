/** A comparison of players as it might come out, by formula. */
import { GYM_NAMES } from '../../../src/gyms/options';
import { MEASURES, MEASURE_NAMES, type PlayerName } from '../../../src/runs/measures';
import type { Estimate, EvaluationRow, EvaluationTable, Measures } from '../../../src/runs/record';
import type { Settings } from '../../../src/runs/settings';
import { averagesOf } from '../../../src/training/comparison';
import type { UserStrength } from '../../../src/worker/protocol';

const MOST = { share: 1, rewards: 2.6, turns: 8 } as const;

function estimates(skill: number, tasks: number): Measures {
  const one = (name: (typeof MEASURE_NAMES)[number]): Estimate => {
    const most = MOST[MEASURES[name].kind];
    const mean = name === 'validity' ? 0.95 + 0.05 * skill : skill * most;
    const half = (2 * most * Math.sqrt(Math.max(0.001, skill * (1 - skill)))) / Math.sqrt(tasks);
    return { mean, ci95: [Math.max(0, mean - half), Math.min(most, mean + half)], n: tasks };
  };
  return Object.fromEntries(MEASURE_NAMES.map((name) => [name, one(name)])) as Measures;
}

export function comparison(
  settings: Settings,
  users: readonly UserStrength[],
  step: number,
  trained: number,
): EvaluationTable {
  const gyms = settings.gym === 'all' || settings.gym === 'paper' ? GYM_NAMES : [settings.gym];
  const rows = users.flatMap((user, u) =>
    gyms.flatMap((gym, g) => {
      const tasks = 48 + 12 * (g % 5);
      const ease = 1 - 0.08 * u - 0.05 * (g % 4);
      const skills: Partial<Record<PlayerName, number>> = {
        random: 0.17 * ease,
        sft: 0.31 * ease,
        ...(step > 0 && { trained: trained * ease }),
        oracle: 1,
      };
      return Object.entries(skills).map(([player, skill]): EvaluationRow => ({
        user,
        gym,
        player: player as PlayerName,
        tasks,
        measures: estimates(skill, tasks),
      }));
    }),
  );
  return { step, split: 'test', decoding: 'greedy', settings, rows, averages: averagesOf(rows) };
}
