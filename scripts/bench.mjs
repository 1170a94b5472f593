/**
 * How fast, next to others: `npm run bench`. Installs the peers on first use, builds the page of the bench, runs
 * it in a real browser and prints the table. The page itself is for anyone: `npm run bench -- --serve`.
 */
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseBenchOptions, USAGE } from './bench-options.mjs';
import { checkNode, fail, install, root } from './prepare.mjs';

const SITE = 'build/bench-site';

let options;
try {
  options = parseBenchOptions(process.argv.slice(2));
} catch (error) {
  fail(`${error.message}\n\n${USAGE}`);
}
if (options.help) {
  console.log(USAGE);
  process.exit(0);
}
checkNode();
install();
const { buildBench, installPeers } = await import('./build-bench.mjs');
installPeers();
buildBench(SITE);
const { serve } = await import('./serve.mjs');
const site = await serve({ root: join(root, SITE), port: options.port });
if (options.serve) console.log(`\nThe bench is at ${site.url}bench\nPress Ctrl+C to stop.`);
else await measure();

async function measure() {
  const { chromium } = await import('playwright-core');
  const { findBrowser } = await import('./browser.mjs');
  const browser = await chromium.launch({
    executablePath: findBrowser(),
    headless: !options.headed,
    args: [
      ...(options.headed ? [] : ['--headless=new']),
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--no-first-run',
      '--enable-unsafe-webgpu',
      // How Chromium reaches a GPU on Linux; where there is none it brings one in software.
      ...(process.platform === 'linux' ? ['--enable-features=Vulkan'] : []),
    ],
  });
  const programs = pythonPrograms(options.python);
  try {
    const page = await browser.newPage();
    // Console lines of engines are not ours to print; errors of the page are.
    page.on('pageerror', (error) => console.error(String(error)));
    if (options.python) await page.exposeFunction('benchPython', programs.ask);
    await page.exposeFunction('benchSaid', (text) => console.log(text));
    await page.goto(`${site.url}bench/`);
    const { text, json } = await page.evaluate(
      (choice) => window.turnwiseBench(choice, (line) => void window.benchSaid(line)),
      {
        workloads: options.workloads,
        backends: options.backends,
        peers: options.peers,
        tasks: options.tasks,
        seconds: options.seconds,
        batch: options.batch,
        quick: options.quick,
      },
    );
    const out = resolve(root, options.out);
    await mkdir(dirname(out), { recursive: true });
    await writeFile(out, json);
    console.log(`\n${text}\n\nWritten to ${out}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  } finally {
    programs.close();
    await browser.close();
    await site.close();
  }
}

/** Python contestants, each a process that answers one line of JSON with one line of JSON. */
function pythonPrograms(python) {
  const scripts = { torch: 'torch_train.py', generate: 'torch_train.py', trl: 'trl_step.py' };
  const running = new Map();
  const start = (name) => {
    const child = spawn(python, [join(root, 'bench/python', scripts[name]), name], {
      cwd: join(root, 'bench/python'),
      stdio: ['pipe', 'pipe', 'ignore'],
      env: {
        ...process.env,
        // Threads that wait sleep: by default they spin, which robs whoever's turn it is, themselves included.
        OMP_WAIT_POLICY: 'passive',
        HF_HUB_OFFLINE: '1',
        TOKENIZERS_PARALLELISM: 'false',
      },
    });
    const waiting = [];
    createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(line));
    const gone = (why) => {
      running.delete(name);
      for (const answer of waiting.splice(0)) answer(JSON.stringify({ error: why }));
    };
    child.on('error', (error) => gone(`${python} could not be started: ${error.message}`));
    child.on('exit', (code) => gone(`It ended with code ${code}.`));
    child.stdin.on('error', () => {});
    return { child, waiting };
  };
  return {
    ask(name, request) {
      if (JSON.parse(request).kind === 'close') {
        running.get(name)?.child.kill();
        running.delete(name);
        return '{"value":null}';
      }
      if (!running.has(name)) running.set(name, start(name));
      const { child, waiting } = running.get(name);
      return new Promise((answer) => {
        waiting.push(answer);
        child.stdin.write(`${request}\n`);
      });
    },
    close() {
      for (const { child } of running.values()) child.kill();
    },
  };
}
