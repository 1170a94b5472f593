/** What a first visit costs, with nothing in any cache: when something is painted, when the recorded run answers, and how much script that took. */
import { gzipSync } from 'node:zlib';

/**
 * @typedef {object} Visit
 * @property {number} firstPaint when the first content was painted, in ms after the visit began
 * @property {number} interactive when the scrubber could be moved and the conversations stood on the stage, in ms
 * @property {number} scriptBytes what the scripts loaded until then weigh, compressed with gzip
 * @property {number} recordingBytes the same of the recorded run
 * @property {number} longestTask of the main thread until then, in ms; 0 where none took 50
 */

/** In the page: notes the moment at which a person could begin. */
function watchForScrubber() {
  window.longTasks = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.longTasks.push(duration);
  }).observe({ type: 'longtask', buffered: true });
  const look = () => {
    const slider = document.querySelector('input[type=range][aria-label=Step]');
    if (slider && !slider.disabled && document.querySelector('.conversation'))
      window.interactiveAt = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/**
 * One visit in a profile of its own.
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @returns {Promise<Visit>}
 */
export async function visit(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const page = await context.newPage();
    const bodies = [];
    page.on('response', (response) => {
      const type = response.request().resourceType();
      const kind = type === 'script' ? 'script' : /\/recordings\//.test(response.url()) ? 'recording' : null;
      if (kind) bodies.push({ kind, body: response.body() });
    });
    await page.addInitScript(watchForScrubber);
    await page.goto(url);
    await page.waitForFunction(() => window.interactiveAt !== undefined, undefined, { timeout: 60_000 });
    // It does not only look as if it worked.
    await page.getByRole('slider', { name: 'Step', exact: true }).press('End');
    const moved = await page.getByTestId('position').textContent();
    const [, at, last] = /step (\d+) of (\d+)/.exec(moved ?? '') ?? [];
    if (!at || at !== last) throw new Error(`The scrubber did not move: "${moved}"`);
    const timings = await page.evaluate(() => ({
      firstPaint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
      interactive: window.interactiveAt,
      longestTask: Math.max(0, ...window.longTasks),
    }));
    const weigh = async (kind) => {
      const some = await Promise.all(bodies.filter((one) => one.kind === kind).map(({ body }) => body));
      return some.reduce((sum, body) => sum + gzipSync(body).length, 0);
    };
    return {
      ...timings,
      scriptBytes: await weigh('script'),
      recordingBytes: await weigh('recording'),
    };
  } finally {
    await context.close();
  }
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
