#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bundle = join(root, 'build', 'headless', 'main.js');
if (!existsSync(join(root, 'node_modules'))) {
  console.error('turnwise: nothing is installed yet. Run "npm start" or "npm ci" first.');
  process.exit(1);
}
await import('../scripts/build-kernels.mjs');
const { buildHeadless, isCurrent } = await import('../scripts/build-headless.mjs');
if (!isCurrent(bundle)) await buildHeadless();
const { main } = await import(pathToFileURL(bundle).href);
const code = await main(process.argv.slice(2), root);
// Ends the process even if a GPU library keeps a thread, but not before a pipe has taken the last line.
process.stdout.write('', () => process.exit(code));
