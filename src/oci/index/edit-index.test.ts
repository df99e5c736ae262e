import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Descriptor } from '../descriptor.js';
import { digestOf } from '../digest.js';
import { MEDIA_TYPE } from '../media-types.js';
import { formatPlatformInFull, parsePlatform } from '../platform.js';
import { annotateEntry, annotateIndex } from './annotate-index.js';
import { ATTESTED_DIGEST } from './attestation.js';
import { addEntries, convertIndex, createIndex, removeEntry } from './edit-index.js';
import { findEntry } from './entry-selector.js';
import { IndexDocument } from './index-document.js';

const entry = (platform: string, mediaType: string = MEDIA_TYPE.ociManifest): Descriptor => ({
  mediaType,
  digest: digestOf(platform),
  size: platform.length,
  platform: parsePlatform(platform)!,
});
const amd64 = entry('linux/amd64');
const arm64 = entry('linux/arm64');
const attestation: Descriptor = {
  ...entry('unknown/unknown'),
  annotations: {
    [ATTESTED_DIGEST]: arm64.digest,
    'vnd.docker.reference.type': 'attestation-manifest',
  },
};
const platforms = (document: IndexDocument): string[] =>
  document.entries.map(({ platform }) => (platform ? formatPlatformInFull(platform) : ''));

describe('createIndex', () => {
  it.each([
    [[], undefined, MEDIA_TYPE.ociIndex],
    [[amd64], undefined, MEDIA_TYPE.ociIndex],
    [[entry('linux/amd64', MEDIA_TYPE.dockerManifest)], undefined, MEDIA_TYPE.dockerManifestList],
    [[entry('linux/amd64', MEDIA_TYPE.dockerManifest), arm64], undefined, MEDIA_TYPE.ociIndex],
    [[entry('linux/amd64', MEDIA_TYPE.dockerManifest)], 'oci' as const, MEDIA_TYPE.ociIndex],
  ])('case %#', (entries, format, mediaType) => {
    const document = createIndex(entries, format);
    expect(document.mediaType).toBe(mediaType);
    expect(IndexDocument.parse(document.bytes, mediaType).entries).toEqual(entries);
  });

  it.each([
    [
      'one platform twice',
      [amd64, { ...arm64, platform: parsePlatform('linux/x86_64')! }],
      /linux\/amd64 twice/,
    ],
    ['one manifest twice', [amd64, amd64], /already/],
    ['one attestation twice', [attestation, attestation], /already/],
  ])('refuses %s', (_, entries, message) => {
    expect(() => createIndex(entries)).toThrow(message);
  });

  it.each([
    ['an OCI manifest', [amd64], /in OCI format/],
    ['a list', [entry('linux/amd64', MEDIA_TYPE.dockerManifestList)], /list itself/],
    [
      'annotations',
      [{ ...entry('linux/amd64', MEDIA_TYPE.dockerManifest), annotations: { a: 'b' } }],
      /annotations/,
    ],
    [
      'no platform',
      [{ mediaType: MEDIA_TYPE.dockerManifest, digest: amd64.digest, size: 1 }],
      /no platform/,
    ],
  ])('refuses a manifest list of %s', (_, entries, message) => {
    expect(() => createIndex(entries, 'docker')).toThrow(message);
  });
});

describe('addEntries', () => {
  it('adds at the end', () => {
    const builds = ['windows(10.0.17763.1)/amd64', 'windows(10.0.20348.1)/amd64'];
    const document = addEntries(createIndex([amd64]), [arm64, ...builds.map((one) => entry(one))]);
    expect(platforms(document)).toEqual(['linux/amd64', 'linux/arm64', ...builds]);
  });

  const other = { ...arm64, digest: digestOf('newer') };

  it('refuses a platform that is there', () => {
    expect(() => addEntries(createIndex([amd64, arm64]), [other])).toThrow(
      expect.objectContaining({
        message: 'the index would have linux/arm64 twice',
        help: expect.stringContaining('--replace'),
      }),
    );
  });

  it('replaces it when asked, with the attestations about the old one', () => {
    const before = createIndex([amd64, arm64, attestation]);
    const document = addEntries(before, [other], { replace: true });
    expect(document.entries).toEqual([amd64, other]);
    expect(addEntries(before, [arm64], { replace: true }).entries).toEqual(before.entries);
  });

  it('refuses more than a registry takes', () => {
    const huge = { ...arm64, annotations: { note: 'x'.repeat(4 * 1024 * 1024) } };
    expect(() => addEntries(createIndex([amd64]), [huge])).toThrow(/registries take/);
  });
});

