import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBuildKit } from './build-worlds.js';
import { storage } from './ecosystem-containers-tool.js';
import { image, openGround, toolsAreMissing, type Ground } from './ecosystem.js';
import { run } from './registry-command.js';
import { readTag } from './registry-reader.js';

const PROGRAMS = fileURLToPath(new URL('../../workload/hello/bin/', import.meta.url));
const PLATFORMS = ['linux/amd64', 'linux/arm64'];
const DOCKERFILE = `FROM scratch
ARG TARGETARCH
COPY --chmod=755 hello-linux-$TARGETARCH /hello
ENTRYPOINT ["/hello"]
`;

let ground: Ground;
let context: string;
beforeAll(async () => {
  ground = await openGround();
  context = join(ground.directory, 'context');
  cpSync(PROGRAMS, context, { recursive: true });
  writeFileSync(join(context, 'Dockerfile'), DOCKERFILE);
});
afterAll(() => ground.close());

/** What was built is in the registry under the digest that the tool told, and right for each platform. */
async function expectBuilt(tag: string, digest: string): Promise<void> {
  expect((await readTag(ground.server, 'app', tag)).digest).toBe(digest);
  const listed = await image('platforms', '--json', ground.at(tag));
  const platforms = (JSON.parse(listed) as { platform: string }[]).map(({ platform }) => platform);
  expect(platforms.toSorted()).toEqual(PLATFORMS);
  await image('verify', '--platform', PLATFORMS.join(','), ground.at(tag));
}

it.skipIf(toolsAreMissing(['buildah']))('buildah build --manifest', async () => {
  const directory = join(ground.directory, 'buildah');
  mkdirSync(directory);
  const buildah = (...argv: string[]) => run('buildah', [...storage(directory), ...argv]);
  const platforms = ['--platform', PLATFORMS.join(',')];
  await buildah('build', '--isolation', 'chroot', ...platforms, '--manifest', 'built', context);
  const digestFile = join(directory, 'digest');
  const push = ['push', '--all', '--tls-verify=false', '--digestfile', digestFile];
  await buildah('manifest', ...push, 'built', `docker://${ground.at('buildah')}`);
  await expectBuilt('buildah', readFileSync(digestFile, 'utf8').trim());
});

describe.skipIf(toolsAreMissing(['docker-buildx', 'buildkitd', 'buildctl', 'runc']))(
  'buildx',
  () => {
    it('build --push', async () => {
      const directory = join(ground.directory, 'kit');
      mkdirSync(directory);
      const { instance, environment, close } = await startBuildKit(directory);
      try {
        const metadata = join(directory, 'metadata.json');
        const options = ['--builder', instance, '--platform', PLATFORMS.join(',')];
        const target = ['--tag', ground.at('buildx'), '--push', '--metadata-file', metadata];
        await run('docker-buildx', ['build', ...options, ...target, context], { env: environment });
        const told = JSON.parse(readFileSync(metadata, 'utf8')) as Record<string, string>;
        await expectBuilt('buildx', told['containerimage.digest']!);
      } finally {
        await close();
      }
    });
  },
);
