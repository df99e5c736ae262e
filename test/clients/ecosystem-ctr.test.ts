import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostPlatform } from '../../src/oci/platform/host.js';
import { image, openGround, toolsAreMissing, type Ground } from './ecosystem.js';
import { run } from './registry-command.js';
import { pullAsKubelet, startContainerd, startNode, writeHosts } from './registry-containerd.js';
import { readTag } from './registry-reader.js';
import { startRequestLog } from './request-log.js';

const own = hostPlatform().architecture;

/** What a node asks for, and the architecture that it then must get. */
const PULLS: [string, string[], string][] = [
  ['its own platform', [], own],
  ['linux/amd64', ['--platform', 'linux/amd64'], 'amd64'],
  ['linux/arm64', ['--platform', 'linux/arm64'], 'arm64'],
  ['linux/arm/v7', ['--platform', 'linux/arm/v7'], 'arm'],
];

describe.skipIf(toolsAreMissing(['containerd', 'ctr']))('containerd on a node', () => {
  let ground: Ground;
  let index: string;
  beforeAll(async () => {
    ground = await openGround();
    const { images } = ground.samples;
    await image(
      'index',
      'create',
      '--push',
      ground.at('v1'),
      ...images.map((i) => ground.at(i.tag)),
    );
    index = (await readTag(ground.server, 'app', 'v1')).digest;
  });
  afterAll(() => ground.close());

  const childOf = (architecture: string): string[] =>
    ground.samples.images.find(({ platform }) => platform.architecture === architecture)!.digests;

  it.each(PULLS)('ctr fetches the child for %s and nothing else', async (name, wanted, child) => {
    const directory = join(ground.directory, name.replaceAll(/\W/g, '-'));
    mkdirSync(directory);
    const log = await startRequestLog(ground.server);
    const daemon = await startContainerd(directory);
    try {
      const ctr = (...argv: string[]): Promise<string> =>
        run('ctr', ['--address', daemon.address, ...argv]);
      const hosts = ['--hosts-dir', writeHosts(directory, { ...log, certificates: undefined })];
      const reference = `${log.address}/app:v1`;
      await ctr('images', 'pull', ...hosts, ...wanted, '--snapshotter', 'native', reference);
      const expected = [index, ...childOf(child)].toSorted();
      expect(log.fetchedDigests()).toEqual(expected);
      const held = (await ctr('content', 'ls', '--quiet')).trim().split('\n');
      expect(held.toSorted()).toEqual(expected);
    } finally {
      await daemon.close();
      await log.close();
    }
  });

  it('kubelet gets the child for the node and nothing else', async () => {
    const directory = join(ground.directory, 'node');
    mkdirSync(directory);
    const log = await startRequestLog(ground.server);
    const node = await startNode(
      directory,
      writeHosts(directory, { ...log, certificates: undefined }),
    );
    try {
      await pullAsKubelet(node, `${log.address}/app:v1`);
      expect(log.fetchedDigests()).toEqual([index, ...childOf(own)].toSorted());
    } finally {
      await node.close();
      await log.close();
    }
  });
});
