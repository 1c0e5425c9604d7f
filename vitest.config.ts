// Vitest: every *.test.ts under test/, in forked processes (native modules), deterministic and without retries.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    retry: 0,
    expect: { poll: { timeout: 20_000 } },
  },
});
