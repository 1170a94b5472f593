/** Builds the page of the bench, apart from the app: own root, own bundle, the peers inside. */
import { cp, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

const root = import.meta.dirname;
const project = resolve(root, '..');
/** Where the page goes; models/ is looked for beside that folder. */
const outDir = resolve(project, process.env.TURNWISE_BENCH_OUT ?? 'build/bench-site/bench');

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}
const manifest = async (path: string) => JSON.parse(await readFile(path, 'utf8')) as Manifest;

function models(): Plugin {
  return {
    name: 'turnwise-bench-models',
    closeBundle: () => cp(resolve(project, 'models'), resolve(outDir, '../models'), { recursive: true }),
  };
}

const peers = (await manifest(resolve(root, 'package.json'))).dependencies;
const { version } = await manifest(resolve(project, 'package.json'));

export default defineConfig({
  root,
  base: './',
  publicDir: false,
  plugins: [svelte({ configFile: resolve(project, 'svelte.config.js') }), models()],
  define: {
    __TURNWISE__: JSON.stringify(version),
    __PEERS__: JSON.stringify(peers),
    // In dist/ the app lies one folder up; served alone, the bench has no app beside it.
    __BESIDE_APP__: JSON.stringify(resolve(outDir, '..') === resolve(project, 'dist')),
  },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    outDir,
    emptyOutDir: true,
    // Whole engines; who opens this page wants them.
    chunkSizeWarningLimit: 5000,
  },
});
