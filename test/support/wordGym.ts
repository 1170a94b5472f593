/** A gym with one rule: saying a certain word earns 1. And a user who always says the same. */
import { findGym } from '../../src/gyms/registry';
import type { Episode, Gym, Judgement, Task } from '../../src/gyms/types';
import type { SimulatedUser } from '../../src/users/types';

/** The openings of another gym, so that a policy that was trained on it finds itself at home. */
export function wordGym(word: string, openings = findGym('intention').gym.tasks): Gym {
  const reset = (task: Task, { maxTurns }: { maxTurns: number }): Episode => {
    let turns = 0;
    let over = false;
    let found = false;
    return {
      opening: task.opening,
      operations: ['action', 'search', 'answer'],
      get turns() {
        return turns;
      },
      get over() {
        return over;
      },
      act({ content }, heard = true): Judgement {
        if (over) throw new Error('The episode is over');
        turns++;
        const said = heard && content.split(' ').includes(word);
        if (said) found = true;
        over = said || turns >= maxTurns;
        return {
          reward: Number(said),
          terminated: said,
          truncated: !said && over,
          success: said,
          situation: { kind: said ? 'yes' : 'no' },
          events: [],
        };
      },
      hiddenFacts: () => [{ label: 'word', value: word, weight: 1, found }],
    };
  };
  return {
    name: 'word',
    operations: ['action', 'search', 'answer'],
    tasks: openings,
    reset,
    demonstrator: (kind) => ({ name: kind, next: () => ({ choice: 'action', content: word }) }),
    maximumReturn: () => 1,
  };
}

/** A user who hears everything and always gives the same answer. */
export const answering = (answer: string | (() => string)): SimulatedUser => ({
  name: 'always the same',
  hears: () => true,
  reply: async (requests) => requests.map(() => (typeof answer === 'string' ? answer : answer())),
});
