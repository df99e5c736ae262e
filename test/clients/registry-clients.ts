import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTool } from './registry-command.js';
import { readArtifacts, readTag, tagExists } from './registry-reader.js';
import {
  ARTIFACT_TYPE,
  DOCUMENT,
  writeSamples,
  type SampleImage,
  type Samples,
} from './registry-samples.js';
import {
  startAzureShaped,
  startStandalone,
  type Credentials,
  type RegistryServer,
} from './registry-server.js';

/** A client that people have, and what it does with images. */
export interface StockClient {
  name: string;
  /** Programs that must be installed. */
  programs: readonly string[];
  /** Whether it pushes the very bytes it was given; others compress and describe layers anew. */
  keepsBytes: boolean;
  /** For clients that let a daemon do the work; one serves a whole suite. */
  startDaemon?(directory: string): Promise<Daemon>;
  open(context: ClientContext): Promise<ClientSession>;
  /** Registries that it can talk to; both when left out. */
  servers?: readonly ServerKind[];
}

export interface Daemon {
  address: string;
  close(): Promise<void>;
}

export interface ClientContext {
  server: RegistryServer;
  samples: Samples;
  credentials: Credentials;
  /** A `config.json` as `docker login` writes it, holding the credentials. */
  authFile: string;
  /** Empty, for the client alone. */
  directory: string;
  /** Of the daemon, if the client has one. */
  daemon: string;
}

/** What every client can do. Each operation rejects when the client says that it failed. */
export interface ClientSession {
  pushImage(image: SampleImage, reference: string): Promise<void>;
  /** Pushes the images of all platforms under one tag. */
  pushIndex(reference: string): Promise<void>;
  /**
   * Pulls what a tag or a digest names, all platforms of it.
   *
   * @returns what the client then holds: digests of manifests and blobs, or the diff ids of layers
   */
  pull(reference: string, images: readonly SampleImage[]): Promise<readonly string[]>;
  /** Pushes the document about an image, which `subject` names; undefined for clients that cannot. */
  pushArtifact?(subject: string): Promise<void>;
  /** For clients whose `pull` unpacks; what it returns is the same. */
  pullArtifact?(reference: string): Promise<readonly string[]>;
  /** What the client says when asked what refers to an image. */
  listReferrers?(subject: string): Promise<string>;
  close?(): Promise<void>;
}

type ServerKind = 'azure-shaped over HTTP' | 'standalone over HTTPS';

const START: Record<ServerKind, () => Promise<RegistryServer>> = {
  'azure-shaped over HTTP': startAzureShaped,
  'standalone over HTTPS': () =>
    startStandalone({ tls: true, credentials: { username: 'me', password: 'correct horse' } }),
};
const EVERY_SERVER: readonly ServerKind[] = ['azure-shaped over HTTP', 'standalone over HTTPS'];
const REFUSED = /unauthorized|authentication|denied|\b401\b/i;

/** What a registry owes each client: the suites differ in nothing but the client. */
export function describeRegistryClient(client: StockClient): void {
  const missing = client.programs.filter((program) => findTool(program) === undefined);
  if (missing.length > 0 && process.env['LAZURITE_REQUIRE_CLIENTS'] === '1') {
    throw new Error(`LAZURITE_REQUIRE_CLIENTS=1, but there is no ${missing.join(', no ')}`);
  }
  describe.skipIf(missing.length > 0)(client.name, () => {
    let directory: string;
    let samples: Samples;
    let daemon: Daemon | undefined;
    beforeAll(async () => {
      // Short, for the sockets below it; in lower case, for clients that read it as an image's name.
      directory = join(tmpdir(), `lzc-${randomBytes(4).toString('hex')}`);
      mkdirSync(directory);
      samples = await writeSamples(directory);
      daemon = await client.startDaemon?.(directory);
    });
    afterAll(async () => {
      await daemon?.close();
      rmSync(directory, { recursive: true, force: true });
    });
    describe.each(client.servers ?? EVERY_SERVER)('%s', (kind) => {
      describeAgainst(client, START[kind], () => ({
        samples,
        directory: join(directory, kind.split(' ')[0]!),
        daemon: daemon?.address ?? '',
      }));
    });
  });
}

type Ground = Pick<ClientContext, 'samples' | 'directory' | 'daemon'>;

