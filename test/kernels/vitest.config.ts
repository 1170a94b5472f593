/** The kernel tests alone: `npx vitest run --config test/kernels/vitest.config.ts`. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/kernels/**/*.test.ts'],
    globalSetup: ['test/kernels/setup.ts'],
    // Processes, not threads: Dawn does not survive the end of a worker thread.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
