import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf, type Digest } from '../../oci/digest.js';
import type { BlobStore } from '../blob-store.js';
import { DigestMismatchError, UploadBusyError } from '../storage-error.js';

/** What every blob store does. `reopen` gives a new store over the same data. */
export interface BlobStoreFactory {
  open(): Promise<BlobStore>;
  reopen(): Promise<BlobStore>;
  destroy(): Promise<void>;
}

export function describeBlobStore(name: string, create: () => BlobStoreFactory): void {
  describe(`blob store contract: ${name}`, () => {
    let factory: BlobStoreFactory;
    let store: BlobStore;

    beforeEach(async () => {
      factory = create();
      store = await factory.open();
    });
    afterEach(async () => {
      await store.close();
      await factory.destroy();
    });

    async function restart(): Promise<void> {
      await store.close();
      store = await factory.reopen();
    }

    async function readAll(digest: Digest): Promise<Buffer | undefined> {
      const reader = await store.open(digest);
      if (reader === undefined) return undefined;
      const target = Buffer.alloc(reader.size);
      const length = await reader.read(target, reader.size, 0);
      reader.close();
      return target.subarray(0, length);
    }

    async function push(bytes: Buffer, chunk = bytes.length): Promise<Digest> {
      const upload = await store.createUpload('r/repo');
      await upload.append(Readable.from(pieces(bytes, chunk)));
      const digest = digestOf(bytes);
      await upload.commit(digest);
      return digest;
    }

    it.each([0, 1, 65_535, 1024 * 1024, 5 * 1024 * 1024 + 17])(
      'keeps a blob of %d bytes',
      async (size) => {
        const bytes = randomBytes(size);
        const digest = await push(bytes, 60_000);
        expect((await store.stat(digest))?.size).toBe(size);
        expect((await readAll(digest))?.equals(bytes)).toBe(true);
        await restart();
        expect((await readAll(digest))?.equals(bytes)).toBe(true);
      },
    );

    it('does not know what nobody stored', async () => {
      const digest = digestOf('x');
      expect(await store.stat(digest)).toBeUndefined();
      expect(await store.open(digest)).toBeUndefined();
      expect(await store.delete(digest)).toBe(false);
    });

    it('reads any part', async () => {
      const bytes = randomBytes(1000);
      const reader = await store.open(await push(bytes));
      const target = Buffer.alloc(100);
      expect(await reader?.read(target, 100, 950)).toBe(50);
      expect(target.subarray(0, 50).equals(bytes.subarray(950))).toBe(true);
      expect(reader?.readNow(target, 100, 1)).toBe(100);
      expect(target.equals(bytes.subarray(1, 101))).toBe(true);
      expect(await reader?.read(target, 100, 1000)).toBe(0);
      reader?.close();
    });

    it('shows nothing before the commit, and nothing that does not match', async () => {
      const bytes = randomBytes(100);
      const digest = digestOf('other');
      const upload = await store.createUpload('r/repo');
      await upload.append(Readable.from([bytes]));
      expect(await store.stat(digestOf(bytes))).toBeUndefined();
      await expect(upload.commit(digest)).rejects.toBeInstanceOf(DigestMismatchError);
      expect(await store.stat(digest)).toBeUndefined();
      await upload.commit(digestOf(bytes));
      expect(await store.findUpload('r/repo', upload.id)).toBeUndefined();
    });

    it('takes the same content twice', async () => {
      const bytes = randomBytes(10);
      const digests = await Promise.all([push(bytes), push(bytes), push(bytes)]);
      expect(new Set(digests).size).toBe(1);
      expect(await readAll(digestOf(bytes))).toEqual(bytes);
    });

    it.each(['sha256', 'sha512'] as const)('commits under %s either way', async (algorithm) => {
      const bytes = randomBytes(70_000);
      for (const declared of ['sha256', 'sha512'] as const) {
        const upload = await store.createUpload('r/repo', declared);
        await upload.append(Readable.from(pieces(bytes, 1000)));
        await upload.commit(digestOf(bytes, algorithm));
        expect((await readAll(digestOf(bytes, algorithm)))?.equals(bytes)).toBe(true);
      }
    });

    it('goes on with an upload after a restart', async () => {
      const bytes = randomBytes(3_000_000);
      const begun = await store.createUpload('r/team/app');
      await begun.append(Readable.from(pieces(bytes.subarray(0, 1_500_000), 50_000)));
      await restart();
      expect(await store.findUpload('r/other', begun.id)).toBeUndefined();
      const resumed = await store.findUpload('r/team/app', begun.id);
      expect(resumed?.size).toBe(1_500_000);
      await resumed?.append(Readable.from(pieces(bytes.subarray(1_500_000), 50_000)));
      await resumed?.commit(digestOf(bytes));
      expect((await readAll(digestOf(bytes)))?.equals(bytes)).toBe(true);
    });

    it('keeps what came before the sender failed', async () => {
      const bytes = randomBytes(200_000);
      const upload = await store.createUpload('r/repo');
      await expect(upload.append(failingAfter(bytes.subarray(0, 150_000)))).rejects.toThrow('gone');
      expect(upload.size).toBe(150_000);
      await upload.append(Readable.from([bytes.subarray(150_000)]));
      await upload.commit(digestOf(bytes));
    });

    it('keeps what came before it was told to stop', async () => {
      const upload = await store.createUpload('r/repo');
      const source = new Readable({ read: () => undefined });
      const stop = new AbortController();
      const stopped = upload.append(source, stop.signal);
      source.push('abc');
      await new Promise((resolve) => setImmediate(resolve));
      stop.abort(new Error('enough'));
      await expect(stopped).rejects.toThrow('enough');
      expect(upload.size).toBe(3);
      await expect(upload.append(Readable.from(['x']), stop.signal)).rejects.toThrow('enough');
      await upload.append(Readable.from([Buffer.from('def')]));
      await upload.commit(digestOf('abcdef'));
    });

    it('lets one request at a time write', async () => {
      const upload = await store.createUpload('r/repo');
      const source = new Readable({ read: () => undefined });
      const first = upload.append(source);
      await expect(upload.append(Readable.from([Buffer.from('x')]))).rejects.toBeInstanceOf(
        UploadBusyError,
      );
      await expect(upload.commit(digestOf('x'))).rejects.toBeInstanceOf(UploadBusyError);
      source.push('abc');
      source.push(null);
      await first;
      await upload.commit(digestOf('abc'));
    });

    it('takes uploads of repositories with the longest of names, each its own', async () => {
      const scope = `r/${'a'.repeat(254)}`;
      const begun = await store.createUpload(`${scope}b`);
      await begun.append(Readable.from([Buffer.from('abc')]));
      await restart();
      expect(await store.findUpload(`${scope}c`, begun.id)).toBeUndefined();
      const resumed = await store.findUpload(`${scope}b`, begun.id);
      await resumed?.commit(digestOf('abc'));
      expect(await readAll(digestOf('abc'))).toEqual(Buffer.from('abc'));
      await store.createUpload(`${scope}b`);
      expect(await store.expireUploads(new Date(Date.now() + 60_000))).toBe(1);
    });

    it.each(['../../etc/passwd', '', 'not-an-id', '00000000-0000-4000-8000-000000000000'])(
      'finds no upload %j',
      async (id) => {
        await store.createUpload('r/repo');
        expect(await store.findUpload('r/repo', id)).toBeUndefined();
      },
    );

    it('keeps many uploads open at a time', async () => {
      const uploads = [];
      for (let at = 0; at < 300; at++) uploads.push(await store.createUpload('r/repo'));
      for (const [at, { id }] of uploads.entries()) {
        const upload = await store.findUpload('r/repo', id);
        await upload?.append(Readable.from([Buffer.from(`content ${at}`)]));
      }
      for (const at of [0, 150, 299]) {
        const upload = await store.findUpload('r/repo', uploads[at]?.id ?? '');
        await upload?.commit(digestOf(`content ${at}`));
        expect((await readAll(digestOf(`content ${at}`)))?.toString()).toBe(`content ${at}`);
      }
    });

    it('cancels, and expires what nobody writes to', async () => {
      const cancelled = await store.createUpload('r/repo');
      const old = await store.createUpload('r/repo');
      await old.append(Readable.from([Buffer.from('x')]));
      await cancelled.cancel();
      expect(await store.findUpload('r/repo', cancelled.id)).toBeUndefined();
      expect(await store.expireUploads(new Date(Date.now() - 60_000))).toBe(0);
      expect(await store.expireUploads(new Date(Date.now() + 60_000))).toBe(1);
      expect(await store.findUpload('r/repo', old.id)).toBeUndefined();
    });

    it('lists and deletes', async () => {
      const first = await push(Buffer.from('a'));
      const second = await push(Buffer.from('bc'));
      const listed = new Map<Digest, number>();
      for await (const blob of store.list()) listed.set(blob.digest, blob.size);
      expect(listed).toEqual(
        new Map([
          [first, 1],
          [second, 2],
        ]),
      );
      expect(await store.delete(first)).toBe(true);
      expect(await store.stat(first)).toBeUndefined();
    });
  });
}

function* pieces(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function failingAfter(bytes: Buffer): Readable {
  return Readable.from(
    (function* () {
      yield bytes;
      throw new Error('gone');
    })(),
  );
}
