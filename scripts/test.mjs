/**
 * Everything that has to hold, in one command: `npm test`. Lint, types, unit tests, kernel tests on every
 * backend, then the built page in a real browser. Nothing is skipped silently: what is missing is installed,
 * or named, and fails the run.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { browserVersion, findBrowser } from './browser.mjs';
import { checkNode, fail, install, root, run } from './prepare.mjs';

checkNode();
install();
let browser;
try {
  browser = findBrowser();
} catch (error) {
  fail(error.message);
}
console.log(`Browser: ${browser} (${browserVersion(browser)})`);
process.env.TURNWISE_BROWSER = browser;

const require = createRequire(import.meta.url);
/** Path of a package's command, started with this very Node rather than whatever a shell would find. */
function command(name, bin) {
  const manifest = require.resolve(`${name}/package.json`);
  const { bin: bins } = JSON.parse(readFileSync(manifest, 'utf8'));
  return join(dirname(manifest), typeof bins === 'string' ? bins : bins[bin ?? name]);
}
const node = (what, args) => run(`\n${what}`, process.execPath, args);

const reports = join(root, 'test', 'artifacts');
mkdirSync(reports, { recursive: true });
const suites = ['unit', 'browser'].map((name) => ({ name, report: join(reports, `${name}.json`) }));
const vitest = (suite, extra) => [
  command('vitest'),
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile=${suite.report}`,
  ...extra,
];

node('Lint', [command('eslint'), '.']);
node('Format', [command('prettier'), '--check', '--log-level', 'warn', '.']);
node('Types', [command('typescript', 'tsc'), '--noEmit', '-p', '.']);
node('Types of components', [command('svelte-check'), '--tsconfig', './tsconfig.json', '--fail-on-warnings']);
node('Unit and kernel tests (cpu, wasm, webgpu)', vitest(suites[0], []));
node('Build', ['scripts/build.mjs']);
node('The page in a browser', vitest(suites[1], ['--config', 'vitest.e2e.config.ts']));

const counts = suites.map(({ report }) => JSON.parse(readFileSync(report, 'utf8')));
const total = (key) => counts.reduce((sum, report) => sum + report[key], 0);
const skipped = total('numPendingTests') + total('numTodoTests');
console.log(`\n${total('numPassedTests')} passed, ${total('numFailedTests')} failed`);
if (skipped > 0) fail(`${skipped} tests were skipped; the suite counts only whole.`);
