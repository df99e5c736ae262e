import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MEDIA_TYPE } from '../../oci/media-types.js';
import { checkTargets } from '../check.js';
import type { Finding } from '../findings/finding.js';
import { readImageReference } from '../targets/image-reference.js';
import { parsePlatform } from '../../oci/platform.js';
import { attestationEntry, SampleRegistry } from '../testing/sample-registry.js';

let registry: SampleRegistry;
beforeEach(async () => void (registry = await SampleRegistry.start()));
afterEach(() => registry.close());

/** Findings about one image, without the note that tags move. */
async function judge(image: string, platforms = ['linux/amd64']): Promise<Finding[]> {
  const contents = readImageReference(image, {
    platforms: platforms.map((p) => parsePlatform(p)!),
  });
  const target = { name: image, kinds: ['image' as const], files: 0, contents };
  const { findings } = await checkTargets([target], registry.inspector());
  return findings.filter(({ code }) => code !== 'LZ1301');
}

interface Case {
  name: string;
  seed: () => unknown;
  image?: string;
  platforms?: string[];
  /** Codes in order; then what the first one must say. */
  codes: string[];
  says?: RegExp;
  fix?: RegExp;
}

const cases: Case[] = [
  {
    name: 'an index with the platform',
    seed: () => registry.index('a/app:v1', ['linux/amd64', 'linux/arm64']),
    platforms: ['linux/amd64', 'linux/arm64'],
    codes: [],
  },
  {
    name: 'a single image of the platform',
    seed: () => registry.image('a/app:v1', 'linux/amd64'),
    codes: [],
  },
  {
    name: 'a variant that runs on the platform',
    seed: () => registry.index('a/app:v1', ['linux/arm/v6', 'linux/amd64']),
    platforms: ['linux/arm/v7'],
    codes: [],
  },
  {
    name: 'a tag that is not there',
    seed: () => registry.index('a/app:v1.0', ['linux/amd64']),
    codes: ['LZ1001'],
    says: /r\.test has no tag v1 of a\/app/,
    fix: /use r\.test\/a\/app:v1\.0, or: docker push r\.test\/a\/app:v1/,
  },
  {
    name: 'a repository that is not there',
    seed: () => registry.index('a/other:v1', ['linux/amd64']),
    codes: ['LZ1002'],
    says: /r\.test has no repository a\/app/,
  },
  {
    name: 'an index without the platform',
    seed: () => registry.index('a/app:v1', ['linux/arm64', 'linux/arm/v7']),
    codes: ['LZ1101'],
    says: /has no image for linux\/amd64/,
    fix: /buildx build --platform linux\/arm64,linux\/arm\/v7,linux\/amd64 -t r\.test\/a\/app:v1 --push/,
  },
  {
    name: 'a single image for another platform',
    seed: () => registry.image('a/app:v1', 'linux/arm64'),
    codes: ['LZ1102'],
    says: /is made for linux\/arm64, not for linux\/amd64/,
  },
  {
    name: 'a child that the registry lost',
    seed: () => registry.index('a/app:v1', [['linux/amd64', { missing: true }], 'linux/arm64']),
    codes: ['LZ1103'],
  },
  {
    name: 'a child declared as another platform',
    seed: () =>
      registry.index('a/app:v1', [
        'linux/amd64',
        ['linux/amd64', { salt: 'x', declared: { os: 'linux', architecture: 'arm64' } }],
      ]),
    platforms: ['linux/arm64'],
    codes: ['LZ1104'],
    says: /declares sha256:\w+ as linux\/arm64, but it is an image for linux\/amd64/,
  },
  {
    name: 'two images for one platform',
    seed: () => registry.index('a/app:v1', ['linux/amd64', ['linux/amd64', { salt: 'x' }]]),
    codes: ['LZ1105'],
    fix: /^lazurite image index remove --push r\.test\/a\/app:v1 sha256:\w+ /,
  },
  {
    name: 'an entry without a platform that would do',
    seed: () => registry.index('a/app:v1', [['linux/amd64', { declared: null }]]),
    codes: ['LZ1106'],
    says: /1 entry without a platform/,
  },
  {
    name: 'an entry with an empty platform that would not do',
    seed: () =>
      registry.index('a/app:v1', [
        ['linux/arm64', { declared: { os: '', architecture: '' } }],
        'linux/s390x',
      ]),
    codes: ['LZ1101', 'LZ1106'],
  },
  {
    name: 'a Windows entry without os.version',
    seed: () => registry.index('a/app:v1', ['linux/amd64', 'windows/amd64']),
    codes: ['LZ1107'],
    fix: /index annotate --push r\.test\/a\/app:v1 sha256:\w+ --os-version/,
  },
  {
    name: 'a Windows entry with os.version',
    seed: () => registry.index('a/app:v1', ['linux/amd64', 'windows(10.0.20348.2227)/amd64']),
    codes: [],
  },
  {
    name: 'one platform and its attestation',
    seed: () => {
      const image = registry.image('a/app:x', 'linux/amd64');
      registry.memory.manifests.delete('a/app/x');
      registry.index('a/app:v1', ['linux/amd64'], [attestationEntry(image)]);
    },
    codes: ['LZ1108'],
    fix: /--provenance=false/,
  },
  {
    name: 'nothing but an attestation',
    seed: () => {
      const image = registry.image('a/app:x', 'linux/amd64');
      registry.memory.manifests.delete('a/app/x');
      registry.index('a/app:v1', [], [attestationEntry(image)]);
    },
    codes: ['LZ1109'],
  },
  {
    name: 'an artifact',
    seed: () =>
      registry.document('a/app:v1', MEDIA_TYPE.ociManifest, {
        schemaVersion: 2,
        config: {
          mediaType: 'application/vnd.cncf.helm.config.v1+json',
          digest: `sha256:${'0'.repeat(64)}`,
          size: 2,
        },
        layers: [],
      }),
    codes: ['LZ1009'],
  },
  {
    name: 'a tag that moved since the digest was taken',
    image: 'r.test/a/app:v1@PINNED',
    seed: () => {
      const pinned = registry.image('a/app:v1', 'linux/amd64', { salt: 'old' });
      registry.image('a/app:v1', 'linux/amd64', { salt: 'new' });
      return pinned.digest;
    },
    codes: ['LZ1302'],
  },
  {
    name: 'a single image among indexes',
    seed: () => {
      registry.index('a/app:v0', ['linux/amd64', 'linux/arm64']);
      registry.image('a/app:v1', 'linux/amd64');
    },
    codes: ['LZ1304'],
    says: /may have gone over it/,
  },
  {
    name: 'a single image among single images',
    seed: () => {
      registry.index('a/app:v0', ['linux/amd64', 'linux/arm64']);
      registry.image('a/app:v1', 'linux/amd64');
      registry.image('a/app:v2', 'linux/amd64', { salt: '2' });
    },
    codes: [],
  },
  {
    name: 'a tag that promises another architecture',
    image: 'r.test/a/app:v1-arm64',
    seed: () => registry.image('a/app:v1-arm64', 'linux/amd64'),
    codes: ['LZ1305'],
    says: /promises arm64 in its tag, but is made for linux\/amd64/,
  },
  {
    name: 'an architecture tag that left the index behind',
    seed: () => {
      registry.index('a/app:v1', ['linux/amd64', 'linux/arm64']);
      registry.image('a/app:v1-amd64', 'linux/amd64');
      registry.image('a/app:v1-arm64', 'linux/arm64', { salt: 'newer' });
    },
    codes: ['LZ1306'],
    fix: /index add --push --replace r\.test\/a\/app:v1 r\.test\/a\/app:v1-arm64$/,
    says: /The tag v1-arm64 names another image/,
  },
  {
    name: 'a text that is no reference',
    image: 'r.test/Team/App:v1',
    seed: () => undefined,
    codes: ['LZ1008'],
    fix: /use r\.test\/team\/app:v1/,
  },
];

