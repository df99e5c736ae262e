import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest comes first, so that where two files run at a time neither is waited for alone. */
const LONGEST = 'lab-catalogue';

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLongest = ({ moduleId }: TestSpecification): boolean => moduleId.includes(LONGEST);
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))];
  }
}

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
    sequence: { sequencer: LongestFirst },
  },
});
