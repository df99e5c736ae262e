import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatPlatform, parsePlatform } from '../../src/oci/platform.js';
import { hostPlatform } from '../../src/oci/platform/host.js';
import { NO_MATCH_TEXT } from '../../src/oci/platform/no-match.js';
import { storage } from './ecosystem-containers-tool.js';
import { image, openGround, toolsAreMissing, type Ground } from './ecosystem.js';
import { run } from './registry-command.js';
import { pullAsKubelet, startNode, writeHosts } from './registry-containerd.js';
import { startDockerd } from './registry-docker-daemon.js';
import { readTag } from './registry-reader.js';

const HOST = hostPlatform();
/** Another platform than this machine's. */
const WANTED = parsePlatform(HOST.architecture === 'arm64' ? 'linux/amd64' : 'linux/arm64')!;
const PLATFORM = ['--platform', formatPlatform(WANTED)];

/** A tool that is asked for a platform that an index does not have. */
interface Speaker {
  name: string;
  program: string;
  text: keyof typeof NO_MATCH_TEXT;
  /** `directory` is empty, for the tool alone. */
  argv(reference: string, directory: string): string[];
  env?(reference: string, directory: string): NodeJS.ProcessEnv;
  /** How versions before the one that the catalogue quotes say it. */
  older?(text: string): string;
}

/** skopeo 1.9, podman 4.3 and buildah 1.28 write no quotes around plain words. */
const unquoted = (text: string): string => text.replaceAll(/"(\w+)"/g, '$1');
const INSECURE = '--tls-verify=false';
const skopeo: Omit<Speaker, 'name' | 'text'> = {
  program: 'skopeo',
  older: unquoted,
  argv: (reference) => [
    ...[`--override-os=${WANTED.os}`, `--override-arch=${WANTED.architecture}`],
    ...['inspect', INSECURE, `docker://${reference}`],
  ],
};

const SPEAKERS: Speaker[] = [
  { name: 'skopeo', text: 'skopeoIndex', ...skopeo },
  {
    ...{ name: 'podman', program: 'podman', text: 'skopeoIndex', older: unquoted },
    argv: (reference, directory) => [
      ...[...storage(directory), '--tmpdir', join(directory, 'tmp')],
      ...['pull', INSECURE, ...PLATFORM, reference],
    ],
  },
  {
    ...{ name: 'buildah', program: 'buildah', text: 'skopeoIndex', older: unquoted },
    argv: (reference, at) => [...storage(at), 'pull', INSECURE, ...PLATFORM, reference],
  },
  {
    ...{ name: 'crane', program: 'crane', text: 'crane' },
    argv: (reference, directory) => ['pull', ...PLATFORM, reference, join(directory, 'image.tar')],
  },
  {
    ...{ name: 'oras', program: 'oras', text: 'oras' },
    argv: (reference) => ['manifest', 'fetch', '--plain-http', ...PLATFORM, reference],
  },
  {
    ...{ name: 'regctl', program: 'regctl', text: 'regctl' },
    argv: (reference) => ['manifest', 'head', ...PLATFORM, reference],
    env(reference, directory) {
      const config = join(directory, 'regctl.json');
      const hosts = { [reference.split('/')[0]!]: { tls: 'disabled' } };
      writeFileSync(config, JSON.stringify({ hosts }));
      return { REGCTL_CONFIG: config };
    },
  },
  {
    ...{ name: 'buildx imagetools', program: 'docker-buildx', text: 'imagetools' },
    argv: (reference) => [
      ...['imagetools', 'create', ...PLATFORM, '--tag', `${reference}-chosen`, reference],
    ],
    env: (_reference, directory) => ({ BUILDX_CONFIG: directory }),
  },
];

let ground: Ground;
const emptyFolder = (): string => mkdtempSync(join(ground.directory, 'tool-'));
const imageFor = ({ architecture }: typeof HOST): string =>
  ground.at(ground.samples.images.find((one) => one.platform.architecture === architecture)!.tag);

beforeAll(async () => {
  ground = await openGround();
  await image('index', 'create', '--push', ground.at('host-only'), imageFor(HOST));
  await image('index', 'create', '--push', ground.at('foreign-only'), imageFor(WANTED));
});
afterAll(() => ground.close());

