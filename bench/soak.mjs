/**
 * Does memory stay flat? Trains from the command line and watches TensorFlow.js' own count and the process.
 *
 *   node bench/soak.mjs [steps] [device]        (500 steps on wasm by default; needs /proc, that is, Linux)
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const [steps = '500', device = 'wasm'] = process.argv.slice(2);
const root = fileURLToPath(new URL('..', import.meta.url));
const settings = JSON.stringify({ evaluateEvery: 0 });
const child = spawn(
  process.execPath,
  ['bin/turnwise.js', 'train', '--json', '--device', device, '--steps', steps, '--settings', settings],
  { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
);

/** Resident memory of the child, in MB. */
const resident = () =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024;

const rows = [];
for await (const line of createInterface({ input: child.stdout })) {
  const { kind, step, num_tensors: tensors, num_bytes: bytes, step_time: seconds } = JSON.parse(line);
  if (kind !== 'step') continue;
  const row = { step, tensors, bytes, resident: resident(), seconds };
  rows.push(row);
  if (step === 1 || step % 50 === 0) {
    console.log(
      `step ${step}  tensors ${tensors}  ${bytes} bytes  resident ${row.resident.toFixed(0)} MB  ${seconds.toFixed(2)} s`,
    );
  }
}

// The first steps load and compile; from then on nothing may grow.
const settled = rows.filter(({ step }) => step >= 50);
const first = settled[0];
const last = settled.at(-1);
const grown = last.resident - first.resident;
console.log(
  `From step ${first.step} to ${last.step}: tensors ${last.tensors - first.tensors}, bytes ${last.bytes - first.bytes}, resident ${grown.toFixed(1)} MB`,
);
const flat = last.tensors === first.tensors && last.bytes === first.bytes && grown < 0.1 * first.resident;
console.log(flat ? 'Flat.' : 'NOT flat.');
process.exit(flat ? 0 : 1);
