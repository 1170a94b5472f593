import { describe, expect, it } from 'vitest';
import { warnings } from '../../src/app/stage/warnings';
import type { GroupRecord, RolloutRecord } from '../../src/runs/record';
import { DEFAULT_SETTINGS } from '../../src/runs/settings';

const token = { text: 'what', logProb: -1 };

function group(rewards: readonly (readonly number[])[]): GroupRecord {
  const rollouts = rewards.map((turnRewards): RolloutRecord => ({
    task: 't',
    opening: 'help me .',
    turns: turnRewards.map((reward) => ({
      choice: 'action',
      content: 'what ?',
      feedback: 'this .',
      reward,
      credit: 0,
      advantage: 0,
      tokens: [token, token],
      events: [],
    })),
    hidden: [],
    reward: 0,
    score: 0,
    trajectoryScore: 0,
    advantage: 0,
    success: false,
    end: 'turn-limit',
  }));
  return { task: 't', mean: 0, std: 0, rollouts };
}

describe('warnings', () => {
  it('has nothing to say about the defaults', () => {
    expect(
      warnings(
        group([
          [1, 0],
          [0, 0],
        ]),
        DEFAULT_SETTINGS,
      ),
    ).toEqual([]);
  });

  it('says that reward-to-go never pushes a rollout without reward down', () => {
    const said = warnings(
      group([
        [1, 0],
        [0, 0],
        [0, 0],
      ]),
      { ...DEFAULT_SETTINGS, turnMethod: 'r2g' },
    );
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('2 attempts below the mean have no credit');
  });

  it('says that the mean pays for stopping early', () => {
    const said = warnings(group([[1], [1, 0.7, 0]]), { ...DEFAULT_SETTINGS, trajectoryMethod: 'mean' });
    expect(said.join(' ')).toContain('stop early');
  });

  it('says where mixed signs explode', () => {
    const said = warnings(
      group([
        [0.5, -0.55, 0.06],
        [1, 0, 0],
      ]),
      { ...DEFAULT_SETTINGS, turnMethod: 'naive' },
    );
    expect(said.join(' ')).toContain('both signs');
  });
});
