import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/oci/digest.js';
import { MEDIA_TYPE } from '../../src/oci/media-types.js';
import {
  createStandaloneRegistry,
  type StandaloneRegistry,
} from '../../src/registry/standalone-registry.js';

const SIZE_MIB = 16;
const folder = mkdtempSync(join(tmpdir(), 'full-'));
const mounted = mountSmall(folder);

/** A file system of its own, so small that it fills up; only root may mount one. */
function mountSmall(at: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MIB}m`, 'tmpfs', at], {
      stdio: 'pipe',
    });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!mounted)('a disk that is full (needs the right to mount)', () => {
  let registry: StandaloneRegistry;
  beforeAll(async () => {
    const access = { kind: 'anonymous' } as const;
    registry = await createStandaloneRegistry({ dataDirectory: folder, port: 0, access });
  });
  afterAll(async () => {
    await registry.close();
  });

  const push = (bytes: Buffer) =>
    fetch(`${registry.url}/v2/a/blobs/uploads/?digest=${digestOf(bytes)}`, {
      method: 'POST',
      body: bytes,
    });

  it('answers a clear error, keeps what it has, and recovers when there is room', async () => {
    const kept = randomBytes(2 * 1024 * 1024);
    expect((await push(kept)).status).toBe(201);
    const tooLarge = randomBytes(SIZE_MIB * 1024 * 1024);
    const refused = await push(tooLarge);
    expect(refused.status).toBe(507);
    expect(await refused.json()).toMatchObject({ errors: [{ code: 'INSUFFICIENT_STORAGE' }] });
    const got = await fetch(`${registry.url}/v2/a/blobs/${digestOf(kept)}`);
    expect(Buffer.from(await got.arrayBuffer()).equals(kept)).toBe(true);
    // What the refused upload had taken is free again.
    expect((await push(randomBytes(8 * 1024 * 1024))).status).toBe(201);
  });

  it('refuses manifests while metadata cannot be written, and takes them afterwards', async () => {
    const config = Buffer.from('{}');
    expect((await push(config)).status).toBe(201);
    const ballast = join(folder, 'ballast');
    fill(ballast);
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.ociManifest,
      config: { mediaType: MEDIA_TYPE.ociConfig, digest: digestOf(config), size: 2 },
      layers: [],
      annotations: { padding: 'x'.repeat(1024 * 1024) },
    });
    const put = () =>
      fetch(`${registry.url}/v2/a/manifests/v1`, {
        method: 'PUT',
        headers: { 'content-type': MEDIA_TYPE.ociManifest },
        body: manifest,
      });
    expect((await put()).status).toBe(507);
    expect((await fetch(`${registry.url}/v2/a/manifests/v1`)).status).toBe(404);
    rmSync(ballast);
    expect((await put()).status).toBe(201);
    expect(await (await fetch(`${registry.url}/v2/a/manifests/v1`)).text()).toBe(manifest);
  });
});

/** Takes the rest of the space. */
function fill(path: string): void {
  for (const size of [1024 * 1024, 4096]) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size), { flag: 'a' });
    } catch {
      // full
    }
  }
}

afterAll(() => {
  if (mounted) execFileSync('umount', [folder]);
  rmSync(folder, { recursive: true });
});