describe('removeEntry', () => {
  it('takes the attestations about it along', () => {
    const document = createIndex([amd64, arm64, attestation]);
    expect(removeEntry(document, 1).entries).toEqual([amd64]);
    expect(removeEntry(document, 0).entries).toEqual([arm64, attestation]);
    expect(removeEntry(document, 2).entries).toEqual([amd64, arm64]);
  });

  it('leaves them while another entry has the same manifest', () => {
    const twin = { ...arm64, platform: parsePlatform('linux/arm/v7')! };
    const document = createIndex([arm64, twin, attestation]);
    expect(removeEntry(document, 1).entries).toEqual([arm64, attestation]);
  });
});

describe('annotateEntry', () => {
  const document = createIndex([amd64, arm64]);

  it.each([
    [{ variant: 'v8' }, { os: 'linux', architecture: 'arm64', variant: 'v8' }],
    [{ variant: '' }, { os: 'linux', architecture: 'arm64' }],
    [
      { os: 'windows', 'os.version': '10.0.20348.1', 'os.features': ['win32k'] },
      {
        os: 'windows',
        architecture: 'arm64',
        'os.version': '10.0.20348.1',
        'os.features': ['win32k'],
      },
    ],
    [{ architecture: 'riscv64' }, { os: 'linux', architecture: 'riscv64' }],
  ])('%j', (changes, platform) => {
    const changed = annotateEntry(document, 1, changes);
    expect(changed.entries).toEqual([amd64, { ...arm64, platform }]);
  });

  it('removes what it has set', () => {
    const set = annotateEntry(document, 1, {
      'os.version': '1',
      'os.features': ['a'],
      variant: 'v8',
    });
    const unset = annotateEntry(set, 1, { 'os.version': '', 'os.features': [], variant: '' });
    expect(unset.text).toBe(document.text);
  });

  it('gives a platform to an entry without one, but no half of one', () => {
    const bare = IndexDocument.create(MEDIA_TYPE.ociIndex, [
      { mediaType: MEDIA_TYPE.ociManifest, digest: amd64.digest, size: 1 },
    ]);
    expect(platforms(annotateEntry(bare, 0, { os: 'linux', architecture: 's390x' }))).toEqual([
      'linux/s390x',
    ]);
    expect(() => annotateEntry(bare, 0, { os: 'linux' })).toThrow(/half a platform/);
  });

  it('refuses to make two entries alike', () => {
    expect(() => annotateEntry(document, 1, { architecture: 'amd64' })).toThrow(
      /linux\/amd64 twice/,
    );
  });

  it('sets and removes annotations', () => {
    const once = annotateEntry(document, 0, { annotations: { a: '1', b: '2', c: '' } });
    expect(once.entries[0]).toEqual({ ...amd64, annotations: { a: '1', b: '2' } });
    const twice = annotateEntry(once, 0, { annotations: { a: '', b: '3', nothing: '' } });
    expect(twice.entries[0]).toEqual({ ...amd64, annotations: { b: '3' } });
    expect(annotateIndex(twice, { x: 'y' }).index.annotations).toEqual({ x: 'y' });
    expect(annotateIndex(twice, { x: '' }).text).toBe(twice.text);
  });

  it('takes names that objects have of themselves', () => {
    const name = '__proto__';
    const changed = annotateIndex(document, { [name]: 'a', constructor: 'b' });
    expect(Object.entries(changed.index.annotations!)).toContainEqual(['constructor', 'b']);
  });

  it('has no annotations in a manifest list', () => {
    const list = createIndex([entry('linux/amd64', MEDIA_TYPE.dockerManifest)]);
    expect(() => annotateEntry(list, 0, { annotations: { a: 'b' } })).toThrow(
      /--format oci|annotations/,
    );
    expect(() => annotateIndex(list, { a: 'b' })).toThrow(/cannot hold annotations/);
    expect(annotateIndex(convertIndex(list, 'oci'), { a: 'b' }).mediaType).toBe(
      MEDIA_TYPE.ociIndex,
    );
  });
});

