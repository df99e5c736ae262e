import { randomInt } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/oci/digest.js';
import { MEDIA_TYPE } from '../../src/oci/media-types.js';
import { Ledger, pushUntilKilled } from './pusher.js';
import { startVictim, type Victim } from './victim.js';

const ROUNDS = Number(process.env['LAZURITE_KILL_ROUNDS'] ?? 6);
const PUSHERS = 6;

let directory: string;
let victim: Victim | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'durability-'));
});
afterEach(async () => {
  await victim?.kill();
  victim = undefined;
  rmSync(directory, { recursive: true });
});

describe('a registry that is killed', () => {
  it(
    'has everything it acknowledged, byte for byte, and nothing that is half there',
    async () => {
      const ledger = new Ledger();
      let pushed = 0;
      for (let round = 0; round < ROUNDS; round++) {
        victim = await startVictim(directory);
        const { url } = victim;
        const pushers = Array.from({ length: PUSHERS }, (_, at) =>
          pushUntilKilled(url, `p${at}`, ledger),
        );
        await delay(randomInt(100, 900));
        await victim.kill();
        for (const count of await Promise.all(pushers)) pushed += count;
        victim = await startVictim(directory);
        await verify(victim.url, ledger);
        await victim.kill();
        victim = undefined;
        verifyFiles();
      }
      expect(pushed).toBeGreaterThan(0);
    },
    ROUNDS * 30_000,
  );
});

async function verify(url: string, ledger: Ledger): Promise<void> {
  for (const [path, bytes] of [...ledger.blobs, ...ledger.manifests]) {
    expect((await get(url, path)).equals(bytes), path).toBe(true);
  }
  for (const [key, { acknowledged, sent }] of ledger.tags) {
    const [repository, tag] = key.split(':');
    const response = await fetch(`${url}/v2/${repository}/manifests/${tag}`);
    const digest = digestOf(Buffer.from(await response.arrayBuffer()));
    // A push that got no answer may have happened or not, but nothing in between.
    if (response.status === 200) expect([acknowledged, ...sent]).toContain(digest);
    else expect([response.status, acknowledged]).toEqual([404, undefined]);
  }
  await verifyWhole(url);
}

/** Whatever is visible can be pulled. */
async function verifyWhole(url: string): Promise<void> {
  const { repositories } = JSON.parse((await get(url, '/v2/_catalog')).toString()) as {
    repositories: string[];
  };
  for (const repository of repositories) {
    const list = await get(url, `/v2/${repository}/tags/list`);
    const { tags } = JSON.parse(list.toString()) as { tags: string[] };
    for (const tag of tags) {
      const manifest = JSON.parse(
        (await get(url, `/v2/${repository}/manifests/${tag}`)).toString(),
      ) as { config: { digest: string }; layers: { digest: string }[] };
      for (const { digest } of [manifest.config, ...manifest.layers]) {
        expect(digestOf(await get(url, `/v2/${repository}/blobs/${digest}`))).toBe(digest);
      }
    }
  }
}

async function get(url: string, path: string): Promise<Buffer> {
  const response = await fetch(`${url}${path}`, { headers: { accept: MEDIA_TYPE.ociManifest } });
  expect(response.status, path).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

function verifyFiles(): void {
  const folder = join(directory, 'blobs', 'sha256');
  for (const hex of readdirSync(folder)) {
    expect(digestOf(readFileSync(join(folder, hex)))).toBe(`sha256:${hex}`);
  }
}
