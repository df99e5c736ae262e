import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const COMPILERS = ['x86_64-linux-gnu-gcc', 'aarch64-linux-gnu-gcc', 'arm-linux-gnueabihf-gcc'];
/** The version whose output is in the repository. */
const VERSION = /12\.2\.0/;

const missing = COMPILERS.filter((compiler) => {
  const { status, stdout } = spawnSync(compiler, ['--version'], { encoding: 'utf8' });
  return status !== 0 || !VERSION.test(stdout);
});
const required = process.env.LAZURITE_REQUIRE_CLIENTS === '1';

describe.skipIf(missing.length > 0 && !required)(
  `committed binaries${missing.length > 0 ? ` (gcc 12.2.0 missing: ${missing.join(', ')})` : ''}`,
  () => {
    it.each(['workload/hello', 'src/runtime/embedded/native', 'src/runtime/docker/native'])(
      'of %s are what the sources give',
      (folder) => {
        const script = fileURLToPath(new URL('../../scripts/verify-binaries.sh', import.meta.url));
        const { status, stdout, stderr } = spawnSync(script, [folder], { encoding: 'utf8' });
        expect(stdout + stderr).not.toContain('DIFFERS');
        expect(status).toBe(0);
      },
    );
  },
);
