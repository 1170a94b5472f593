import { describe, expect, it } from 'vitest';
import { hearingOf } from '../../../src/gyms/hearings';
import { OWN } from '../../../src/gyms/options';
import { createOwn } from '../../../src/gyms/own';
import type { Spoken } from '../../../src/gyms/own/spoken';
import type { OwnTable } from '../../../src/gyms/own/table';
import { plainWords } from '../../../src/gyms/text';
import type { Situation, Task } from '../../../src/gyms/types';
import { Random } from '../../../src/random';
import { BIRDS, instruments, repairs, tasksOf, thingsOf, VISITS } from './tables';

/** What comes up while a noisy demonstrator plays. */
function situations(table: OwnTable): { readonly task: Task; readonly situation: Situation }[] {
  const gym = createOwn(table);
  return gym.tasks.train.slice(0, 40).flatMap((task, i) => {
    const episode = gym.reset(task, { seed: i, maxTurns: 8 });
    const player = gym.demonstrator(i % 2 ? 'noisy' : 'random', task, episode, { seed: i });
    const met: { task: Task; situation: Situation }[] = [];
    while (!episode.over) {
      const call = player.next();
      if (!call) break;
      met.push({ task, situation: episode.act(call).situation });
    }
    return met;
  });
}

describe("being the user of a gym of one's own", () => {
  const { role, explain, hear, asksPerson } = hearingOf(OWN);

  it.each([
    ['instruments', instruments(), /^You think of an? [a-z ]+\. /],
    ['birds', thingsOf(BIRDS), /^You think of an? [a-z ]+\. /],
    ['repairs', repairs(), /^You want to get help /],
    ['visits', tasksOf(VISITS), /^You want to get help /],
  ] as const)('%s are explained, and heard as the rules judge them', (_, table, who) => {
    const kinds = new Set<string>();
    for (const [i, { task, situation }] of situations(table).entries()) {
      kinds.add(situation.kind);
      expect(role(task)).toMatch(who);
      expect(explain(situation)).toMatch(/^[A-Z].*\.$/);
      expect(explain(situation)).not.toMatch(/toy/);
      expect(asksPerson(situation)).toBe(true);
      const { wording } = task.hidden as Spoken;
      const text = wording.word(task, situation, 'plain', new Random(i));
      expect([text, hear(task, situation, plainWords(text))]).toEqual([text, 'agrees']);
    }
    expect(kinds.size).toBeGreaterThan(2);
  });

  it('notices who answers against what is so', () => {
    const table = thingsOf(BIRDS);
    const gym = createOwn(table);
    const task = gym.tasks.train[0]!;
    const { toy } = (task as Task<{ toy: { thing: string } }>).hidden;
    const { situation } = gym
      .reset(task, { seed: 1, maxTurns: 8 })
      .act({ choice: 'answer', content: `it is a ${toy.thing} .` });
    expect(explain(situation)).toBe('It guessed your thing.');
    expect(hear(task, situation, 'no')).toBe('contradicts');
  });

  it('is not known of any other', () => {
    expect(() => hearingOf('chess')).toThrow(/chess/);
  });
});
