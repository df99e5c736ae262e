import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LazuriteStatus } from '../../src/server/status.js';
import { findBusybox } from '../conformance/container-runtime-images.js';
import { startAppServer, type AppServer } from '../support/app-server.js';
import { manyApps } from '../support/many-apps.js';
import { lazurite, startServer } from '../support/lazurite-command.js';
import { cgroupsOf } from '../support/footprint.js';
import { descendants, isAlive } from '../support/processes.js';

const APPS = 20;
const PATIENCE_MS = 60_000;
const busybox = findBusybox();

// Lazurite is killed while twenty apps run: nothing of them stays, and the next start has them all again.
describe.skipIf(process.platform !== 'linux' || busybox === undefined)('a crash', () => {
  let server: AppServer;

  beforeAll(async () => {
    server = await startAppServer(busybox!);
    const template = join(server.folder, 'apps.json');
    writeFileSync(template, JSON.stringify(manyApps(server, APPS)));
    await server.json('deployment', 'group', 'create', '-g', 'rg', '--template-file', template);
  });
  afterAll(() => server.close());

  it(`ends ${APPS} apps, and the next start has them again`, async () => {
    const running = await healthyApps(server.home);
    expect(await statuses(running)).toEqual(running.map(() => 200));
    const { pid } = JSON.parse(readFileSync(join(server.home, 'run', 'owner.json'), 'utf8')) as {
      pid: number;
    };
    const family = descendants(pid);
    expect(family.length).toBeGreaterThan(2 * APPS);
    if (process.geteuid?.() === 0) expect(cgroupsOf(server.home)).not.toEqual([]);

    await server.crash();
    await eventually(() => family.filter(isAlive), []);
    await eventually(() => cgroupsOf(server.home), []);
    expect(mountsBelow(server.home)).toEqual([]);
    expect(await statuses(running)).toEqual(running.map(() => 'ECONNREFUSED'));

    const next = await startServer(server.home);
    const again = await healthyApps(server.home);
    expect(again).toEqual(running);
    expect(await statuses(again)).toEqual(running.map(() => 200));
    const successors = descendants(next.pid);
    expect(await next.stop()).toBe(0);
    expect(successors.filter(isAlive)).toEqual([]);
    expect(cgroupsOf(server.home)).toEqual([]);
    expect(mountsBelow(server.home)).toEqual([]);
    expect(readdirSync(join(server.home, 'runtime', 'sandboxes'))).toEqual([]);
  });
});

interface RunningApp {
  name: string;
  url: string | undefined;
}

/** Waits until every app is healthy. */
async function healthyApps(home: string): Promise<RunningApp[]> {
  for (const deadline = Date.now() + PATIENCE_MS; ; await delay(200)) {
    const { stdout } = await lazurite(['status', '--json', '--home', home]);
    const { apps } = JSON.parse(stdout) as LazuriteStatus;
    const unwell = apps.filter(({ healthState }) => healthState !== 'Healthy');
    if (apps.length === APPS && unwell.length === 0) {
      const found = apps.map(({ name, url }) => ({ name, url: url ?? undefined }));
      return found.sort((left, right) => left.name.localeCompare(right.name));
    }
    if (Date.now() > deadline) throw new Error(`not healthy: ${JSON.stringify(unwell)}`);
  }
}

/** What each app answers, or why it does not. */
function statuses(apps: readonly RunningApp[]): Promise<unknown[]> {
  return Promise.all(
    apps.map(async ({ url }) => {
      try {
        return (await fetch(url!.replace(/^https:/, 'http:'))).status;
      } catch (error) {
        return ((error as Error).cause as { code?: string }).code;
      }
    }),
  );
}

function mountsBelow(folder: string): string[] {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return mounts.filter((line) => line.includes(folder));
}

async function eventually<T>(look: () => T, expected: T): Promise<void> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await delay(20)) {
    if (JSON.stringify(look()) === JSON.stringify(expected)) return;
  }
  expect(look()).toEqual(expected);
}
