import { defineConfig } from 'vitest/config';

/** Tests of the built page in a real browser; `dist/` must be there. One file at a time: they share the machine. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.e2e.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
