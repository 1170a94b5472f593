/** That gyms keep to these names is tested with each of them (support/gyms.ts). */
import { describe, expect, it } from 'vitest';
import { COMMON_EVENTS, EVENT_NAMES, eventsIn, GYM_EVENTS } from '../../src/gyms/events';
import { GYM_NAMES } from '../../src/gyms/options';

describe('the events of the gyms', () => {
  it('have names that can be written in a reward term, and a line of meaning', () => {
    for (const events of [COMMON_EVENTS, ...GYM_NAMES.map((name) => GYM_EVENTS[name])]) {
      expect(Object.keys(events).length).toBeGreaterThan(2);
      for (const [name, meaning] of Object.entries(events)) {
        expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
        expect(meaning).toMatch(/^[a-z].{10,90}[^.]$/);
      }
    }
  });
  it('are listed once each, all of them', () => {
    expect(new Set(EVENT_NAMES).size).toBe(EVENT_NAMES.length);
    for (const name of GYM_NAMES)
      for (const event of Object.keys(GYM_EVENTS[name])) expect(EVENT_NAMES).toContain(event);
  });
  it('are those of the gym one trains on, and of several with every meaning', () => {
    expect(Object.keys(eventsIn('intention'))).toEqual([
      ...Object.keys(GYM_EVENTS.intention),
      ...Object.keys(COMMON_EVENTS),
    ]);
    const all = eventsIn('all');
    expect(Object.keys(all).sort()).toEqual([...EVENT_NAMES].sort());
    expect(all['wrong']).toBe(
      'an option was chosen that does not grant every wish; or a wrong answer was given; or another toy was guessed',
    );
    // Held out: nothing of it is trained on.
    expect(eventsIn('paper')).not.toHaveProperty('irrelevant');
  });
});
