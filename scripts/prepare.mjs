/** What `npm start` and `npm test` need before anything else: a Node that is new enough, and the packages. */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const WANTED = [20, 19];

export function fail(message) {
  console.error(message);
  process.exit(1);
}

/** Runs a command with its output shown; ends this process with a message if it fails. */
export function run(what, command, args, options = {}) {
  console.log(what);
  // npm is a script on Windows, which only a shell can start.
  const shell = process.platform === 'win32' && command === 'npm';
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell, ...options });
  if (error) fail(`${command} could not be started: ${error.message}`);
  if (status !== 0) fail(`That did not work (${command} ${args.join(' ')}); the lines above say why.`);
}

export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > WANTED[0] || (major === WANTED[0] && minor >= WANTED[1])) return;
  fail(
    `Turnwise needs Node ${WANTED.join('.')} or newer, and this is ${process.versions.node}.\n` +
      'Get a current one from https://nodejs.org, then run this again.',
  );
}

const changedAt = (path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** npm writes its own lock into node_modules when it is done, so a half-finished install counts as none. */
export function install() {
  if (changedAt('node_modules/.package-lock.json') >= changedAt('package-lock.json')) return;
  run('Installing what Turnwise is built with…', 'npm', ['ci']);
}
