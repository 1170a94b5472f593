/**
 * How fast long runs are compared on the page: 2 x 3 runs of 10,000 steps, four charts. Prints the time that a change
 * of the smoothing takes to be computed and to be drawn, all charts together.
 *
 *   node bench/curves.mjs [--steps 10000] [--seeds 3]        (needs a built page: `npm run build`)
 */
import { parseArgs } from 'node:util';
import { site } from '../test/e2e/page.mjs';

const { values } = parseArgs({
  options: { steps: { type: 'string', default: '10000' }, seeds: { type: 'string', default: '3' } },
});
const [steps, seeds] = [Number(values.steps), Number(values.seeds)];
const ROUNDS = 15;

const noise = (i, seed) => Math.sin(i * 12.9898 + seed * 78.233) * 0.08;
function record(arm, seed) {
  const column = (value) => Array.from({ length: steps }, (_, i) => value(i));
  const rise = (i) => 1 - Math.exp((-4 * i) / steps);
  const top = arm === 'a' ? 0.9 : 0.6;
  return {
    version: 1,
    id: `${arm}${seed}`,
    name: `bench ${arm}${seed}`,
    note: '',
    when: '2026-01-31T12:00:00.000Z',
    settings: { seed, trajectoryMethod: arm === 'a' ? 'sum' : 'mean' },
    changes: [],
    coldStart: 0,
    device: { device: 'wasm', detail: '', reason: '' },
    policy: {
      checkpoint: 'nano',
      parameters: 1,
      adapterParameters: 1,
      bytes: 1,
      vocabulary: 1,
      contextLength: 1,
    },
    baselines: { random: 0.2, oracle: 1 },
    curves: {
      step: column((i) => i + 1),
      score: column((i) => top * rise(i) + noise(i, seed)),
      success: column((i) => 0.8 * top * rise(i) + noise(i + 1, seed)),
      turns: column((i) => 6 - 3 * rise(i) + noise(i + 2, seed)),
      entropy: column((i) => 1.5 - rise(i) + noise(i + 3, seed)),
      step_time: column(() => 1),
      num_tokens: column((i) => i * 9000),
    },
    evaluations: [],
    experiment: { id: 'bench', arm },
  };
}

const turnwise = await site();
try {
  const { page } = await turnwise.open({ hash: '#v=1&view=compare' });
  const runs = ['a', 'b'].flatMap((arm) => Array.from({ length: seeds }, (_, seed) => record(arm, seed)));
  const buffer = Buffer.from(JSON.stringify({ kind: 'turnwise-runs', runs }));
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'bench.json', mimeType: 'application/json', buffer });
  await page.getByTestId('verdict').waitFor({ timeout: 60_000 });
  await page.waitForTimeout(1000);
  const rounds = await page.evaluate(async (count) => {
    const slider = document.querySelector('.results input[type=range]');
    const measured = [];
    for (let i = 0; i < count; i++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const begun = new Promise((resolve) => requestAnimationFrame(() => resolve(performance.now())));
      const start = performance.now();
      slider.value = String(0.5 + 0.02 * i);
      slider.dispatchEvent(new Event('input', { bubbles: true }));
      // Effects run in a microtask, and ask for frames; the one asked for after them comes last.
      await Promise.resolve();
      await Promise.resolve();
      const computed = performance.now() - start;
      const end = new Promise((resolve) => requestAnimationFrame(() => resolve(performance.now())));
      const [from, until] = await Promise.all([begun, end]);
      measured.push({ computed, drawn: until - from });
    }
    return measured;
  }, ROUNDS);
  const quantile = (key, q) => {
    const sorted = rounds.map((round) => round[key]).sort((a, b) => a - b);
    return sorted[Math.floor(q * (sorted.length - 1))].toFixed(1);
  };
  console.log(`${2 * seeds} runs of ${steps} steps, four charts (median, and the slowest of ${ROUNDS}):`);
  for (const key of ['computed', 'drawn'])
    console.log(`  ${key}: ${quantile(key, 0.5)} ms, ${quantile(key, 1)} ms`);
} finally {
  await turnwise.close();
}
