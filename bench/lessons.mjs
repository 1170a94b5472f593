/**
 * Do the lessons show what they are there to show? Runs every lesson as the page does, over several seeds, and says
 * for each seed which prediction came true and how long it took. A run that is done is kept in build/lessons.
 *
 *   node bench/lessons.mjs [names] [--seeds 0,1,2] [--device wasm] [--threads 2] [--said]
 *
 * `--said` prints the sentences, too. `--with '{"learningRate": 0.004}'` tries other settings in every run.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import '../scripts/build-kernels.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '0,1,2' },
    device: { type: 'string', default: 'wasm' },
    threads: { type: 'string', default: '2' },
    with: { type: 'string', default: '{}' },
    said: { type: 'boolean', default: false },
  },
});

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'build', 'lessons');
const bundled = join(folder, 'modules');

await build({
  configFile: false,
  root,
  logLevel: 'warn',
  build: {
    ssr: true,
    target: 'node20',
    outDir: bundled,
    emptyOutDir: true,
    rollupOptions: {
      input: Object.fromEntries(
        ['app/lessons/all', 'headless/host', 'kernels/device', 'runs/settings', 'training/session'].map(
          (path) => [path, join(root, 'src', `${path}.ts`)],
        ),
      ),
    },
  },
});
const load = (path) => import(join(bundled, `${path}.js`));
const { LESSONS } = await load('app/lessons/all');
const { DEFAULT_SETTINGS } = await load('runs/settings');
const { openDevice } = await load('kernels/device');
const { nodeHost, readFrom } = await load('headless/host');
const { Session } = await load('training/session');

await openDevice(nodeHost(root, Number(values.threads)), values.device);

/** Runs of other policies mean nothing here. */
const policies = ['nano', 'nano-base'].map((name) =>
  readFileSync(join(root, 'models', name, 'model.safetensors')),
);

async function perform(session, act, result) {
  switch (act.kind) {
    case 'train':
      for (let i = 0; i < act.steps; i++) {
        const { metrics, groups } = await session.trainStep();
        result.steps.push(metrics);
        result.groups = groups;
      }
      break;
    case 'coldStart':
      while (!session.coldStartDone) result.updates.push(await session.coldStartStep());
      break;
    case 'compare':
      result.comparison = await session.compare({ users: act.users, episodes: null }, () => {});
      break;
  }
}

async function runArm({ id, label, acts }, settings) {
  const began = performance.now();
  const result = {
    id,
    label,
    settings,
    steps: [],
    updates: [],
    groups: [],
    comparison: null,
    baselines: null,
    diverged: null,
  };
  const session = await Session.open(settings, (name) => readFrom(join(root, 'models', name)));
  try {
    for (const act of acts) await perform(session, act, result);
  } catch (error) {
    // Any other error is one of the lesson.
    if (error.constructor.name !== 'DivergedError') throw error;
    result.diverged = error.message;
  } finally {
    session.dispose();
  }
  return { result, seconds: (performance.now() - began) / 1000 };
}

async function kept(arm, seed) {
  const settings = { ...DEFAULT_SETTINGS, ...arm.settings, ...JSON.parse(values.with), seed };
  const hash = createHash('sha256');
  for (const part of [...policies, JSON.stringify([settings, arm.acts])]) hash.update(part);
  const file = join(folder, `${hash.digest('hex').slice(0, 20)}.json`);
  if (!existsSync(file)) writeFileSync(file, JSON.stringify(await runArm(arm, settings)));
  const { result, seconds } = JSON.parse(readFileSync(file, 'utf8'));
  return { result: { ...result, id: arm.id, label: arm.label }, seconds };
}

const last = (steps, key) => {
  const some = steps.slice(-6);
  return some.reduce((sum, step) => sum + step[key], 0) / some.length;
};

mkdirSync(folder, { recursive: true });
for (const name of positionals.length > 0 ? positionals : Object.keys(LESSONS)) {
  const came = {};
  for (const seed of values.seeds.split(',').map(Number)) {
    const runs = [];
    for (const arm of LESSONS[name].arms) runs.push(await kept(arm, seed));
    const conclusion = LESSONS[name].conclude(runs.map(({ result }) => result));
    const key = conclusion.came ?? 'none';
    came[key] = (came[key] ?? 0) + 1;
    const seconds = runs.reduce((sum, run) => sum + run.seconds, 0);
    const scores = runs.map(
      ({ result: { label, steps } }) =>
        `${label} score ${last(steps, 'score').toFixed(3)} turns ${last(steps, 'turns').toFixed(2)} kl ${last(steps, 'kl').toExponential(1)}`,
    );
    console.log(`${name}, seed ${seed}: ${key} (${seconds.toFixed(0)} s; ${scores.join('; ')})`);
    if (values.said) for (const sentence of conclusion.said) console.log(`    ${sentence}`);
  }
  console.log(
    `${name}: ${Object.entries(came)
      .map(([key, times]) => `${key} ${times}`)
      .join(', ')}\n`,
  );
}
process.exit(0);
