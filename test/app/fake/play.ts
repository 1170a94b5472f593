/** Plays conversations of a given skill, and scores them with the real credit rules. */
import { creditGroup } from '../../../src/credit/advantages';
import { trainingRewards } from '../../../src/credit/reward-terms';
import type { GymEvent } from '../../../src/gyms/types';
import type { EndReason, GroupRecord, RolloutRecord, TurnRecord } from '../../../src/runs/record';
import { rewardRule } from '../../../src/runs/reward-terms';
import type { Settings } from '../../../src/runs/settings';
import type { FakeTask } from './tasks';

export type Random = () => number;

/** mulberry32: the same seed plays the same run. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const IDLE = [
  'tell me more about it',
  'that sounds nice',
  'have you thought about the colour?',
  'i can help with that',
];

interface Draft {
  readonly turns: TurnRecord[];
  readonly found: ReadonlySet<string>;
  readonly end: EndReason;
}

function converse(task: FakeTask, skill: number, maxTurns: number, next: Random): Draft {
  const turns: TurnRecord[] = [];
  const found = new Set<string>();
  let end: EndReason = 'turn-limit';
  for (let t = 0; t < maxTurns; t++) {
    if (next() > 0.9 + skill * 0.1) {
      end = next() < 0.5 ? 'plain-text' : 'malformed';
      const words = end === 'malformed' ? 'how how many' : 'here is my plan for you';
      turns.push(turn(null, words, '', 0, { name: end }));
      break;
    }
    const open = task.details.filter((one) => !found.has(one.label));
    const chosen = next() < skill ? open[Math.floor(next() * open.length)] : undefined;
    if (!chosen) {
      const words = IDLE[Math.floor(next() * IDLE.length)] ?? 'go on';
      turns.push(turn('action', words, 'Hm, I am not sure what you mean.', 0, { name: 'nothing-asked' }));
      continue;
    }
    found.add(chosen.label);
    const done = found.size === task.details.length;
    const event = { name: 'found', subject: chosen.label };
    turns.push(turn('action', chosen.ask, done ? '' : chosen.reply, chosen.worth, event));
    if (done) {
      end = 'success';
      break;
    }
  }
  return { turns, found, end };
}

function turn(
  choice: TurnRecord['choice'],
  content: string,
  feedback: string,
  reward: number,
  event: GymEvent,
): TurnRecord {
  const words = [...(choice ? [`<${choice}>`] : []), ...content.split(/ |(?=\?)/), '<end>'];
  const tokens = words.map((text, i) => ({ text, logProb: -0.4 - 0.3 * (i % 4) }));
  return { choice, content, feedback, reward, credit: 0, advantage: 0, tokens, events: [event] };
}

export function playGroup(task: FakeTask, skill: number, settings: Settings, next: Random): GroupRecord {
  const drafts = Array.from({ length: settings.groupSize }, () =>
    converse(task, skill, settings.maxTurns, next),
  );
  const rule = rewardRule(settings);
  const rollouts = drafts.map(({ turns }) => ({
    turnRewards: trainingRewards(turns, rule),
    turnTokens: turns.map((one) => one.tokens.length),
  }));
  const { scores, mean, std, normalised, credits, advantages } = creditGroup(rollouts, settings);
  const most = task.details.reduce((sum, one) => sum + one.worth, 0);
  return {
    task: task.id,
    mean,
    std,
    rollouts: drafts.map(({ turns, found, end }, i): RolloutRecord => {
      const reward = turns.reduce((sum, one) => sum + one.reward, 0);
      return {
        task: task.id,
        opening: task.opening,
        turns: turns.map((one, t) => ({
          ...one,
          trainingReward: rollouts[i]?.turnRewards[t] ?? 0,
          credit: credits[i]?.[t] ?? 0,
          advantage: advantages[i]?.[t] ?? 0,
        })),
        hidden: task.details.map((one) => ({
          label: one.label,
          value: one.value,
          weight: one.worth / most,
          found: found.has(one.label),
        })),
        reward,
        score: reward / most,
        trajectoryScore: scores[i] ?? 0,
        advantage: normalised[i] ?? 0,
        success: end === 'success',
        end,
      };
    }),
  };
}
