import { expect, it } from 'vitest';
import * as turnwise from '../../src/index';

it('exports the four functions under their names', () => {
  expect(Object.keys(turnwise).sort()).toEqual([
    'groupAdvantages',
    'grpoLoss',
    'scoreTrajectory',
    'shapeTurnRewards',
  ]);
});
