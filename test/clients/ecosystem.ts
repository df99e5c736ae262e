import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lazurite } from '../support/lazurite-command.js';
import { findTool } from './registry-command.js';
import { readTag } from './registry-reader.js';
import { writeSamples, type SampleImage, type Samples } from './registry-samples.js';
import { startStandalone, type RegistryServer } from './registry-server.js';

/** A tool that makes indexes, reads them, or both. */
export interface IndexTool {
  name: string;
  /** Programs that must be installed. */
  programs: readonly string[];
  open(context: IndexToolContext): Promise<IndexToolSession> | IndexToolSession;
}

export interface IndexToolContext {
  server: RegistryServer;
  samples: Samples;
  /** Empty, for the tool alone. */
  directory: string;
}

/** What the tool can do; what it cannot is left out. Each operation rejects when the tool says that it failed. */
export interface IndexToolSession {
  /** Pushes an index of images that are in the registry. */
  create?(index: string, images: readonly string[]): Promise<void>;
  /** Adds an image to an index that is in the registry. */
  add?(index: string, image: string): Promise<void>;
  /** Takes an entry out of an index that is in the registry. */
  remove?(index: string, digest: string): Promise<void>;
  /** Copies an index with all its images. */
  copy?(from: string, to: string): Promise<void>;
  /** The digest of what the tool takes for a platform. */
  choose(index: string, image: SampleImage): Promise<string>;
  close?(): Promise<void>;
}

/** `lazurite image …` that must succeed. @returns what it printed */
export async function image(...argv: string[]): Promise<string> {
  const { LAZURITE_HOME: home } = drafts;
  const result = await lazurite(['image', ...argv], { env: { LAZURITE_HOME: home } });
  if (result.code !== 0) throw new Error(`image ${argv.join(' ')}: ${result.stderr}`);
  return result.stdout;
}

/** Of drafts: one folder a test process. */
const drafts = { LAZURITE_HOME: '' };

/** A registry with one tag for each sample image: `REGISTRY/app:amd64` and so on. */
export interface Ground extends IndexToolContext {
  /** `at('v1')` is `localhost:PORT/app:v1` */
  at(tag: string): string;
  close(): Promise<void>;
}

export async function openGround(): Promise<Ground> {
  // In lower case, for clients that read it as an image's name.
  const directory = join(tmpdir(), `lze-${randomBytes(4).toString('hex')}`);
  mkdirSync(directory);
  drafts.LAZURITE_HOME = join(directory, 'home');
  const samples = await writeSamples(directory);
  const server = await startStandalone({ tls: false });
  const at = (tag: string): string => `${server.address}/app:${tag}`;
  for (const { tag } of samples.images)
    await image('copy', `oci:${samples.layout}:${tag}`, at(tag));
  return {
    ...{ server, samples, directory, at },
    async close() {
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Whether a suite runs here; a missing program is an error where clients are required. */
export function toolsAreMissing(programs: readonly string[]): boolean {
  const missing = programs.filter((program) => findTool(program) === undefined);
  if (missing.length > 0 && process.env['LAZURITE_REQUIRE_CLIENTS'] === '1') {
    throw new Error(`LAZURITE_REQUIRE_CLIENTS=1, but there is no ${missing.join(', no ')}`);
  }
  return missing.length > 0;
}

/** What tools and we owe each other: the same digests, whoever made the index. */
export function describeIndexTool(tool: IndexTool): void {
  describe.skipIf(toolsAreMissing(tool.programs))(`${tool.name} and indexes`, () => {
    let ground: Ground;
    let session: IndexToolSession;
    let two: SampleImage[];
    const refer = (images: readonly SampleImage[]): string[] =>
      images.map(({ tag }) => ground.at(tag));
    const digests = (images: readonly SampleImage[]): string[] =>
      images.map(({ manifest }) => manifest.digest).toSorted();

    /** What the registry has under a tag, read without any client's help and by our own command. */
    const stored = async (tag: string): Promise<string[]> => {
      const plain = await readTag(ground.server, 'app', tag);
      const listed = JSON.parse(await image('platforms', '--json', ground.at(tag))) as {
        digest: string;
      }[];
      const found = listed.map(({ digest }) => digest).toSorted();
      expect(plain.digests).toEqual(expect.arrayContaining(found));
      return found;
    };

    beforeAll(async () => {
      ground = await openGround();
      two = ground.samples.images.slice(0, 2);
      const directory = join(ground.directory, 'tool');
      mkdirSync(directory);
      session = await tool.open({ ...ground, directory });
    });
    afterAll(async () => {
      await session.close?.();
      await ground.close();
    });

    it('reads what we made', async () => {
      await image('index', 'create', '--push', ground.at('ours'), ...refer(ground.samples.images));
      for (const one of ground.samples.images) {
        expect(await session.choose(ground.at('ours'), one)).toBe(one.manifest.digest);
      }
    });

    it('makes what we read', async (test) => {
      if (!session.create) return test.skip(`${tool.name} makes no indexes`);
      await session.create(ground.at('theirs'), refer(two));
      expect(await stored('theirs')).toEqual(digests(two));
      for (const one of two) {
        expect(await session.choose(ground.at('theirs'), one)).toBe(one.manifest.digest);
      }
    });

    it('adds to what we made, and takes out of it', async (test) => {
      if (!session.add) return test.skip(`${tool.name} adds to no index in a registry`);
      await image('index', 'create', '--push', ground.at('added'), ...refer(two));
      await session.add(ground.at('added'), refer(ground.samples.images).at(-1)!);
      expect(await stored('added')).toEqual(digests(ground.samples.images));
      if (!session.remove) return;
      await session.remove(ground.at('added'), two[0]!.manifest.digest);
      expect(await stored('added')).toEqual(digests(ground.samples.images.slice(1)));
    });

    it('leaves what we add to and take out of', async (test) => {
      if (!session.create) return test.skip(`${tool.name} makes no indexes`);
      const [first, second, third] = ground.samples.images;
      await session.create(ground.at('edited'), refer([first!, second!]));
      await image('index', 'add', '--push', ground.at('edited'), ground.at(third!.tag));
      await image('index', 'remove', '--push', ground.at('edited'), first!.manifest.digest);
      expect(await stored('edited')).toEqual(digests([second!, third!]));
      expect(await session.choose(ground.at('edited'), third!)).toBe(third!.manifest.digest);
    });

    it('copies what we made, to the byte', async (test) => {
      if (!session.copy) return test.skip(`${tool.name} copies no indexes`);
      await image(
        'index',
        'create',
        '--push',
        ground.at('source'),
        ...refer(ground.samples.images),
      );
      const target = `${ground.server.address}/copied:v1`;
      await session.copy(ground.at('source'), target);
      const [from, to] = [
        await readTag(ground.server, 'app', 'source'),
        await readTag(ground.server, 'copied', 'v1'),
      ];
      expect(to).toEqual(from);
    });
  });
}
