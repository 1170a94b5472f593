/**
 * What a first visit costs: `node bench/load.mjs [--visits 9] [--no-lighthouse]`. Builds the page, serves it, visits
 * it with nothing in any cache, and asks Lighthouse, which measures as if on a phone with a slow line.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { installPeers } from '../scripts/build-bench.mjs';
import { fail, root, run } from '../scripts/prepare.mjs';
import { median, visit } from '../test/e2e/loading.mjs';
import { launch, site } from '../test/e2e/page.mjs';

const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'];

const { values } = parseArgs({
  options: {
    visits: { type: 'string', default: '9' },
    lighthouse: { type: 'boolean', default: true },
    build: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const visits = Number(values.visits);
if (!(Number.isInteger(visits) && visits >= 1))
  fail(`--visits must be a whole number from 1, not "${values.visits}".`);

if (values.build) run('Building…', process.execPath, ['scripts/build.mjs']);
const turnwise = await site();
const result = {};
try {
  result.visits = await measureVisits();
  if (values.lighthouse) result.lighthouse = await askLighthouse();
} finally {
  await turnwise.close();
}
await mkdir(join(root, 'build'), { recursive: true });
await writeFile(join(root, 'build/load.json'), `${JSON.stringify(result, null, 2)}\n`);

async function measureVisits() {
  await visit(turnwise.browser, turnwise.url);
  const all = [];
  for (let i = 0; i < visits; i++) all.push(await visit(turnwise.browser, turnwise.url));
  const column = (key) => all.map((one) => one[key]);
  const row = (name, key, unit, scale = 1) => {
    const numbers = column(key).map((value) => value / scale);
    const spread = `${Math.min(...numbers).toFixed(0)} to ${Math.max(...numbers).toFixed(0)}`;
    console.log(`${name.padEnd(34)} ${median(numbers).toFixed(0).padStart(6)} ${unit}  (${spread})`);
  };
  console.log(`\nMedian of ${visits} first visits`);
  row('first contentful paint', 'firstPaint', 'ms');
  row('recorded run interactive', 'interactive', 'ms');
  row('longest task until then', 'longestTask', 'ms');
  row('scripts, gzip', 'scriptBytes', 'kB', 1000);
  row('recording, gzip', 'recordingBytes', 'kB', 1000);
  return all;
}

async function askLighthouse() {
  const entry = createRequire(join(root, 'bench/package.json'));
  if (!existsSync(join(root, 'bench/node_modules/lighthouse'))) installPeers();
  const { default: lighthouse } = await import(pathToFileURL(entry.resolve('lighthouse')).href);
  const port = await freePort();
  const browser = await launch([`--remote-debugging-port=${port}`]);
  try {
    const scores = {};
    for (const formFactor of ['mobile', 'desktop']) {
      const config = formFactor === 'desktop' ? await desktopConfig(entry) : undefined;
      const { lhr } = await lighthouse(
        turnwise.url,
        { port, onlyCategories: CATEGORIES, logLevel: 'error' },
        config,
      );
      scores[formFactor] = summary(lhr);
      print(formFactor, scores[formFactor]);
    }
    return scores;
  } finally {
    await browser.close();
  }
}

async function desktopConfig(entry) {
  const file = entry.resolve('lighthouse/core/config/desktop-config.js');
  return (await import(pathToFileURL(file).href)).default;
}

function summary(lhr) {
  const audits = Object.values(lhr.audits);
  return {
    version: lhr.lighthouseVersion,
    scores: Object.fromEntries(
      CATEGORIES.map((name) => [name, Math.round(lhr.categories[name].score * 100)]),
    ),
    metrics: Object.fromEntries(
      [
        'first-contentful-paint',
        'largest-contentful-paint',
        'total-blocking-time',
        'cumulative-layout-shift',
        'speed-index',
      ].map((name) => [name, lhr.audits[name].displayValue]),
    ),
    failed: audits
      .filter(
        ({ score, scoreDisplayMode }) => score !== null && score < 0.9 && scoreDisplayMode !== 'informative',
      )
      .map(({ id, displayValue, details }) => ({
        id,
        displayValue,
        items: (details?.items ?? []).slice(0, 5).map(({ node, url }) => node?.snippet ?? url),
      })),
  };
}

function print(formFactor, { version, scores, metrics, failed }) {
  console.log(`\nLighthouse ${version}, ${formFactor}`);
  console.log(
    `  ${Object.entries(scores)
      .map(([name, score]) => `${name} ${score}`)
      .join(', ')}`,
  );
  console.log(
    `  ${Object.entries(metrics)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}`,
  );
  for (const { id, displayValue, items } of failed)
    console.log(`  - ${id}${displayValue ? `: ${displayValue}` : ''} ${items.filter(Boolean).join(' | ')}`);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