describe('findEntry', () => {
  const builds = [entry('windows(10.0.17763.1)/amd64'), entry('windows(10.0.20348.1)/amd64')];
  const entries = [amd64, arm64, ...builds];

  it.each([
    ['linux/arm64/v8', 1],
    ['linux/x86_64', 0],
    ['windows(10.0.20348.1)/amd64', 3],
  ])('%s is at %i', (platform, position) => {
    expect(findEntry(entries, { platform: parsePlatform(platform)! })).toBe(position);
  });

  it('finds by digest', () => {
    expect(findEntry(entries, { digest: arm64.digest })).toBe(1);
  });

  it.each([
    ['windows/amd64', /means 2 entries/],
    ['linux/arm64/v9', /no entry linux\/arm64\/v9/],
    ['windows(10.0.26100.1)/amd64', /no entry/],
  ])('refuses %s', (platform, message) => {
    expect(() => findEntry(entries, { platform: parsePlatform(platform)! })).toThrow(message);
  });

  it('says what there is, up to a point', () => {
    const many = Array.from({ length: 12 }, (_, at) => entry(`linux/x${at}`));
    const find = () => findEntry(many, { digest: amd64.digest });
    expect(find).toThrow(
      expect.objectContaining({ why: expect.stringMatching(/linux\/x9 \(.*and 2 more$/) }),
    );
    expect(() => findEntry([], { digest: amd64.digest })).toThrow(/no entry/);
  });
});

describe('bytes', () => {
  const DOCKER_LIST = `{
   "schemaVersion": 2,
   "mediaType": "${MEDIA_TYPE.ociIndex}",
   "x-number": 12345678901234567890123,
   "manifests": [
      {
         "mediaType": "${MEDIA_TYPE.ociManifest}",
         "size": ${amd64.size},
         "digest": "${amd64.digest}",
         "x-unknown": {"spaced" :  [1.0, 2e5, "\\u003c"]},
         "platform": {
            "architecture": "amd64",
            "os": "linux"
         }
      }
   ]
}
`;

  it('keeps every byte that an edit is not about', () => {
    const before = IndexDocument.parse(Buffer.from(DOCKER_LIST), MEDIA_TYPE.ociIndex);
    const added = addEntries(before, [arm64]);
    expect(added.text).toContain('"x-unknown": {"spaced" :  [1.0, 2e5, "\\u003c"]}');
    expect(added.text).toContain('12345678901234567890123');
    expect(added.text).toContain('\n      {\n         "mediaType"');
    expect(removeEntry(added, 1).text).toBe(DOCKER_LIST);
    const annotated = annotateEntry(before, 0, { variant: 'v2' });
    expect(annotated.text.replace(',\n            "variant": "v2"', '')).toBe(DOCKER_LIST);
  });

  it('keeps the text of every other entry', () => {
    const extra = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 });
    const entries = fc.array(extra, { minLength: 1, maxLength: 4 });
    const indent = fc.constantFrom(undefined, 2, 3, '\t');
    fc.assert(
      fc.property(entries, indent, fc.nat(3), (extras, space, at) => {
        const raw = extras.map((more, position) => ({
          'x-more': more,
          ...entry(`linux/p${position}`),
        }));
        const text = JSON.stringify(
          { schemaVersion: 2, 'x-top': extras, manifests: raw },
          undefined,
          space,
        );
        const before = IndexDocument.parse(Buffer.from(text));
        const position = at % raw.length;
        const edited = [
          annotateEntry(before, position, { variant: 'v1' }),
          addEntries(before, [entry('linux/new')]),
          removeEntry(before, position),
        ];
        const others = raw.filter((_, index) => index !== position);
        for (const { text: after } of edited) {
          const parsed = JSON.parse(after) as { manifests: unknown[]; 'x-top': unknown };
          for (const other of others)
            expect(parsed.manifests).toContainEqual(JSON.parse(JSON.stringify(other)));
          expect(JSON.stringify(parsed['x-top'])).toBe(JSON.stringify(extras));
        }
        expect(addEntries(before, [entry('linux/new')]).remove(raw.length).text).toBe(text);
      }),
    );
  });

  it('refuses a document that says a thing twice', () => {
    const twice = `{"schemaVersion":2,"manifests":[],"manifests":[]}`;
    const document = IndexDocument.parse(Buffer.from(twice), MEDIA_TYPE.ociIndex);
    expect(() => addEntries(document, [amd64])).toThrow(/twice/);
    const list = JSON.stringify([amd64]);
    const entries = `{"schemaVersion":2,"manifests":${list},"manifests":${list}}`;
    const filled = IndexDocument.parse(Buffer.from(entries), MEDIA_TYPE.ociIndex);
    expect(() => removeEntry(filled, 0)).toThrow(/twice/);
  });

  it('refuses what is no index', () => {
    expect(() =>
      IndexDocument.parse(Buffer.from('{"schemaVersion":2,"config":{},"layers":[]}')),
    ).toThrow(/config/);
    expect(() => IndexDocument.parse(Buffer.from('{}'))).toThrow(/not an index/);
  });

  it('edits an index of 10,000 entries', () => {
    const entries = Array.from({ length: 10_000 }, (_, at) => entry(`linux/x${at}`));
    const document = createIndex(entries);
    expect(removeEntry(addEntries(document, [amd64]), 10_000).text).toBe(document.text);
  });
});