describe('what is found about an image', () => {
  it.each(cases)(
    '$name',
    async ({ seed, image = 'r.test/a/app:v1', platforms, codes, says, fix }) => {
      const pinned = seed();
      const findings = await judge(
        image.replace('PINNED', typeof pinned === 'string' ? pinned : ''),
        platforms,
      );
      expect(findings.map(({ code }) => code)).toEqual(codes);
      if (says) expect(findings[0]?.message).toMatch(says);
      if (fix) expect(findings[0]?.fix).toMatch(fix);
    },
  );
});

describe('registries that misbehave', () => {
  const answers: [string, string, number, Record<string, string>, string][] = [
    [
      'credentials are wanted',
      'LZ1003',
      401,
      {},
      '{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}',
    ],
    [
      'the pull is refused',
      'LZ1004',
      403,
      {},
      '{"errors":[{"code":"DENIED","message":"no access"}]}',
    ],
    ['a web page', 'LZ1006', 200, { 'content-type': 'text/html' }, '<html>'],
    ['not JSON', 'LZ1006', 200, { 'content-type': MEDIA_TYPE.ociIndex }, '{"schemaVersion":2,'],
    [
      'other content than the digest',
      'LZ1006',
      200,
      { 'docker-content-digest': `sha256:${'0'.repeat(64)}` },
      '{}',
    ],
    ['a redirect loop', 'LZ1006', 307, { location: '/v2/a/app/manifests/v1' }, ''],
    ['no more requests, for long', 'LZ1007', 429, { 'retry-after': '3600' }, '{}'],
    [
      'no repository',
      'LZ1002',
      404,
      {},
      '{"errors":[{"code":"NAME_UNKNOWN","message":"not known"}]}',
    ],
  ];

  it.each(answers)('%s: %s', async (_name, code, status, headers, body) => {
    registry.memory.intercept = (_request, response) => {
      response.writeHead(status, headers).end(body);
      return true;
    };
    const findings = await judge('r.test/a/app:v1');
    expect(findings.map((one) => one.code)).toEqual([code]);
  });

  it('an index that leads to itself is told, after few requests', async () => {
    // The digest of what is asked for can't be its own, so a lying registry answers any digest with an index.
    let served = 0;
    registry.memory.intercept = (request, response) => {
      if (!request.url?.includes('/manifests/')) return false;
      served++;
      const digest = `sha256:${String(served % 10).repeat(64)}`;
      const entry = { mediaType: MEDIA_TYPE.ociIndex, digest, size: 10 };
      response
        .writeHead(200, { 'content-type': MEDIA_TYPE.ociIndex })
        .end(JSON.stringify({ schemaVersion: 2, manifests: [entry] }));
      return true;
    };
    const findings = await judge('r.test/a/app:v1');
    expect(findings.map(({ code }) => code)).toEqual(['LZ1006']);
    expect(served).toBeLessThan(5);
  });

  it('deep indexes are told', async () => {
    let inner = registry.index('a/app:l0', ['linux/amd64']);
    for (let level = 1; level < 8; level++) {
      inner = registry.document(`a/app:l${level}`, MEDIA_TYPE.ociIndex, {
        schemaVersion: 2,
        manifests: [inner],
      });
    }
    const findings = await judge('r.test/a/app:l7');
    expect(findings.map(({ code }) => code)).toEqual(['LZ1010']);
  });

  it('a registry that says nothing is given up in time, and not asked again', async () => {
    registry.memory.intercept = () => true;
    const contents = ['r.test/a/app:v1', 'r.test/b/app:v1'].map((image) =>
      readImageReference(image, { platforms: undefined }),
    );
    const targets = contents.map((content, index) => ({
      ...{ name: `t${index}`, kinds: ['image' as const], files: 0, contents: content },
    }));
    const inspector = registry.inspector({ concurrency: 1, timeoutMs: 150 });
    const { findings } = await checkTargets(targets, inspector);
    expect(findings.map(({ code }) => code)).toEqual(['LZ1005', 'LZ1005']);
    expect(registry.memory.requests).toHaveLength(1);
  });

  it('an index of 10,000 entries is judged in bounded time', async () => {
    const manifests = Array.from({ length: 10_000 }, (_, index) => ({
      mediaType: MEDIA_TYPE.ociManifest,
      digest: `sha256:${index.toString(16).padStart(64, '0')}`,
      size: 100,
      platform: { os: 'linux', architecture: 's390x' },
    }));
    registry.document('a/app:v1', MEDIA_TYPE.ociIndex, { schemaVersion: 2, manifests });
    const started = performance.now();
    const findings = await judge('r.test/a/app:v1');
    expect(findings.map(({ code }) => code)).toEqual(['LZ1101', 'LZ1105']);
    expect(performance.now() - started).toBeLessThan(5000);
    expect(findings[1]?.evidence.join('').length).toBeLessThan(1000);
  });
});
