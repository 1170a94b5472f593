/** The budgets of a first visit. Times are those of the fastest visit: what else the machine has to do only adds to them. The bench of loading tells the medians. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { median, visit, type Visit } from './loading.mjs';
import { site, type Site } from './page.mjs';

const VISITS = 5;

let turnwise: Site;
const visits: Visit[] = [];
beforeAll(async () => {
  turnwise = await site();
  // The first one wakes the browser up.
  await visit(turnwise.browser, turnwise.url);
  for (let i = 0; i < VISITS; i++) visits.push(await visit(turnwise.browser, turnwise.url));
}, 300_000);
afterAll(() => turnwise?.close());

const middle = (key: keyof Visit) => median(visits.map((one) => one[key]));
const fastest = (key: keyof Visit) => Math.min(...visits.map((one) => one[key]));

describe('a first visit', () => {
  it('loads less than 250 kB of script, compressed, and 150 kB of recording', () => {
    console.log(`script ${middle('scriptBytes')} B, recording ${middle('recordingBytes')} B`);
    expect(middle('scriptBytes')).toBeGreaterThan(20_000);
    expect(middle('scriptBytes')).toBeLessThan(250_000);
    expect(middle('recordingBytes')).toBeGreaterThan(0);
    expect(middle('recordingBytes')).toBeLessThan(150_000);
  });

  it('paints within a second, and answers within two', () => {
    const times = visits.map((one) => `${one.firstPaint.toFixed(0)}/${one.interactive.toFixed(0)}`);
    console.log(`painted/interactive, ms: ${times.join(', ')}`);
    expect(fastest('firstPaint')).toBeLessThan(1000);
    expect(fastest('interactive')).toBeLessThan(2000);
  });
});
