/**
 * Everything that has to be made before the page can be served, in the order in which one needs the
 * other. Each part is a script of its own, so that it can be run alone.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { buildBench, peersInstalled } from './build-bench.mjs';

const root = resolve(import.meta.dirname, '..');
const require = createRequire(import.meta.url);
const vite = join(dirname(require.resolve('vite/package.json')), 'bin/vite.js');

const PARTS = [
  // The WASM kernels come first: the worker takes them along.
  { what: 'kernels', args: ['scripts/build-kernels.mjs'] },
  { what: 'page', args: [vite, 'build'] },
  { what: 'command line', args: ['scripts/build-headless.mjs'] },
];

for (const { what, args } of PARTS) {
  const started = performance.now();
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) {
    console.error(`Building the ${what} failed.`);
    process.exit(status ?? 1);
  }
  console.log(`Built the ${what} in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
}

// The bench stands beside the app where somebody has installed what it compares with; the app never needs it.
if (peersInstalled()) buildBench('dist');
