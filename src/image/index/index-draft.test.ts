import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Descriptor } from '../../oci/descriptor.js';
import { digestOf } from '../../oci/digest.js';
import { MEDIA_TYPE } from '../../oci/media-types.js';
import { formatPlatformInFull, parsePlatform } from '../../oci/platform.js';
import { parseReference, type Reference } from '../../oci/reference.js';
import { createRegistryClient } from '../../remote/client.js';
import { MemoryRegistry } from '../../remote/testing/memory-registry.js';
import { pushImage } from '../testing/push-image.js';
import { SampleLayout } from '../testing/sample-layout.js';
import { DraftStore } from './draft-store.js';
import {
  addToDraft,
  annotateDraft,
  changeDraft,
  createDraft,
  removeFromDraft,
  type IndexContext,
} from './edit-draft.js';
import type { IndexDraft } from './index-draft.js';
import { pushIndex } from './push-index.js';

let directory: string;
let registry: MemoryRegistry;
let elsewhere: MemoryRegistry;
let sample: SampleLayout;
let context: IndexContext;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'lazurite-index-'));
  registry = await MemoryRegistry.start();
  elsewhere = await MemoryRegistry.start();
  sample = await SampleLayout.create(path.join(directory, 'source'));
  context = {
    openRepository: ({ registry: host, repository }) =>
      Promise.resolve(client.repository(host, repository)),
    drafts: new DraftStore(path.join(directory, 'drafts')),
  };
});
afterEach(async () => {
  await registry.close();
  await elsewhere.close();
  await rm(directory, { recursive: true });
});

const client = createRegistryClient({ resolveEndpoint: (host) => ({ baseUrl: `http://${host}` }) });
const at = (name: string, host = registry.host): Reference => parseReference(`${host}/${name}`)!;
const platform = (text: string) => ({ platform: parsePlatform(text)! });

/** Pushes an image for a platform; `name` is `REPOSITORY:TAG`. */
async function push(text: string, name: string, host = registry.host): Promise<Descriptor> {
  const image = await sample.addImage(text);
  await pushImage(client, sample.directory, image, at(name, host));
  return image;
}

async function pushTwo(): Promise<[Reference, Reference]> {
  await push('linux/amd64', 'app:amd64');
  await push('linux/arm64', 'app:arm64');
  return [at('app:amd64'), at('app:arm64')];
}

const shown = ({ document }: IndexDraft): string[] =>
  document.entries.map((entry) => (entry.platform ? formatPlatformInFull(entry.platform) : ''));
/** @param name `REPOSITORY/TAG` or `REPOSITORY/DIGEST` */
const stored = (name: string) => registry.manifests.get(name);
const target = (): Reference => at('app:v1');

