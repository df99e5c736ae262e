import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Ledger, pushUntilKilled } from './pusher.js';
import { startVictim, type Victim } from './victim.js';

const PUSHERS = 3;
/** Pushes that are acknowledged before the server is killed. */
const PUSHES = 10;

interface Event {
  id: string;
  target: { repository: string; digest: string };
}

let directory: string;
let victim: Victim | undefined;
let receiver: Server;
let refused: Event[];
let taken: Event[];
let isDown: boolean;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'durability-'));
  refused = [];
  taken = [];
  isDown = true;
  receiver = createServer((request, response) => {
    void request.toArray().then((chunks: Buffer[]) => {
      const event = JSON.parse(Buffer.concat(chunks).toString()) as Event;
      (isDown ? refused : taken).push(event);
      response.writeHead(isDown ? 503 : 200).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await victim?.kill();
  victim = undefined;
  receiver.closeAllConnections();
  receiver.close();
  rmSync(directory, { recursive: true });
});

function start(): Promise<Victim> {
  const { port } = receiver.address() as AddressInfo;
  return startVictim(directory, [`http://127.0.0.1:${port}/`]);
}

describe('a registry that is killed', () => {
  it('tells its webhooks of every push that it acknowledged', async () => {
    const ledger = new Ledger();
    victim = await start();
    const { url } = victim;
    const pushers = Array.from({ length: PUSHERS }, (_, at) =>
      pushUntilKilled(url, `p${at}`, ledger),
    );
    await expect
      .poll(() => ledger.manifests.size, { timeout: 30_000 })
      .toBeGreaterThanOrEqual(PUSHES);
    await victim.kill();
    await Promise.all(pushers);
    expect(refused.length).toBeGreaterThan(0);

    isDown = false;
    victim = await start();
    const told = (): string[] =>
      taken.map(({ target }) => `/v2/${target.repository}/manifests/${target.digest}`);
    await expect
      .poll(told, { timeout: 30_000 })
      .toEqual(expect.arrayContaining([...ledger.manifests.keys()]));
    const ids = new Set(taken.map(({ id }) => id));
    for (const { id } of refused) expect(ids).toContain(id);
  }, 90_000);
});
