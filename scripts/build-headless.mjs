// Bundles what runs in Node: the command line and the scripts that make checkpoints. Packages stay outside.
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Whether a bundle is newer than everything it is made from. */
export function isCurrent(bundle) {
  const made = statSync(bundle, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return sources.every((entry) => statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs <= made);
}

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
      rollupOptions: {
        input: {
          main: join(root, 'src/headless/main.ts'),
          checkpoints: join(root, 'src/headless/checkpoints.ts'),
        },
      },
    },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildHeadless();
