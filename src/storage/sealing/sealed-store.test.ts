import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Failure } from '../../base/failure.js';
import type { MetadataStore } from '../metadata-store.js';
import { openSqliteMetadataStore } from '../sqlite-metadata-store.js';
import { describeMetadataStore } from '../testing/metadata-store-contract.js';
import { openSealedStore, rotateStorageKey, type SealedStoreOptions } from './open-sealed-store.js';
import { seal, unseal } from './sealed-value.js';

const CANARY = 'hunter2-and-a-half';

function optionsIn(folder: string): SealedStoreOptions {
  return {
    path: join(folder, 'metadata.db'),
    keyFile: join(folder, 'identity', 'storage-keys.json'),
    clear: ['open'],
  };
}

describeMetadataStore('sealed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sealed-'));
  const open = (): Promise<MetadataStore> => openSealedStore(optionsIn(folder));
  return { open, reopen: open, destroy: async () => rmSync(folder, { recursive: true }) };
});

let folder: string;
let options: SealedStoreOptions;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sealed-'));
  options = optionsIn(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Opens, works, closes. */
async function using<T>(work: (store: MetadataStore) => Promise<T>): Promise<T> {
  const store = await openSealedStore(options);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Whether a text stands anywhere in the database's files. */
function isOnDisk(text: string): boolean {
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return files.some(({ name }) => readFileSync(join(folder, name)).includes(text));
}

const storedKeys = (): { id: string; secret: string }[] =>
  (JSON.parse(readFileSync(options.keyFile, 'utf8')) as { keys: { id: string; secret: string }[] })
    .keys;

const putSecret = (store: MetadataStore): Promise<void> =>
  store.put('apps', 'a', { secret: CANARY });

describe('a sealed database', () => {
  it('holds no value in clear but those of the collections that are said to be', async () => {
    await using(async (store) => {
      await putSecret(store);
      await store.put('open', 'o', 'for everyone to see');
      expect(isOnDisk(CANARY)).toBe(false);
    });
    expect(isOnDisk(CANARY)).toBe(false);
    expect(isOnDisk('for everyone to see')).toBe(true);
    expect(statSync(options.keyFile).mode & 0o777).toBe(0o600);
  });

  it('takes over what an earlier version wrote in clear, and leaves nothing of it', async () => {
    const clear = await openSqliteMetadataStore(options);
    for (let index = 0; index < 1_200; index++) {
      await clear.put('apps', `app${String(index).padStart(4, '0')}`, { secret: CANARY, index });
    }
    await clear.close();
    expect(isOnDisk(CANARY)).toBe(true);
    const apps = await using((store) => store.list<{ secret: string; index: number }>('apps'));
    expect(apps.map(({ value }) => value.index)).toEqual([...Array(1_200).keys()]);
    expect(apps.every(({ value }) => value.secret === CANARY)).toBe(true);
    expect(isOnDisk(CANARY)).toBe(false);
  });

  it('opens no value at another place than its own', async () => {
    await using(async (store) => {
      await putSecret(store);
    });
    const raw = await openSqliteMetadataStore(options);
    await raw.put('apps', 'b', await raw.get('apps', 'a'));
    await raw.close();
    await using(async (store) => {
      expect(await store.get('apps', 'a')).toEqual({ secret: CANARY });
      await expect(store.get('apps', 'b')).rejects.toThrow();
    });
  });
});

describe('rotating the key', () => {
  it('seals everything with a new one and forgets the old', async () => {
    await using(putSecret);
    const [before] = storedKeys();
    await rotateStorageKey(options);
    const after = storedKeys();
    expect(after).toHaveLength(1);
    expect(after[0]?.id).not.toBe(before?.id);
    expect(isOnDisk(before!.id)).toBe(false);
    expect(await using((store) => store.get('apps', 'a'))).toEqual({ secret: CANARY });
  });

  it('is finished at the next start when it was cut short', async () => {
    await using(putSecret);
    const [old] = storedKeys();
    const added = { id: 'aaaaaaaa', secret: Buffer.alloc(32, 7).toString('base64') };
    writeFileSync(options.keyFile, JSON.stringify({ format: 1, keys: [added, old] }));
    expect(await using((store) => store.get('apps', 'a'))).toEqual({ secret: CANARY });
    expect(storedKeys()).toEqual([added]);
    expect(isOnDisk(old!.id)).toBe(false);
  });
});

describe('a key file that does not fit', () => {
  const write = (value: unknown) => (): void =>
    writeFileSync(options.keyFile, typeof value === 'string' ? value : JSON.stringify(value));
  const key = (id: string, byte: number): unknown => ({
    id,
    secret: Buffer.alloc(32, byte).toString('base64'),
  });

  it.each([
    ['is missing', () => rmSync(options.keyFile), /is missing/],
    ['holds another key', () => write({ format: 1, keys: [key('bbbb', 1)] })(), /is not that of/],
    [
      'holds another key of the same name',
      () => write({ format: 1, keys: [key(storedKeys()[0]!.id, 1)] })(),
      /is not that of/,
    ],
    ['is no JSON', () => write('{"format":')(), /can't be read/],
    ['has no keys', () => write({ format: 1, keys: [] })(), /can't be read/],
    [
      'has a short key',
      () => write({ format: 1, keys: [{ id: 'a', secret: 'AA==' }] })(),
      /can't be/,
    ],
    ['is of a newer format', () => write({ format: 2, keys: [key('b', 1)] })(), /can't be read/],
  ])('and %s is told, and changes nothing', async (_what, spoil, message) => {
    await using(putSecret);
    const good = readFileSync(options.keyFile);
    spoil();
    const failure = (await openSealedStore(options).catch((error: unknown) => error)) as Failure;
    expect(failure.message).toMatch(message);
    expect(failure.why).toBeTruthy();
    expect(failure.help).toContain('lazurite up --home');
    writeFileSync(options.keyFile, good);
    expect(await using((store) => store.get('apps', 'a'))).toEqual({ secret: CANARY });
  });
});

describe('a sealed value', () => {
  const secret = { id: 'abcd', secret: Buffer.alloc(32, 1) };

  it('opens to the text it was made of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, place) => {
        expect(unseal(seal(text, secret, place), secret, place)).toBe(text);
      }),
    );
  });

  it('is refused after any change of a byte', () => {
    const { sealed } = seal('text', secret, 'here');
    const [format, id, body = ''] = sealed.split('.');
    const bytes = Buffer.from(body, 'base64');
    for (const index of bytes.keys()) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      const value = { sealed: [format, id, changed.toString('base64')].join('.') };
      expect(() => unseal(value, secret, 'here')).toThrow();
    }
  });

  it('differs each time', () => {
    expect(seal('text', secret, 'here')).not.toEqual(seal('text', secret, 'here'));
  });
});
