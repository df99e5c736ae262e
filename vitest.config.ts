import { defineConfig } from 'vitest/config';

// `npm test`: everything that needs only Node and npm.
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/unit/**/*.test.ts'],
    testTimeout: 20_000,
    pool: 'forks',
  },
});
