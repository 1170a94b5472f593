// Makes the shipped checkpoints from nothing. Can be interrupted; run again to go on.
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildHeadless } from './build-headless.mjs';
import './build-kernels.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
await buildHeadless();
const { makeCheckpoints } = await import(pathToFileURL(join(root, 'build/headless/checkpoints.js')).href);
await makeCheckpoints(root);