describe('a draft', () => {
  it('becomes an index whose bytes are the ones announced', async () => {
    const sources = await pushTwo();
    const draft = await createDraft(context, target(), sources);
    expect(shown(draft)).toEqual(['linux/amd64', 'linux/arm64']);
    expect(stored('app/v1')).toBeUndefined();
    const pushed = await pushIndex(context, target());
    expect(pushed).toMatchObject({ mediaType: MEDIA_TYPE.ociIndex, copied: [], purged: false });
    expect(digestOf(stored('app/v1')!.bytes)).toBe(pushed.digest);
    expect(registry.requests.at(-1)).toBe('PUT /v2/app/manifests/v1');
    expect((await pushIndex(context, target(), { purge: true })).purged).toBe(true);
    await expect(pushIndex(context, target())).rejects.toThrow(/no draft of/);
  });

  it('is refused a second beginning, unless it is amended', async () => {
    const [amd64, arm64] = await pushTwo();
    await createDraft(context, target(), [amd64]);
    await expect(createDraft(context, target(), [arm64])).rejects.toMatchObject({
      why: 'refusing to amend an existing manifest list with no --amend flag',
    });
    const draft = await createDraft(context, target(), [amd64, arm64], { amend: true });
    expect(shown(draft)).toEqual(['linux/amd64', 'linux/arm64']);
  });

  it('begins from what the registry has, and keeps what it is not about', async () => {
    const amd64 = await push('linux/amd64', 'app:amd64');
    const index = await sample.addIndex([{ ...amd64, 'x-kept': [1.5] } as Descriptor], {
      'x-top': 1,
    });
    await pushImage(client, sample.directory, index, target());
    await push('linux/arm64', 'app:arm64');
    await addToDraft(context, target(), [at('app:arm64')]);
    await annotateDraft(context, target(), platform('linux/arm64'), { variant: 'v8' });
    await changeDraft(context, target(), { annotations: { team: 'blue' } });
    const pushed = await pushIndex(context, target());
    expect(pushed.replaced).toBe(index.digest);
    expect(JSON.parse(stored('app/v1')!.bytes.toString())).toMatchObject({
      'x-top': 1,
      manifests: [{ 'x-kept': [1.5] }, { platform: { architecture: 'arm64', variant: 'v8' } }],
      annotations: { team: 'blue' },
    });
  });

  it('an edit that is undone gives the same digest again', async () => {
    await createDraft(context, target(), await pushTwo());
    const first = await pushIndex(context, target(), { purge: true });
    await annotateDraft(context, target(), platform('linux/amd64'), { 'os.version': '1' });
    await annotateDraft(
      context,
      target(),
      { digest: first.entries[0]!.digest },
      { 'os.version': '' },
    );
    expect((await pushIndex(context, target())).digest).toBe(first.digest);
  });

  it('takes an index apart into its images', async () => {
    await createDraft(context, at('app:both'), await pushTwo());
    await pushIndex(context, at('app:both'));
    const draft = await createDraft(context, target(), [at('app:both')]);
    expect(shown(draft)).toEqual(['linux/amd64', 'linux/arm64']);
    const selector = { reference: at('app:both') };
    await expect(removeFromDraft(context, target(), [selector])).rejects.toThrow(/means 2 entries/);
  });

  it('names an entry by the reference it came by', async () => {
    const sources = await pushTwo();
    await createDraft(context, target(), sources);
    const draft = await removeFromDraft(context, target(), [{ reference: sources[0] }]);
    expect(shown(draft)).toEqual(['linux/arm64']);
    const unknown = { reference: at('app:other') };
    await expect(removeFromDraft(context, target(), [unknown])).rejects.toThrow(/not among/);
  });

  it('holds artifacts and images of other kinds without a platform', async () => {
    const artifact = await sample.addReferrer(await sample.addImage('linux/amd64'), 'a note');
    await pushImage(client, sample.directory, artifact, at('app:note'));
    const { document } = await createDraft(context, target(), [at('app:note')]);
    expect(document.entries).toMatchObject([{ artifactType: 'application/vnd.test.note' }]);
    expect(document.entries[0]!.platform).toBeUndefined();
  });
});

describe('a push', () => {
  it.each([
    ['another repository of the registry', () => registry.host],
    ['another registry', () => elsewhere.host],
  ])('brings images from %s along', async (_, host) => {
    const image = await push('linux/amd64', 'base:v1', host());
    await createDraft(context, target(), [at('base:v1', host())]);
    const { copied } = await pushIndex(context, target());
    expect(copied).toEqual([image.digest]);
    expect(stored(`app/${image.digest}`)).toBeDefined();
    expect((await pushIndex(context, target())).copied).toEqual([]);
  });

  it('moves no tag while an image is missing', async () => {
    const amd64 = await push('linux/amd64', 'app:amd64');
    const arm64 = await push('linux/arm64', 'other:arm64', elsewhere.host);
    await createDraft(context, target(), [at('app:amd64'), at('other:arm64', elsewhere.host)]);
    registry.manifests.delete(`app/${amd64.digest}`);
    elsewhere.manifests.delete(`other/${arm64.digest}`);
    await expect(pushIndex(context, target(), { purge: true })).rejects.toMatchObject({
      message: expect.stringMatching(/2 images that .*\/app does not have/),
      why: expect.stringContaining(arm64.digest),
    });
    expect(stored('app/v1')).toBeUndefined();
    expect(await context.drafts.load(target())).toBeDefined();
  });

  it('is refused when the tag has moved since, unless forced', async () => {
    const [amd64, arm64] = await pushTwo();
    await createDraft(context, target(), [amd64]);
    await pushIndex(context, target(), { purge: true });
    await addToDraft(context, target(), [arm64]);
    await push('linux/s390x', 'app:v1');
    await expect(pushIndex(context, target())).rejects.toThrow(/has moved since/);
    expect((await pushIndex(context, target(), { force: true })).entries).toHaveLength(2);
  });

  it('keeps a draft that was edited while it ran', async () => {
    const [amd64, arm64] = await pushTwo();
    await createDraft(context, target(), [amd64]);
    let edited: Promise<unknown> | undefined;
    const { openRepository } = context;
    const slow: IndexContext = {
      ...context,
      async openRepository(reference) {
        edited ??= addToDraft(context, target(), [arm64]);
        await edited;
        return openRepository(reference);
      },
    };
    expect(await pushIndex(slow, target(), { purge: true })).toMatchObject({ purged: false });
    expect(shown((await context.drafts.load(target()))!)).toEqual(['linux/amd64', 'linux/arm64']);
  });

  it('refuses an index of nothing', async () => {
    await createDraft(context, target(), []);
    await expect(pushIndex(context, target())).rejects.toThrow(/no entries/);
  });
});