/** What the tool must say of a tag, by the catalogue. */
async function expectWords(speaker: Speaker, tag: string): Promise<void> {
  const reference = ground.at(tag);
  const { digest } = await readTag(ground.server, 'app', tag);
  const text = NO_MATCH_TEXT[speaker.text]({ wanted: WANTED, reference, digest });
  const directory = emptyFolder();
  const env = speaker.env?.(reference, directory) ?? {};
  const said = await run(speaker.program, speaker.argv(reference, directory), { env }).then(
    () => 'it did not fail',
    (error: unknown) => String(error).replaceAll('\\"', '"'),
  );
  const known = [text, ...(speaker.older ? [speaker.older(text)] : [])];
  expect(
    known.find((one) => said.includes(one)),
    said,
  ).toBeDefined();
}

describe('what the catalogue says that tools say', () => {
  for (const speaker of SPEAKERS) {
    it.skipIf(toolsAreMissing([speaker.program]))(`${speaker.name} says`, () =>
      expectWords(speaker, 'host-only'),
    );
  }

  it.skipIf(toolsAreMissing(['skopeo']))('skopeo says of a Docker manifest list', async () => {
    const access = ['--src-tls-verify=false', '--dest-tls-verify=false'];
    const [from, to] = [`docker://${imageFor(HOST)}`, `docker://${ground.at('docker-format')}`];
    await run('skopeo', ['copy', '--format', 'v2s2', ...access, from, to]);
    const list = ['--format', 'docker', ground.at('list'), ground.at('docker-format')];
    await image('index', 'create', '--push', ...list);
    await expectWords({ name: 'skopeo', text: 'skopeoList', ...skopeo }, 'list');
  });

  it.skipIf(toolsAreMissing(['containerd', 'ctr']))(
    'containerd tells kubelet and ctr',
    async () => {
      const directory = emptyFolder();
      const hosts = writeHosts(directory, ground.server);
      const node = await startNode(directory, hosts);
      const reference = ground.at('foreign-only');
      const { digest } = await readTag(ground.server, 'app', 'foreign-only');
      const missing = { wanted: HOST, reference, digest };
      const pull = ['images', 'pull', '--hosts-dir', hosts, '--snapshotter', 'native', reference];
      try {
        await expect(pullAsKubelet(node, reference)).rejects.toThrow(
          `failed to pull and unpack image "${reference}": ${NO_MATCH_TEXT.containerd(missing)}`,
        );
        await expect(run('ctr', ['--address', node.address, ...pull])).rejects.toThrow(
          NO_MATCH_TEXT.ctr(missing),
        );
      } finally {
        await node.close();
      }
    },
  );
});

describe.skipIf(toolsAreMissing(['dockerd', 'docker']))('docker', () => {
  let docker: (...argv: string[]) => Promise<string>;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const directory = emptyFolder();
    const daemon = await startDockerd(directory);
    ({ close } = daemon);
    docker = (...argv) => run('docker', ['--config', directory, '--host', daemon.address, ...argv]);
  });
  afterAll(() => close());

  it('says which platform an index lacks, and pulls it once it is added', async () => {
    const reference = ground.at('repaired');
    await image('index', 'create', '--push', reference, imageFor(HOST));
    const pull = (): Promise<string> => docker('pull', ...PLATFORM, reference);
    await expect(pull()).rejects.toThrow(NO_MATCH_TEXT.docker({ wanted: WANTED, reference }));
    await image('index', 'add', '--push', reference, imageFor(WANTED));
    await pull();
    const format = ['--format', '{{.Os}}/{{.Architecture}}'];
    expect((await docker('image', 'inspect', ...format, reference)).trim()).toBe(PLATFORM[1]);
  });

  it('says so of its own platform, too', async () => {
    const reference = ground.at('repaired-host');
    await image('index', 'create', '--push', reference, imageFor(WANTED));
    const text = NO_MATCH_TEXT.dockerHost({ wanted: HOST, reference });
    await expect(docker('pull', reference)).rejects.toThrow(text);
    await image('index', 'add', '--push', reference, imageFor(HOST));
    await docker('pull', reference);
    const format = ['--format', '{{.Architecture}}'];
    expect((await docker('image', 'inspect', ...format, reference)).trim()).toBe(HOST.architecture);
  });

  it('says that an image is there for another platform', async () => {
    const reference = ground.at('foreign-only');
    await docker('pull', ...PLATFORM, reference);
    const missing = { wanted: HOST, reference };
    const own = ['--pull', 'never', '--platform', formatPlatform(HOST)];
    const said = await docker('run', '--rm', ...own, reference).catch(String);
    const text = NO_MATCH_TEXT.dockerRun(missing);
    const older = `image with reference ${reference} was found but does not match the specified platform: wanted ${formatPlatform(HOST)}, actual: ${formatPlatform(WANTED)}`;
    expect(
      [text, older].find((one) => said.includes(one)),
      said,
    ).toBeDefined();
  });
});
