/**
 * Does it learn? Default settings over five seeds, then what the lessons claim: no cold start, UserRL's coded
 * mean, and the same seed twice. Prints the curves and checks them against what is promised.
 *
 *   node bench/learning.mjs [device]            (wasm by default; takes about ten minutes on two cores)
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const [device = 'wasm'] = process.argv.slice(2);
const root = fileURLToPath(new URL('..', import.meta.url));
const STEPS = 100;
const SEEDS = [0, 1, 2, 3, 4];

/** Lines of one run of the command line, and the wall time of the whole process in seconds. */
async function train(settings, steps = STEPS) {
  const started = performance.now();
  const args = [
    'train',
    '--json',
    '--device',
    device,
    '--steps',
    String(steps),
    '--settings',
    JSON.stringify(settings),
  ];
  const child = spawn(process.execPath, ['bin/turnwise.js', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines = [];
  for await (const line of createInterface({ input: child.stdout })) lines.push(JSON.parse(line));
  return { lines, seconds: (performance.now() - started) / 1000 };
}

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
const curve = ({ lines }, decoding) =>
  lines.filter((line) => line.kind === 'evaluation' && line.decoding === decoding);
const steps = ({ lines }) => lines.filter(({ kind }) => kind === 'step');
const show = (evaluations) => evaluations.map(({ step, score }) => `${step}:${score.toFixed(3)}`).join(' ');

let failures = 0;
function check(claim, holds) {
  console.log(`${holds ? 'yes' : 'NO '}  ${claim}`);
  if (!holds) failures++;
}

function report(name, run) {
  const { length } = steps(run);
  const time = (key) => mean(steps(run).map((line) => line[key])).toFixed(3);
  console.log(`${name}\n  sampled ${show(curve(run, 'sampled'))}\n  greedy  ${show(curve(run, 'greedy'))}`);
  console.log(
    `  turns   ${curve(run, 'sampled')
      .map(({ turns }) => turns.toFixed(1))
      .join(' ')}`,
  );
  console.log(
    `  ${length} steps, ${run.seconds.toFixed(0)} s in all; a step ${time('step_time')} s (rollout ${time('rollout_time')}, train ${time('train_time')}, other ${time('other_time')})`,
  );
}

const runs = [];
for (const seed of SEEDS) {
  const run = await train({ seed });
  report(`seed ${seed}`, run);
  runs.push(run);
}
const first = runs.map((run) => curve(run, 'sampled')[0].score);
const best = runs.map((run) => Math.max(...curve(run, 'sampled').map(({ score }) => score)));
const last = runs.map((run) => curve(run, 'sampled').at(-1).score);
check(
  `every seed starts at 0.40 or less (highest ${Math.max(...first).toFixed(3)})`,
  first.every((score) => score <= 0.4),
);
check(
  `every seed reaches 0.85 within ${STEPS} steps (lowest ${Math.min(...best).toFixed(3)})`,
  best.every((score) => score >= 0.85),
);
console.log(`     at step ${STEPS}: ${last.map((score) => score.toFixed(3)).join(' ')}`);
check(
  `every run takes at most 5 minutes`,
  runs.every(({ seconds }) => seconds <= 300),
);

const base = await train({ checkpoint: 'nano-base' });
report('without the cold start', base);
check(
  'without the cold start the same budget ends lower',
  curve(base, 'sampled').at(-1).score < Math.min(...last) - 0.05,
);

/** Mean turns of the policy over some steps. */
const turns = (run, from, to) =>
  mean(
    steps(run)
      .slice(from - 1, to)
      .map((line) => line.turns),
  );
const coded = await train({ trajectoryMethod: 'mean' }, 60);
report("UserRL's coded Sum (the mean)", coded);
// The true sum first learns to use its turns; later success ends the episodes under either score.
const [short, long] = [turns(coded, 9, 20), turns(runs[0], 9, 20)];
check(
  `the mean shortens episodes: ${short.toFixed(1)} turns over steps 9 to 20, not ${long.toFixed(1)}`,
  short < long - 0.5,
);
const codedBase = await train({ checkpoint: 'nano-base', trajectoryMethod: 'mean' }, 60);
report('the mean without the cold start', codedBase);
const [shortBase, longBase] = [turns(codedBase, 21, 60), turns(base, 21, 60)];
check(
  `and more so where the policy is weak: ${shortBase.toFixed(1)} turns over steps 21 to 60, not ${longBase.toFixed(1)}`,
  shortBase < longBase - 1,
);

const [one, other] = [await train({ evaluateEvery: 0 }, 20), await train({ evaluateEvery: 0 }, 20)];
const timeless = (run) =>
  JSON.stringify(steps(run).map((line) => Object.entries(line).filter(([key]) => !key.endsWith('_time'))));
check('the same seed gives the same 20 steps', timeless(one) === timeless(other));
process.exit(failures ? 1 : 0);
