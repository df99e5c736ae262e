import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { createDockerRuntime } from '../../src/runtime/docker/docker-runtime.js';
import {
  createEmbeddedRuntime,
  type EmbeddedRuntimeOptions,
} from '../../src/runtime/embedded/embedded-runtime.js';
import type { ContainerRuntime } from '../../src/runtime/runtime.js';
import { ENGINES, missingFor, startEngine, type EngineName } from './container-engines.js';

/** Something to run apps with. */
export interface AppRuntime {
  /** e.g. `'embedded namespaces'`, `'docker'` */
  name: string;
  /** What it needs and is not here. */
  missing: readonly string[];
  /** Whether it says that a program was killed because memory ran out. */
  tellsOutOfMemory: boolean;
  open(): Promise<OpenRuntime>;
}

export interface OpenRuntime {
  runtime: ContainerRuntime;
  /** Closes it and removes what it had on this machine. */
  close(): Promise<void>;
}

export function embeddedRuntime(
  options: Pick<EmbeddedRuntimeOptions, 'isolation' | 'network'> = {},
): AppRuntime {
  return {
    name: ['embedded', ...Object.values(options)].join(' '),
    missing: [],
    tellsOutOfMemory: true,
    open: async () => {
      const folder = mkdtempSync(join(tmpdir(), 'lazurite-embedded-'));
      const runtime = await createEmbeddedRuntime({ stateDirectory: folder, ...options });
      return {
        runtime,
        close: async () => {
          await runtime.close();
          rmSync(folder, { recursive: true, force: true });
        },
      };
    },
  };
}

/** Docker and Podman, each an engine of the test's own. */
export const ENGINE_RUNTIMES: readonly AppRuntime[] = ENGINES.map(engineRuntime);

function engineRuntime(name: EngineName): AppRuntime {
  return {
    name,
    missing: missingFor(name),
    // conmon 2.1.6 does not hear of it where cgroups of version 1 and 2 are mixed.
    tellsOutOfMemory: name !== 'podman',
    open: async () => {
      const folder = mkdtempSync(join(tmpdir(), 'lze-')); // short: it has a socket in it
      const engine = await startEngine(name, join(folder, 'e'));
      const { address } = engine;
      const runtime = await createDockerRuntime({ address, stateDirectory: join(folder, 'state') });
      return {
        runtime,
        close: async () => {
          await runtime.close();
          await engine.close();
          rmSync(folder, { recursive: true, force: true });
        },
      };
    },
  };
}

/** A suite for each runtime; of one that can't be here a skip that says why, or a failure where all have to be. */
export function describeRuntimes(
  what: string,
  runtimes: readonly AppRuntime[],
  suite: (runtime: AppRuntime) => void,
): void {
  for (const runtime of runtimes) {
    const { name, missing } = runtime;
    if (missing.length === 0 || process.env.LAZURITE_REQUIRE_CLIENTS === '1') {
      describe(`${what}: ${name}`, () => suite(runtime));
    } else {
      describe.skip(`${what}: ${name} (missing: ${missing.join(', ')})`, () => {
        it('is not possible here', () => undefined);
      });
    }
  }
}

/**
 * Like `describeRuntimes`, all suites at the same time, for those that wait most of theirs. They share no
 * variables, and use `vi.waitFor`: `expect.poll` has to know which test is running.
 */
export function describeRuntimesTogether(
  ...[what, runtimes, suite]: Parameters<typeof describeRuntimes>
): void {
  describe.concurrent('', () => {
    describeRuntimes(what, runtimes, (runtime) => {
      describe('one after the other', { concurrent: false }, () => suite(runtime));
    });
  });
}
