/** What the evaluation panel makes of a comparison: lines, texts, files, and how long it takes. */
import { describe, expect, it } from 'vitest';
import { tableCsv, tableJson } from '../../src/app/evaluation/export';
import { leftText, secondsLeft } from '../../src/app/remaining';
import { intervalText, meanText, tableView } from '../../src/app/evaluation/view';
import { GYM_NAMES } from '../../src/gyms/options';
import { MEASURE_NAMES } from '../../src/runs/measures';
import { DEFAULT_SETTINGS } from '../../src/runs/settings';
import { comparison } from './fake/comparison';

const all = comparison({ ...DEFAULT_SETTINGS, gym: 'all' }, ['plain', 'noisy'], 20, 0.7);
const one = comparison(DEFAULT_SETTINGS, ['terse'], 0, 0.7);

describe('the table', () => {
  it('has a line for every gym and average, for every user', () => {
    const { players, users } = tableView(all, 'score');
    expect(players).toEqual(['random', 'sft', 'trained', 'oracle']);
    expect(users.map(({ label }) => label)).toEqual(['Plain', 'Noisy']);
    for (const { lines } of users) {
      expect(lines.map(({ key }) => key)).toEqual([...GYM_NAMES, 'average tasks', 'average paper']);
      expect(lines.map(({ label }) => label).slice(0, 2)).toEqual(['Travel', 'Turtle']);
      expect(lines.at(-1)).toMatchObject({ label: 'Average', note: "by the paper's items", average: true });
    }
  });
  it('has no column for a player who was not there, and no average of one gym', () => {
    const { players, users } = tableView(one, 'success');
    expect(players).toEqual(['random', 'sft', 'oracle']);
    expect(users[0]?.lines.map(({ key, note }) => [key, note])).toEqual([['intention', '48 tasks']]);
  });
  it('puts shares on an axis to 1, and all lines of another measure on one that holds them', () => {
    expect(tableView(all, 'validity').most).toBe(1);
    const { most, users } = tableView(all, 'turns');
    const means = users.flatMap(({ lines }) => lines.flatMap(({ cells }) => Object.values(cells)));
    for (const { mean, ci95 } of means) {
      expect(mean).toBeLessThanOrEqual(most);
      expect(ci95![1]).toBeLessThanOrEqual(most);
    }
  });
  it('writes shares in per cent and rewards with two decimals', () => {
    const estimate = { mean: 0.514, ci95: [0.4666, 0.561], n: 48 } as const;
    expect([meanText('score', 0.514), intervalText('score', estimate)]).toEqual(['51\u00a0%', '47–56']);
    expect([meanText('userrl_score', 1.5), intervalText('turns', estimate)]).toEqual(['1.50', '0.47–0.56']);
    expect(intervalText('score', { ...estimate, ci95: null })).toBe('');
  });
});

describe('the files', () => {
  it('hold every number', () => {
    const [header, ...lines] = tableCsv(all).trimEnd().split('\r\n');
    expect(header).toBe('step,user,gym,average_weights,player,tasks,measure,mean,ci95_low,ci95_high,n');
    expect(lines).toHaveLength((all.rows.length + all.averages.length) * MEASURE_NAMES.length);
    const { mean, ci95, n } = all.rows[2]!.measures.success;
    expect(lines).toContain(`20,plain,travel,,trained,48,success,${mean},${ci95![0]},${ci95![1]},${n}`);
    expect(lines.filter((line) => line.startsWith('20,noisy,,paper,oracle,'))).toHaveLength(
      MEASURE_NAMES.length,
    );
    expect(JSON.parse(tableJson(all))).toEqual(all);
  });
  it('quote what a comma would tear apart, and leave out what is not known', () => {
    const [row] = one.rows;
    const estimate = { mean: 1, ci95: null, n: 1 };
    const odd = { ...row!, gym: 'my "own", gym', measures: { ...row!.measures, score: estimate } };
    const [, line] = tableCsv({ ...one, rows: [odd] }).split('\r\n');
    expect(line).toBe('0,terse,"my ""own"", gym",,random,48,score,1,,,1');
  });
});

describe('the time left', () => {
  it('is what the pace so far says, once there is one', () => {
    expect(secondsLeft(1000, 0, 100)).toBeNull();
    expect(secondsLeft(1000, 4, 100)).toBeNull();
    expect(secondsLeft(1000, 20, 100)).toBe(4);
    expect(secondsLeft(1000, 100, 100)).toBe(0);
    expect(secondsLeft(1000, 0, 0)).toBeNull();
  });
  it('is said roughly', () => {
    expect([null, 3, 44, 100, 1000].map(leftText)).toEqual([
      '',
      'a few seconds left',
      'about 40 s left',
      'about 2 min left',
      'about 17 min left',
    ]);
  });
});
