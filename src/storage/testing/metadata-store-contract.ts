import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MetadataStore } from '../metadata-store.js';

/** What every metadata store does. `reopen`, where there is one, gives a new store over the same data. */
export interface MetadataStoreFactory {
  open(): Promise<MetadataStore>;
  reopen?(): Promise<MetadataStore>;
  destroy(): Promise<void>;
}

export function describeMetadataStore(name: string, create: () => MetadataStoreFactory): void {
  describe(`metadata store contract: ${name}`, () => {
    let factory: MetadataStoreFactory;
    let store: MetadataStore;

    beforeEach(async () => {
      factory = create();
      store = await factory.open();
    });
    afterEach(async () => {
      await store.close();
      await factory.destroy();
    });

    it('answers undefined for what is not there', async () => {
      expect(await store.get('none', 'k')).toBeUndefined();
      expect(await store.list('none')).toEqual([]);
      expect(await store.delete('none', 'k')).toBe(false);
    });

    it.each([
      ['object', { a: [1, { b: null }], text: 'ü€𝄞\u0000"\\' }],
      ['null', null],
      ['false', false],
      ['empty string', ''],
      ['large text', 'x'.repeat(3_000_000)],
    ])('returns %s as it was put', async (_what, value) => {
      await store.put('c', 'k', value);
      expect(await store.get('c', 'k')).toEqual(value);
    });

    it('shares no object with the caller', async () => {
      const value = { list: [1] };
      await store.put('c', 'k', value);
      value.list.push(2);
      const first = await store.get<{ list: number[] }>('c', 'k');
      first?.list.push(3);
      expect(await store.get('c', 'k')).toEqual({ list: [1] });
    });

    it('keeps collections apart', async () => {
      await store.put('a', 'k', 1);
      await store.put('b', 'k', 2);
      expect(await store.delete('a', 'k')).toBe(true);
      expect(await store.get('a', 'k')).toBeUndefined();
      expect(await store.get('b', 'k')).toBe(2);
    });

    it('lists by ascending key, with prefix, after and limit', async () => {
      for (const key of ['b', 'r/a:2', 'r/a:10', 'r/a:1', 'r/ab:1', 'Z', 'r/a']) {
        await store.put('c', key, key);
      }
      const keys = async (options?: object) =>
        (await store.list('c', options)).map(({ key }) => key);
      expect(await keys()).toEqual(['Z', 'b', 'r/a', 'r/a:1', 'r/a:10', 'r/a:2', 'r/ab:1']);
      expect(await keys({ prefix: 'r/a:' })).toEqual(['r/a:1', 'r/a:10', 'r/a:2']);
      expect(await keys({ prefix: 'r/a:', after: 'r/a:1' })).toEqual(['r/a:10', 'r/a:2']);
      expect(await keys({ prefix: 'r/a:', after: 'r/a:15' })).toEqual(['r/a:2']);
      expect(await keys({ prefix: 'r/a:', after: 'a' })).toHaveLength(3);
      expect(await keys({ prefix: 'r/a:', after: 'z' })).toEqual([]);
      expect(await keys({ prefix: 'r/', limit: 2 })).toEqual(['r/a', 'r/a:1']);
      expect(await keys({ limit: 0 })).toEqual([]);
    });

    it('does all of a write, in order', async () => {
      await store.put('c', 'old', 1);
      await store.write([
        { kind: 'put', collection: 'c', key: 'k', value: 1 },
        { kind: 'delete', collection: 'c', key: 'old' },
        { kind: 'put', collection: 'c', key: 'k', value: 2 },
        { kind: 'delete', collection: 'c', key: 'never' },
      ]);
      expect(await store.list('c')).toEqual([{ key: 'k', value: 2 }]);
    });

    it('does none of a write with a value that is not JSON, and others at the same time', async () => {
      const bad = store.write([
        { kind: 'put', collection: 'c', key: 'a', value: 1 },
        { kind: 'put', collection: 'c', key: 'b', value: undefined },
      ]);
      const good = store.put('c', 'good', 1);
      await expect(bad).rejects.toThrow(TypeError);
      await good;
      expect(await store.list('c')).toEqual([{ key: 'good', value: 1 }]);
    });

    it('takes many writes at once', async () => {
      const names = Array.from({ length: 500 }, (_, index) => `k${index}`);
      await Promise.all(names.map((key) => store.put('c', key, key)));
      expect(await store.list('c')).toHaveLength(500);
    });

    it('finds everything again after it was closed', async (context) => {
      if (factory.reopen === undefined) return context.skip();
      await store.put('c', 'kept', { n: 1 });
      await store.put('c', 'gone', 1);
      await store.delete('c', 'gone');
      await store.close();
      store = await factory.reopen();
      expect(await store.list('c')).toEqual([{ key: 'kept', value: { n: 1 } }]);
    });
  });
}