describe('bad input', () => {
  it.each([
    [
      'a source that is missing',
      () => createDraft(context, target(), [at('app:none')]),
      /no image .*none/,
    ],
    [
      'a target without a tag',
      () => createDraft(context, { ...target(), digest: digestOf('') }, []),
      /no tag/,
    ],
    ['a target that is not there', () => addToDraft(context, target(), []), /no index .* to edit/],
    [
      'a target that is one image',
      async () => {
        await push('linux/amd64', 'app:v1');
        return addToDraft(context, target(), []);
      },
      /is not an index/,
    ],
    [
      'a platform that comes twice',
      async () => {
        const image = await sample.addImage('linux/amd64', 'another');
        await pushImage(client, sample.directory, image, at('app:other'));
        return createDraft(context, target(), [...(await pushTwo()), at('app:other')]);
      },
      /linux\/amd64 twice/,
    ],
    [
      'a source that is no image',
      async () => {
        const bytes = Buffer.from('{"schemaVersion":1}');
        registry.manifests.set('app/odd', { mediaType: 'application/vnd.odd+json', bytes });
        return createDraft(context, target(), [at('app:odd')]);
      },
      /neither an image nor an index/,
    ],
  ])('refuses %s, and leaves no draft', async (_, attempt, message) => {
    await expect(attempt()).rejects.toThrow(message);
    expect(await context.drafts.load(target())).toBeUndefined();
  });
});

describe('DraftStore', () => {
  it('lets edits at once take turns', async () => {
    await createDraft(context, target(), []);
    const texts = ['linux/amd64', 'linux/arm64', 'linux/s390x', 'linux/riscv64', 'linux/ppc64le'];
    await Promise.all(
      texts.map(async (text) => {
        await push(text, `app:${text.slice(6)}`);
        const other = { ...context, drafts: new DraftStore(context.drafts.directory) };
        await addToDraft(other, target(), [at(`app:${text.slice(6)}`)]);
      }),
    );
    expect(shown((await context.drafts.load(target()))!).toSorted()).toEqual(texts.toSorted());
    expect(await readdir(context.drafts.directory)).toHaveLength(1);
  });

  it('lists every draft in the order of the references, and none before the first', async () => {
    const { drafts } = context;
    expect(await new DraftStore(path.join(drafts.directory, 'none')).list()).toEqual([]);
    await push('linux/amd64', 'app:amd64');
    for (const name of ['app:v2', 'app:v1', 'another:v1']) {
      await createDraft(context, at(name), [at('app:amd64')]);
    }
    expect(
      (await drafts.list()).map(({ target: { repository, tag } }) => `${repository}:${tag}`),
    ).toEqual(['another:v1', 'app:v1', 'app:v2']);
    const [file] = await readdir(drafts.directory);
    await writeFile(path.join(drafts.directory, file!), '{}');
    await expect(drafts.list()).rejects.toThrow(/a draft cannot be read/);
  });

  it.each(['', '{}', '{"version":1}', 'null', '{"version":1,"sources":[],"index":"{}"}'])(
    'names a file that is damaged: %j',
    async (text) => {
      await createDraft(context, target(), []);
      const [file] = await readdir(context.drafts.directory);
      await writeFile(path.join(context.drafts.directory, file!), text);
      await expect(addToDraft(context, target(), [])).rejects.toThrow(/cannot be read/);
      expect(await context.drafts.remove(target())).toBe(true);
      expect(await context.drafts.remove(target())).toBe(false);
    },
  );
});
