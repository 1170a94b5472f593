/** Installs what the bench compares with, and builds its page. */
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { root, run } from './prepare.mjs';

const require = createRequire(import.meta.url);
const vite = join(dirname(require.resolve('vite/package.json')), 'bin/vite.js');
const changedAt = (path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Whether the peers are there as the lock file wants them. */
export const peersInstalled = () =>
  changedAt('bench/node_modules/.package-lock.json') >= changedAt('bench/package-lock.json');

export function installPeers() {
  if (!peersInstalled()) run('Installing the engines to compare with…', 'npm', ['ci', '--prefix', 'bench']);
}

/** Builds the page into `folder`/bench; models/ goes beside it. */
export function buildBench(folder) {
  run('Building the kernels…', process.execPath, [join(root, 'scripts/build-kernels.mjs')]);
  run(
    'Building the bench…',
    process.execPath,
    [vite, 'build', '--config', 'bench/vite.config.ts', '--logLevel', 'warn'],
    { env: { ...process.env, TURNWISE_BENCH_OUT: join(folder, 'bench') } },
  );
}