function describeAgainst(
  client: StockClient,
  start: () => Promise<RegistryServer>,
  ground: () => Ground,
): void {
  let server: RegistryServer;
  let session: ClientSession;
  let samples: Samples;
  const at = (path: string): string => `${server.address}/${path}`;

  beforeAll(async () => {
    server = await start();
    ({ samples } = ground());
    session = await client.open(contextOf(server, ground(), server.credentials!, 'right'));
  });
  afterAll(async () => {
    await session.close?.();
    await server.close();
  });

  it('pushes and pulls an image of one platform', async () => {
    const image = samples.images[0]!;
    await session.pushImage(image, at('team/one:v1'));
    const stored = await readTag(server, 'team/one', 'v1');
    expect(stored.platforms).toEqual(['linux/amd64']);
    expect(stored.diffIds).toEqual([image.diffId]);
    if (client.keepsBytes) expect(stored.digest).toBe(image.manifest.digest);
    const held = await session.pull(at('team/one:v1'), [image]);
    expect(
      stored.digests.every((digest) => held.includes(digest)) || held.includes(image.diffId),
    ).toBe(true);
  });

  it('pushes and pulls an image of three platforms', async () => {
    await session.pushIndex(at('team/many:v1'));
    const stored = await readTag(server, 'team/many', 'v1');
    expect(stored.platforms.toSorted()).toEqual(['linux/amd64', 'linux/arm', 'linux/arm64']);
    const diffIds = samples.images.map(({ diffId }) => diffId);
    expect(stored.diffIds.toSorted()).toEqual(diffIds.toSorted());
    if (client.keepsBytes) expect(stored.digest).toBe(samples.index.digest);
    const held = await session.pull(at('team/many:v1'), samples.images);
    expect(
      stored.digests.every((digest) => held.includes(digest)) ||
        diffIds.every((diffId) => held.includes(diffId)),
    ).toBe(true);
  });

  it('pushes an artifact that refers to an image, finds it and pulls it', async (test) => {
    if (session.pushArtifact === undefined) return test.skip(`${client.name} has no such command`);
    await session.pushImage(samples.images[0]!, at('team/signed:v1'));
    const { digest } = await readTag(server, 'team/signed', 'v1');
    await session.pushArtifact(at('team/signed:v1'));
    const [artifact, ...others] = await readArtifacts(server, 'team/signed', digest);
    expect(others).toEqual([]);
    expect(artifact).toMatchObject({ artifactType: ARTIFACT_TYPE, contents: [DOCUMENT] });
    const listed = await session.listReferrers?.(at('team/signed:v1'));
    if (listed !== undefined) expect(listed).toContain(artifact!.digest);
    const reference = at(`team/signed@${artifact!.digest}`);
    const held = await (session.pullArtifact?.(reference) ?? session.pull(reference, []));
    expect(held).toContain(artifact!.digest);
  });

  it('is refused with a wrong password, and says so', async () => {
    const wrong = { ...server.credentials!, password: 'wrong' };
    const intruder = await client.open(contextOf(server, ground(), wrong, 'wrong'));
    try {
      const image = samples.images[0]!;
      await expect(intruder.pull(at('team/one:v1'), [image])).rejects.toThrow(REFUSED);
      await expect(intruder.pushImage(image, at('team/one:stolen'))).rejects.toThrow(REFUSED);
      expect(await tagExists(server, 'team/one', 'stolen')).toBe(false);
    } finally {
      await intruder.close?.();
    }
  });

  it('says what is missing when a tag does not exist', async () => {
    const image = samples.images[0]!;
    await expect(session.pull(at('team/one:missing'), [image])).rejects.toThrow(
      /manifest.*unknown|not found|404/i,
    );
  });
}

function contextOf(
  server: RegistryServer,
  ground: Ground,
  credentials: Credentials,
  name: string,
): ClientContext {
  const directory = join(ground.directory, name);
  mkdirSync(directory, { recursive: true });
  const login = `${credentials.username}:${credentials.password}`;
  const auths = { [server.address]: { auth: Buffer.from(login).toString('base64') } };
  const authFile = join(directory, 'config.json');
  writeFileSync(authFile, JSON.stringify({ auths }));
  return { server, ...ground, credentials, authFile, directory };
}
