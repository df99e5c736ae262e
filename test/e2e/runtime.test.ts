import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  createEmbeddedRuntime,
  describeIsolation,
} from '../../src/runtime/embedded/embedded-runtime.js';
import { removeTree } from '../../src/storage/remove-tree.js';
import { describeContainerRuntime } from '../conformance/container-runtime.js';

const user = process.geteuid?.() === 0 ? 'root' : 'an ordinary user';
const levels = process.platform === 'linux' ? await describeIsolation() : [];

for (const { level, works, reason } of levels) {
  if (!works) {
    describe.skip(`container runtime: embedded, level ${level}, as ${user}: ${reason}`, () => {
      it('is not possible here', () => undefined);
    });
    continue;
  }
  describeContainerRuntime(`embedded, level ${level}, as ${user}`, async () => {
    const stateDirectory = await mkdtemp(join(tmpdir(), 'lazurite-runtime-'));
    const runtime = await createEmbeddedRuntime({ stateDirectory, isolation: level });
    return {
      runtime,
      dispose: async () => {
        await runtime.close();
        expect(await readdir(join(stateDirectory, 'sandboxes'))).toEqual([]);
        await removeTree(stateDirectory);
      },
    };
  });
}
