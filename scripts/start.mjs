/**
 * From a fresh clone to a running page: `npm start`. Plain Node without dependencies, because it is
 * what installs them.
 *
 *   node scripts/start.mjs [--no-open] [--port 5173]
 */
import { spawn, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const WANTED = [20, 19];

function fail(message) {
  console.error(message);
  process.exit(1);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > WANTED[0] || (major === WANTED[0] && minor >= WANTED[1])) return;
  fail(
    `Turnwise needs Node ${WANTED.join('.')} or newer, and this is ${process.versions.node}.\n` +
      'Get a current one from https://nodejs.org, then run this again.',
  );
}

function options(args) {
  const result = { open: true, port: 5173 };
  for (let i = 0; i < args.length; i++) {
    if (args[i] === '--no-open') result.open = false;
    else if (args[i] === '--port') {
      result.port = Number(args[++i]);
      if (!Number.isInteger(result.port) || result.port < 0 || result.port > 65535)
        fail('--port needs a number from 0 to 65535.');
    } else fail(`Unknown option ${args[i]}. Known are --no-open and --port.`);
  }
  return result;
}

const changedAt = (path) => {
  try {
    return statSync(join(root, path)).mtimeMs;
  } catch {
    return 0;
  }
};

function run(what, command, args) {
  console.log(what);
  // npm is a script on Windows, which only a shell can start.
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32' && command === 'npm',
  });
  if (error) fail(`${command} could not be started: ${error.message}`);
  if (status !== 0) fail(`That did not work (${command} ${args.join(' ')}); the lines above say why.`);
}

/** npm writes its own lock into node_modules when it is done, so a half-finished install counts as none. */
function install() {
  if (changedAt('node_modules/.package-lock.json') >= changedAt('package-lock.json')) return;
  run('Installing what Turnwise is built with…', 'npm', ['ci']);
}

function openBrowser(url) {
  const { platform, env } = process;
  if (env.CI) return;
  const hasDisplay =
    platform === 'darwin' || platform === 'win32' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
  if (!hasDisplay) return;
  const [command, args] =
    platform === 'darwin'
      ? ['open', [url]]
      : platform === 'win32'
        ? ['cmd', ['/c', 'start', '', url]]
        : ['xdg-open', [url]];
  // No browser to open is no reason to stop serving; the address is printed anyway.
  spawn(command, args, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}

checkNode();
const { open, port } = options(process.argv.slice(2));
install();
run('Building the page…', process.execPath, [join(root, 'scripts/build.mjs')]);
const { serve } = await import('./serve.mjs');
const { url } = await serve({ root: join(root, 'dist'), port });
console.log(`\nTurnwise is at ${url}\nPress Ctrl+C to stop.`);
if (open) openBrowser(url);
