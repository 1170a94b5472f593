/**
 * Does memory stay flat? Trains a small setting from the command line and watches TensorFlow.js' own count, the peak
 * of the device and the process. Fails where any of them grows.
 *
 *   node bench/soak.mjs [steps] [device]        (1000 steps on wasm by default; needs /proc, that is, Linux)
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const [steps = '1000', device = 'wasm'] = process.argv.slice(2);
const count = Number(steps);
if (!Number.isInteger(count) || count < 20) {
  console.error('The number of steps is a whole number of at least 20.');
  process.exit(2);
}
const root = fileURLToPath(new URL('..', import.meta.url));
// Small, so that a thousand steps take minutes; entropy and several epochs, so that every path is walked.
const settings = JSON.stringify({
  evaluateEvery: 0,
  tasksPerStep: 2,
  groupSize: 4,
  maxTurns: 4,
  innerEpochs: 2,
  entropyCoefficient: 0.001,
  learningRate: 1e-4,
});
const child = spawn(
  process.execPath,
  ['bin/turnwise.js', 'train', '--json', '--device', device, '--steps', steps, '--settings', settings],
  { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
);
const exit = new Promise((resolve) => child.on('exit', resolve));

/** Resident memory of the child, in MB. */
const resident = () =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024;

const rows = [];
for await (const line of createInterface({ input: child.stdout })) {
  const metrics = JSON.parse(line);
  if (metrics.kind !== 'step') continue;
  const { step, num_tensors: tensors, num_bytes: bytes, peak_memory: peak, step_time: seconds } = metrics;
  // When the last line is read, the process may have ended.
  const row = {
    step,
    tensors,
    bytes,
    peak,
    resident: step < count ? resident() : rows.at(-1).resident,
    seconds,
  };
  rows.push(row);
  if (step === 1 || step % Math.ceil(count / 20) === 0) {
    console.log(
      `step ${step}  tensors ${tensors}  ${bytes} bytes  peak ${(peak / 2 ** 20).toFixed(1)} MiB  resident ${row.resident.toFixed(0)} MB  ${seconds.toFixed(2)} s`,
    );
  }
}
const code = await exit;
if (code !== 0 || rows.length !== count) {
  console.error(`The command ended with ${code} after ${rows.length} of ${count} steps.`);
  process.exit(1);
}

// The first steps load and compile; from then on nothing may grow. Peaks and pages of the process vary with the
// lengths of conversations, so that the most of a tenth of the run is compared with the most of another.
const tenth = Math.floor(count / 10);
const early = rows.slice(tenth, 2 * tenth);
const late = rows.slice(-tenth - 1, -1);
const most = (some, key) => Math.max(...some.map((row) => row[key]));
const grown = {
  tensors: most(late, 'tensors') - most(early, 'tensors'),
  bytes: most(late, 'bytes') - most(early, 'bytes'),
  peak: most(late, 'peak') / most(early, 'peak') - 1,
  resident: most(late, 'resident') / most(early, 'resident') - 1,
};
const percent = (value) => `${(100 * value).toFixed(1)} %`;
console.log(
  `Steps ${tenth + 1} to ${2 * tenth} against the last ${tenth}: tensors ${grown.tensors}, bytes ${grown.bytes}, peak ${percent(grown.peak)}, resident ${percent(grown.resident)}`,
);
const flat = grown.tensors === 0 && grown.bytes === 0 && grown.peak < 0.1 && grown.resident < 0.1;
console.log(flat ? 'Flat.' : 'NOT flat.');
process.exit(flat ? 0 : 1);
