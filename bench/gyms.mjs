/**
 * Does GRPO improve every gym from the shipped checkpoint, and the five of the paper jointly? Default settings,
 * three seeds; the test split before and after. A run that is done is kept in build/gyms.json and not made again.
 *
 *   node bench/gyms.mjs [--steps 150] [--seeds 0,1,2] [--gyms travel,paper,...] [--device wasm]
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const GYMS = ['travel', 'turtle', 'function', 'tau', 'persuade', 'intention', 'telepathy', 'search', 'paper'];
const HELD_OUT = ['intention', 'telepathy', 'search'];

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '150' },
    seeds: { type: 'string', default: '0,1,2' },
    gyms: { type: 'string', default: GYMS.join(',') },
    device: { type: 'string', default: 'wasm' },
  },
});
const steps = Number(values.steps);
const seeds = values.seeds.split(',').map(Number);
const gyms = values.gyms.split(',');

const root = fileURLToPath(new URL('..', import.meta.url));
const file = fileURLToPath(new URL('../build/gyms.json', import.meta.url));
const checkpoint = readFileSync(new URL('../models/nano/README.md', import.meta.url), 'utf8');
const kept = load();

/** Runs of another checkpoint mean nothing here. */
function load() {
  try {
    const stored = JSON.parse(readFileSync(file, 'utf8'));
    if (stored.checkpoint === checkpoint) return stored.runs;
  } catch {
    // None yet.
  }
  return {};
}

async function train(gym, seed) {
  // 48 test tasks of every gym, or all there are if fewer.
  const settings = { gym, seed, evaluateEvery: steps, evaluationEpisodes: gym === 'paper' ? 384 : 96 };
  // What was learnt is kept, for scripts/rollouts.mjs.
  const adapter = join(root, 'build', 'adapters', `${gym}-${seed}.safetensors`);
  mkdirSync(dirname(adapter), { recursive: true });
  const run = ['train', '--json', '--device', values.device, '--steps', String(steps)];
  const args = [...run, '--save', adapter];
  const child = spawn(
    process.execPath,
    ['bin/turnwise.js', ...args, '--settings', JSON.stringify(settings)],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const lines = [];
  for await (const line of createInterface({ input: child.stdout })) lines.push(JSON.parse(line));
  const evaluations = lines.filter(({ kind }) => kind === 'evaluation');
  const times = lines.filter(({ kind }) => kind === 'step').map(({ step_time }) => step_time);
  if (times.length < steps) throw new Error(`${gym}, seed ${seed}: ended after ${times.length} steps`);
  return { evaluations, stepTime: times.sort((a, b) => a - b)[Math.floor(times.length / 2)] };
}

const decimals = (value) => value.toFixed(3);
const at = ({ evaluations }, step, decoding) =>
  evaluations.find((one) => one.step === step && one.decoding === decoding);
const row = (cells) => console.log(`| ${cells.join(' | ')} |`);

for (const gym of gyms) {
  for (const seed of seeds) {
    const name = `${gym} ${seed} ${steps}`;
    kept[name] ??= await train(gym, seed);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ checkpoint, runs: kept }));
    const [before, after] = [0, steps].map((step) => at(kept[name], step, 'sampled'));
    process.stderr.write(
      `${name}: ${decimals(before.score)} -> ${decimals(after.score)}, ${decimals(kept[name].stepTime)} s a step\n`,
    );
  }
}

row([
  'gym',
  'seed',
  'sampled before',
  'after',
  'greedy before',
  'after',
  'success before',
  'after',
  's a step',
]);
row(Array(9).fill('---'));
for (const gym of gyms.filter((name) => name !== 'paper')) {
  for (const seed of seeds) {
    const run = kept[`${gym} ${seed} ${steps}`];
    const pick = (step, decoding, key) => decimals(at(run, step, decoding)[key]);
    row([
      gym,
      seed,
      pick(0, 'sampled', 'score'),
      pick(steps, 'sampled', 'score'),
      pick(0, 'greedy', 'score'),
      pick(steps, 'greedy', 'score'),
      pick(0, 'sampled', 'success'),
      pick(steps, 'sampled', 'success'),
      decimals(run.stepTime),
    ]);
  }
}

if (gyms.includes('paper')) {
  console.log('');
  row(['paper preset', 'part', ...seeds.map((seed) => `seed ${seed} before -> after`)]);
  row(Array(2 + seeds.length).fill('---'));
  for (const gym of GYMS.filter((name) => name !== 'paper')) {
    const cells = seeds.map((seed) => {
      const scores = [0, steps].map((step) => {
        const { gyms: parts } = at(kept[`paper ${seed} ${steps}`], step, 'sampled');
        return parts.find((part) => part.gym === gym).score;
      });
      return scores.map(decimals).join(' -> ');
    });
    row([gym, HELD_OUT.includes(gym) ? 'held out' : 'trained', ...cells]);
  }
}
