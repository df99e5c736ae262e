import { describe, expect, it } from 'vitest';
import type { ImageNode, TreeNode } from '../../image/inspect/image-tree.js';
import { digestOf } from '../../oci/digest.js';
import { MEDIA_TYPE } from '../../oci/media-types.js';
import { formatTree } from './tree-text.js';

const image = digestOf('image');
const layer = digestOf('layer');
const config = digestOf('config');
const index = digestOf('index');
const amd64 = { os: 'linux', architecture: 'amd64' };
const node: ImageNode = {
  kind: 'image',
  digest: image,
  mediaType: MEDIA_TYPE.ociManifest,
  size: 400,
  platform: amd64,
  imagePlatform: amd64,
  config: { mediaType: MEDIA_TYPE.ociConfig, digest: config, size: 10 },
  layers: [{ mediaType: MEDIA_TYPE.ociLayerGzip, digest: layer, size: 1990 }],
  contentSize: 2000,
  created: '2026-01-02T03:04:05Z',
};
const indexOf = (manifests: TreeNode[], more: object = {}): TreeNode => ({
  ...{ kind: 'index', digest: index, mediaType: MEDIA_TYPE.ociIndex, size: 1200, manifests },
  ...more,
});

describe('formatTree', () => {
  it('draws what hangs on what', () => {
    const referrer: TreeNode = {
      ...{ kind: 'artifact', digest: config, mediaType: MEDIA_TYPE.ociManifest, size: 1 },
      ...{ artifactType: 'text/note', layers: [], contentSize: 5 },
    };
    const attestation: TreeNode = {
      ...{ kind: 'attestation', digest: layer, mediaType: MEDIA_TYPE.ociManifest, size: 1 },
      ...{ attests: image, predicates: ['https://slsa.dev/provenance/v1'] },
      ...{ layers: [], contentSize: 5 },
    };
    const root = indexOf([node, attestation], { annotations: { a: 'b' }, referrers: [referrer] });
    expect(formatTree('r.test/app:v1', root).split('\n')).toEqual([
      'r.test/app:v1',
      `└─ index  ${index}`,
      `   │ ${MEDIA_TYPE.ociIndex}, 2 manifests, 1.2 kB`,
      '   │ a: b',
      `   ├─ linux/amd64  ${image}`,
      `   │    ${MEDIA_TYPE.ociManifest}, 2.0 kB in 1 layer, created 2026-01-02T03:04:05Z`,
      `   │    layer ${layer}  2.0 kB  tar+gzip`,
      `   ├─ attestation  ${layer}`,
      `   │    about ${image}, 5 B in 0 files`,
      '   │    https://slsa.dev/provenance/v1',
      `   └─ referrer: artifact  ${config}`,
      '        text/note, 5 B in 0 files',
    ]);
  });

  it.each<[string, TreeNode, RegExp]>([
    [
      'a declared platform that is not the config’s',
      { ...node, imagePlatform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
      /linux\/amd64 .*\n.*but its config says linux\/arm64\/v8/,
    ],
    [
      'the version of Windows',
      { ...node, platform: { os: 'windows', architecture: 'amd64', 'os.version': '10.0.20348.1' } },
      /windows\/amd64 10\.0\.20348\.1 {2}sha256/,
    ],
    [
      'annotations without their control codes',
      { ...node, annotations: { x: '\u001b[2Jboo' } },
      /x: {2}\[2Jboo/,
    ],
    [
      'a long list by its length',
      indexOf(
        Array.from({ length: 9000 }, () => ({
          ...{ kind: 'unopened', digest: image, mediaType: '', size: 1, why: 'the list is long' },
        })),
      ),
      /└─ 9000 more manifests, not opened/,
    ],
  ])('shows %s', (_name, root, expected) => {
    expect(formatTree('x', root)).toMatch(expected);
  });
});
