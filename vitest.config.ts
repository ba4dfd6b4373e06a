import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['lib/test/**/*.test.ts'],
    // Real servers, schedulers and kernels are started: a limit that only something that hangs reaches.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Two cores: more test files at once only make each other slow.
    maxWorkers: 2,
    reporters: process.env['CI'] ? ['default', 'github-actions'] : ['default'],
  },
});
