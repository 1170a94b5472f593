/**
 * From a fresh clone to a running page: `npm start`. Plain Node without dependencies, because it is
 * what installs them.
 *
 *   node scripts/start.mjs [--no-open] [--port 5173]
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { checkNode, fail, install, root, run } from './prepare.mjs';

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
