import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { image, openGround, toolsAreMissing, type Ground } from './ecosystem.js';
import { run } from './registry-command.js';
import { readTag } from './registry-reader.js';

/** The ways in which older documents have the manifest commands enabled. */
const ENABLED: [string, NodeJS.ProcessEnv, object][] = [
  ['as they are', {}, {}],
  ['with DOCKER_CLI_EXPERIMENTAL=enabled', { DOCKER_CLI_EXPERIMENTAL: 'enabled' }, {}],
  ['with "experimental": "enabled"', {}, { experimental: 'enabled' }],
];

describe.skipIf(toolsAreMissing(['docker']))('docker manifest', () => {
  let ground: Ground;
  beforeAll(async () => {
    ground = await openGround();
  });
  afterAll(() => ground.close());

  it.each(ENABLED)('creates, annotates, pushes and inspects %s', async (name, env, config) => {
    const directory = join(ground.directory, name.replaceAll(/\W/g, '-'));
    mkdirSync(directory);
    writeFileSync(join(directory, 'config.json'), JSON.stringify(config));
    const docker = (...argv: string[]): Promise<string> =>
      run('docker', ['--config', directory, 'manifest', ...argv], { env });
    const [first, second] = ground.samples.images;
    const index = ground.at(`list-${name.length}`);
    const sources = [ground.at(first!.tag), ground.at(second!.tag)];
    await docker('create', '--insecure', index, ...sources);
    await docker('annotate', index, sources[1]!, '--os-version', '1.2');
    const printed = (await docker('push', '--purge', '--insecure', index)).trim();
    const stored = await readTag(ground.server, 'app', `list-${name.length}`);
    expect(printed).toBe(stored.digest);
    expect(JSON.parse(await image('platforms', '--json', index))).toMatchObject([
      { digest: first!.manifest.digest },
      { digest: second!.manifest.digest, 'os.version': '1.2' },
    ]);
    await expect(docker('push', '--insecure', index)).rejects.toThrow(/No such manifest/);
  });

  it('inspects what we made', async () => {
    const index = ground.at('ours');
    const { images } = ground.samples;
    await image('index', 'create', '--push', index, ...images.map(({ tag }) => ground.at(tag)));
    const argv = ['--config', ground.directory, 'manifest', 'inspect', '--insecure', index];
    const { manifests } = JSON.parse(await run('docker', argv)) as { manifests: object[] };
    expect(manifests).toMatchObject(images.map(({ manifest: { digest } }) => ({ digest })));
  });
});
