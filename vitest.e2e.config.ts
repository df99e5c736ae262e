import { defineConfig } from 'vitest/config';

// `npm run test:e2e`: suites that start servers, containers or stock clients. A suite whose client is
// missing skips by name; `.ci/run` sets LAZURITE_REQUIRE_CLIENTS=1, which turns such a skip into a failure.
export default defineConfig({
  test: {
    include: ['test/{e2e,clients,durability}/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    fileParallelism: false,
    maxConcurrency: 3,
    pool: 'forks',
  },
});
