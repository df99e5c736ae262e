import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Container, Sandbox } from '../../src/runtime/runtime.js';

export interface WatchSuite {
  withSandbox: (body: (sandbox: Sandbox) => Promise<void>) => Promise<void>;
  /** Runs the workload, which listens on the port. */
  withProgram: (
    body: (sandbox: Sandbox, container: Container, port: number) => Promise<void>,
  ) => Promise<void>;
}

const PORT = 42_357;

/** What every sandbox must do that watches ports; not all do. */
export function describeWatch({ withSandbox, withProgram }: WatchSuite): void {
  describe('a sandbox that watches ports', () => {
    it('connects every so often until the port shuts, or nobody wants to know', () =>
      withSandbox(async (sandbox) => {
        if (!sandbox.watch) return;
        const server = await sandbox.listen('inside', PORT);
        let connections = 0;
        server.on('connection', (client) => {
          connections += 1;
          client.resume();
        });
        let failed = 0;
        const times = { everyMs: 20, timeoutMs: 1000 };
        sandbox.watch(PORT, times, () => (failed += 1));
        const end = sandbox.watch(PORT, { ...times, everyMs: 1 }, () => (failed += 100));
        await expect.poll(() => connections).toBeGreaterThan(50);
        end();
        await delay(50);
        const before = connections;
        await expect.poll(() => connections - before).toBeGreaterThan(3);
        expect(connections - before).toBeLessThan(20);
        expect(failed).toBe(0);
        server.close();
        await expect.poll(() => failed).toBe(1);
        await delay(50);
        expect(failed).toBe(1);
      }));

    it('sees that a program takes no more connections', () =>
      withProgram(async (sandbox, container, port) => {
        if (!sandbox.watch) return;
        await expect.poll(() => sandbox.listeningPorts()).toEqual([port]);
        process.kill(container.pid, 'SIGSTOP');
        let failed = 0;
        const times = { everyMs: 1, timeoutMs: 100 };
        for (let watch = 0; watch < 8; watch++) sandbox.watch(port, times, () => (failed += 1));
        // what waits to be taken is limited
        await expect.poll(() => failed, { timeout: 20_000 }).toBe(8);
        process.kill(container.pid, 'SIGCONT');
      }));
  });
}
