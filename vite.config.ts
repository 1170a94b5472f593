import { cp, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const root = import.meta.dirname;

/** Cross-origin isolation: shared memory and fine timers exist only behind these two headers. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** In development `models/` is served where it lies; a build takes it along. */
function models(): Plugin {
  let out = '';
  return {
    name: 'turnwise-models',
    apply: 'build',
    configResolved(config) {
      out = resolve(config.root, config.build.outDir);
    },
    async closeBundle() {
      const from = resolve(root, 'models');
      if (await stat(from).catch(() => null)) await cp(from, resolve(out, 'models'), { recursive: true });
    },
  };
}

/** KaTeX offers each of its fonts three times, for browsers that are long gone; one will do. */
function katexFonts(): Plugin {
  return {
    name: 'turnwise-katex-fonts',
    enforce: 'pre',
    transform(code, id) {
      if (!/katex\.min\.css/.test(id)) return null;
      return code.replaceAll(/,url\([^)]*\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)/g, '');
    },
  };
}

/** The words of the page are in its HTML and need only the styles; on a slow line the scripts come after these. */
function scriptsAfterStyles(): Plugin {
  return {
    name: 'turnwise-scripts-after-styles',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (html) =>
        html.replaceAll(/<(script type="module"|link rel="modulepreload")/g, '<$1 fetchpriority="low"'),
    },
  };
}

export default defineConfig({
  // Relative, so that a build works from any folder of any host.
  base: './',
  plugins: [svelte(), models(), katexFonts(), scriptsAfterStyles()],
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    // The worker holds TensorFlow.js; the page itself stays far below this.
    chunkSizeWarningLimit: 2500,
  },
  // Fetched when the first formula is seen; found only then, it would make the development server load the page anew.
  optimizeDeps: { include: ['katex'] },
  server: { headers: isolation, port: 5173 },
  preview: { headers: isolation },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'node_modules/**', 'dist/**', 'build/**'],
    globalSetup: ['test/kernels/setup.ts'],
    // Processes, not threads: Dawn does not survive the end of a worker thread, and finds its driver only at the start of a process.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
