import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf, parseDigest } from './digest.js';
import { DocumentError } from './document.js';
import { parseImageConfig } from './image-config.js';
import { parseManifest } from './manifest.js';
import { MEDIA_TYPE } from './media-types.js';
import { formatReference, parseReference } from './reference.js';

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const digest = digestOf('x');
const config = { mediaType: MEDIA_TYPE.ociConfig, digest, size: 1 };
const layer = { mediaType: MEDIA_TYPE.ociLayerGzip, digest, size: 2 };
const image = { schemaVersion: 2, config, layers: [layer] };
const child = {
  mediaType: MEDIA_TYPE.ociManifest,
  digest,
  size: 3,
  platform: { os: 'linux', architecture: 'arm', variant: 'v7' },
};
const index = { schemaVersion: 2, manifests: [child], annotations: { a: 'b' } };

describe('parseManifest', () => {
  it.each([
    [image, MEDIA_TYPE.ociManifest, 'image'],
    [image, MEDIA_TYPE.dockerManifest, 'image'],
    [image, '', 'image'],
    [image, 'application/json; charset=utf-8', 'image'],
    [index, MEDIA_TYPE.ociIndex, 'index'],
    [index, MEDIA_TYPE.dockerManifestList, 'index'],
    [index, '', 'index'],
    [{ ...index, mediaType: MEDIA_TYPE.dockerManifestList }, 'text/plain', 'index'],
    [{ schemaVersion: 1, fsLayers: [] }, '', 'other'],
    [{ blobs: [] }, 'application/vnd.oci.artifact.manifest.v1+json', 'other'],
  ])('%j as %j is %s', (document, mediaType, kind) => {
    expect(parseManifest(json(document), mediaType).kind).toBe(kind);
  });

  it('keeps what the descriptors say', () => {
    const parsed = parseManifest(json(index), MEDIA_TYPE.ociIndex);
    expect(parsed).toEqual({
      kind: 'index',
      mediaType: MEDIA_TYPE.ociIndex,
      index: { schemaVersion: 2, manifests: [child], annotations: { a: 'b' } },
    });
  });

  it.each([
    ['HTML', Buffer.from('<html>'), '', /not JSON; it starts with "<html>"/],
    ['a list', json([]), '', /not a JSON object/],
    ['bytes that are no text', Buffer.from([0xff, 0xfe]), '', /not UTF-8/],
    ['a byte order mark', Buffer.from(`\ufeff${json(image).toString()}`), '', /not JSON/],
    ['a truncated body', json(image).subarray(0, 20), '', /not JSON/],
    [
      'a contradicting type',
      json({ ...image, mediaType: 'x' }),
      MEDIA_TYPE.ociManifest,
      /of itself/,
    ],
    ['an index with layers', json({ ...index, layers: [] }), MEDIA_TYPE.ociIndex, /layers/],
    ['an image with manifests', json({ ...image, manifests: [] }), MEDIA_TYPE.ociManifest, /manif/],
    [
      'schema 1',
      json({ ...image, schemaVersion: 1 }),
      MEDIA_TYPE.ociManifest,
      /schemaVersion is 1/,
    ],
    [
      'no config',
      json({ schemaVersion: 2, layers: [] }),
      MEDIA_TYPE.ociManifest,
      /manifest.config/,
    ],
    ['a bad size', json({ ...image, config: { ...config, size: -1 } }), '', /config.size/],
    [
      'a bad digest',
      json({ ...image, layers: [{ ...layer, digest: 'md5:1' }] }),
      '',
      /layers\[0\]/,
    ],
    ['layers of no list', json({ ...image, layers: {} }), MEDIA_TYPE.ociManifest, /not a list/],
    ['annotations of numbers', json({ ...image, annotations: { a: 1 } }), '', /annotations.a/],
    ['deep nesting', Buffer.from('['.repeat(100_000)), '', /nested deeper/],
    ['too many bytes', Buffer.alloc(5 * 1024 * 1024, 0x20), '', /more than the limit/],
  ])('refuses %s', (_name, bytes, mediaType, message) => {
    expect(() => parseManifest(bytes, mediaType)).toThrow(message);
  });

  it('throws nothing but DocumentError', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.json(), fc.string()),
        fc.constantFrom('', MEDIA_TYPE.ociIndex),
        (a, b) => {
          try {
            parseManifest(Buffer.from(a), b);
          } catch (error) {
            expect(error).toBeInstanceOf(DocumentError);
          }
        },
      ),
    );
  });
});

describe('parseImageConfig', () => {
  it('keeps what a container needs', () => {
    const document = {
      os: 'linux',
      architecture: 'arm64',
      config: {
        Env: ['A=1'],
        Cmd: null,
        Entrypoint: ['/x'],
        ExposedPorts: { '80/tcp': {} },
        Unknown: 1,
      },
      rootfs: { type: 'layers', diff_ids: [digest] },
      history: [{ created_by: 'x', empty_layer: true }],
    };
    expect(parseImageConfig(json(document))).toEqual({
      ...document,
      config: { Env: ['A=1'], Entrypoint: ['/x'], ExposedPorts: { '80/tcp': {} } },
    });
  });

  it.each([
    [{}, /rootfs is missing/],
    [{ rootfs: { diff_ids: ['x'] } }, /diff_ids\[0\]/],
    [{ rootfs: { diff_ids: [] }, config: { Env: 'A=1' } }, /Env is not a list/],
    [{ rootfs: { diff_ids: [] }, os: 1 }, /config.os/],
  ])('refuses %j', (document, message) => {
    expect(() => parseImageConfig(json(document))).toThrow(message);
  });
});

describe('references and digests', () => {
  it.each([
    ['alpine', 'docker.io/library/alpine:latest'],
    ['team/app:v1', 'docker.io/team/app:v1'],
    ['localhost:5001/a/b', 'localhost:5001/a/b:latest'],
    ['localhost/a', 'localhost/a:latest'],
    [`x.azurecr.io/a:b@${digest}`, `x.azurecr.io/a:b@${digest}`],
    ['index.docker.io/alpine', 'docker.io/library/alpine:latest'],
  ])('%s is %s', (text, canonical) => {
    expect(formatReference(parseReference(text)!)).toBe(canonical);
  });

  it.each([
    '',
    ':',
    'a/B',
    'a b.c/x',
    'x:y/z',
    'a..b/c',
    'a:',
    'host:65536/a',
    'a@sha256:1',
    'a//b',
    '-a',
    'a/',
    `a:${'x'.repeat(129)}`,
    'a b',
  ])('refuses %j', (text) => {
    expect(parseReference(text)).toBeUndefined();
  });

  it('reads back what it writes, and never throws', () => {
    const part = fc.stringMatching(/^[a-zA-Z0-9:@/._-]{0,40}$/);
    fc.assert(
      fc.property(fc.oneof(part, fc.string()), (text) => {
        parseDigest(text);
        const reference = parseReference(text);
        if (reference) expect(parseReference(formatReference(reference))).toEqual(reference);
      }),
      { numRuns: 500 },
    );
  });
});
