// Bundles what runs in Node: the command line and the scripts that make checkpoints. Packages stay outside.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

export async function buildHeadless() {
  const { build } = await import('vite');
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    build: {
      ssr: true,
      target: 'node20',
      outDir: 'build/headless',
      emptyOutDir: true,
      rollupOptions: { input: { main: join(root, 'src/headless/main.ts'), checkpoints: join(root, 'src/headless/checkpoints.ts') } },
    },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildHeadless();
