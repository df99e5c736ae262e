import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Engine } from '../../src/runtime/docker/engine.js';
import type { LazuriteStatus } from '../../src/server/status.js';
import { findBusybox } from '../conformance/container-runtime-images.js';
import {
  startAppServer,
  putApp,
  registryConfiguration,
  type AppServer,
} from '../support/app-server.js';
import { missingFor, startEngine, type TestEngine } from '../support/container-engines.js';
import { lazurite } from '../support/lazurite-command.js';
import { footprintOf, growth, type Footprint } from '../support/footprint.js';

// One app of a real server is changed again and again, as a week of work would: nothing of it piles up.
// LAZURITE_CHURN_UPDATES=2000 is that week.

/** Looks at the server on the way; the first half is its warming up. */
const LOOKS = 20;
const asked = Math.max(LOOKS, Number(process.env.LAZURITE_CHURN_UPDATES)) || undefined;
const MIB = 1024 * 1024;
/** Within the second half, however many updates that are: garbage that nobody has collected yet. */
const MAX_MEMORY_GROWTH = 24 * MIB;
/** Ours, which come and go. */
const MAX_CONNECTIONS = 20;
const MAX_DISK_GROWTH = 4 * MIB;
/** Of an update: its two events in the activity log, and its operation. The newest of each are kept. */
const EVENTS = { bytes: 8 * 1024, updates: 2_500 };
const OPERATIONS = { bytes: 8 * 1024, updates: 1_000 };
const PATIENCE_MS = 30_000;
const busybox = findBusybox();

const CASES = [
  { driver: 'embedded', updates: asked ?? 100, missing: [] },
  { driver: 'docker', updates: asked ?? 40, missing: missingFor('docker') },
] as const;

describe.skipIf(process.platform !== 'linux' || busybox === undefined).each(CASES)(
  'many updates with the $driver runtime',
  ({ driver, updates, missing }) => {
    const isMissing = missing.length > 0 && process.env.LAZURITE_REQUIRE_CLIENTS !== '1';
    let server: AppServer;
    let engine: TestEngine | undefined;
    let folder: string;

    beforeAll(async () => {
      if (isMissing) return;
      folder = mkdtempSync(join(tmpdir(), 'lzc-'));
      if (driver === 'docker') {
        engine = await startEngine('docker', join(folder, 'e'));
        process.env.DOCKER_HOST = engine.address.text;
      }
      server = await startAppServer(busybox!, ['--runtime', driver]);
    });
    afterAll(async () => {
      if (isMissing) return;
      await server.close();
      await engine?.close();
      delete process.env.DOCKER_HOST;
      rmSync(folder, { recursive: true, force: true });
    });

    it(
      'leave memory, disk and everything else as they were',
      { timeout: 3_600_000 },
      async (context) => {
        if (isMissing) context.skip(`missing: ${missing.join(', ')}`);
        const app = await createApp(server);
        const looks: Footprint[] = [];
        for (let number = 1; number <= updates; number++) {
          await app.update(`${number}`);
          if (number % Math.floor(updates / LOOKS) === 0) {
            await app.settled();
            looks.push(footprintOf(server.pid, server.home));
          }
        }
        const warm = looks.slice(-LOOKS / 2);
        const first = warm[0]!;
        if (asked) console.table(looks);
        for (const { files, processes, mounts, cgroups, links } of warm) {
          expect(processes).toBe(first.processes);
          expect([mounts, cgroups, links]).toEqual([first.mounts, first.cgroups, first.links]);
          expect(Math.abs(files - first.files)).toBeLessThan(MAX_CONNECTIONS);
        }
        expect(growth(warm.map(({ rssBytes }) => rssBytes))).toBeLessThan(MAX_MEMORY_GROWTH);
        const history = [EVENTS, OPERATIONS].reduce(
          (sum, kept) =>
            sum + kept.bytes * Math.max(0, Math.min(updates, kept.updates) - updates / 2),
          0,
        );
        expect(growth(warm.map(({ diskBytes }) => diskBytes))).toBeLessThan(
          MAX_DISK_GROWTH + history,
        );
      },
    );

    it('leave nothing when Lazurite is killed then', async (context) => {
      if (!engine) return context.skip('test/e2e/app-crash.test.ts does that');
      const client = await Engine.connect(engine.address);
      const containers = (): Promise<unknown> =>
        client.call('GET', '/containers/json', { query: { all: '1' } });
      try {
        expect(await containers()).toHaveLength(2);
        await server.crash();
        await vi.waitFor(async () => expect(await containers()).toEqual([]), {
          timeout: PATIENCE_MS,
        });
      } finally {
        client.close();
      }
    });
  },
);

interface ChangingApp {
  /** Changes what it says, and waits until it says so. */
  update(message: string): Promise<void>;
  /** Waits until the old replica is gone. */
  settled(): Promise<void>;
}

async function createApp(server: AppServer): Promise<ChangingApp> {
  const [, , , , , password] = server.registryFlags;
  await putApp(server, 'churn', {
    configuration: {
      ...registryConfiguration(server),
      secrets: [{ name: 'password', value: password }],
      ingress: { external: true, targetPort: 8000, allowInsecure: true },
      maxInactiveRevisions: 5,
    },
    template: { containers: [container(server, '0')] },
  });
  const { id } = (await server.json('containerapp', 'show', '-g', 'rg', '-n', 'churn')) as {
    id: string;
  };
  const { accessToken } = (await server.json('account', 'get-access-token')) as {
    accessToken: string;
  };
  const status = await lazurite(['status', '--json', '--home', server.home]);
  const { apps } = JSON.parse(status.stdout) as LazuriteStatus;
  const url = apps[0]!.url!.replace(/^https:/, 'http:');
  const arm = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(
      `${server.gateway.replace(/^https:/, 'http:')}${id}${path}?api-version=2025-01-01`,
      {
        method,
        headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      },
    );
    if (!answer.ok) throw new Error(`${method} answered ${answer.status}: ${await answer.text()}`);
    return answer.status === 202 ? undefined : answer.json();
  };
  const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
    for (const deadline = Date.now() + PATIENCE_MS; !(await holds()); await delay(20)) {
      if (Date.now() > deadline) throw new Error(`not in time: ${what}`);
    }
  };
  return {
    update: async (message) => {
      await arm('PATCH', '', {
        properties: { template: { containers: [container(server, message)] } },
      });
      await until(`the app says ${message}`, async () => {
        const answer = await fetch(url);
        return (await answer.text()).includes(`"${message}"`);
      });
    },
    settled: () =>
      until('one active revision', async () => {
        const { value } = (await arm('GET', '/revisions')) as {
          value: { properties: { active: boolean; replicas: number } }[];
        };
        return value.reduce((sum, { properties }) => sum + properties.replicas, 0) === 1;
      }),
  };
}

function container({ registry }: AppServer, message: string): object {
  return {
    name: 'app',
    image: `${registry}/shell:v1`,
    env: [{ name: 'MESSAGE', value: message }],
    resources: { cpu: 0.25, memory: '0.5Gi' },
  };
}
