// Finds Chrome, Chromium or Edge; the tests drive a real one.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Environment variables that name a browser, ours first. */
const VARIABLES = ['TURNWISE_BROWSER', 'CHROME_PATH', 'CHROME_BIN'];

const PLACES = {
  linux: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/usr/bin/microsoft-edge',
    '/opt/google/chrome/chrome',
    '/snap/bin/chromium',
  ],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((variable) => {
    const base = process.env[variable];
    return base
      ? [
          join(base, 'Google/Chrome/Application/chrome.exe'),
          join(base, 'Microsoft/Edge/Application/msedge.exe'),
        ]
      : [];
  }),
};

function installed() {
  for (const variable of VARIABLES) {
    const path = process.env[variable];
    if (!path) continue;
    if (existsSync(path)) return path;
    throw new Error(`${variable} names "${path}", which does not exist.`);
  }
  return (PLACES[process.platform] ?? []).find((path) => existsSync(path));
}

function isDebianRoot() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    return /debian|ubuntu/i.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

/** Path of a browser. On Debian as root it installs `chromium` if there is none; elsewhere it says what to install. */
export function findBrowser() {
  const found = installed();
  if (found) return found;
  if (isDebianRoot()) {
    process.stdout.write('No browser found: installing the package "chromium".\n');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit', env });
    execFileSync('apt-get', ['install', '-y', '-qq', 'chromium'], { stdio: 'inherit', env });
    const now = installed();
    if (now) return now;
  }
  throw new Error(
    `The tests need Chrome, Chromium or Edge and found none. Install one, or name it in the environment variable ${VARIABLES[0]}.`,
  );
}

/** Whether the browser starts at all, with its version for the log. */
export function browserVersion(path) {
  const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : 'version unknown';
}
