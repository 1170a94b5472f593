#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bundle = join(root, 'build', 'headless', 'main.js');
if (!existsSync(bundle)) {
  const { buildHeadless } = await import('../scripts/build-headless.mjs');
  await buildHeadless();
}
const { main } = await import(pathToFileURL(bundle).href);
process.exit(await main(process.argv.slice(2), root));
