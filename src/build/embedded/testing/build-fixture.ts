import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import tar from 'tar-stream';
import { systemClock } from '../../../base/clock.js';
import { parseImageConfig, type ImageConfig } from '../../../oci/image-config.js';
import { parseManifest } from '../../../oci/manifest.js';
import { createRegistryClient } from '../../../remote/client.js';
import { LayoutContent } from '../../../image/layout/layout-content.js';
import { directoryFiles } from '../../../image/layout/layout-files.js';
import { pushImage } from '../../../image/testing/push-image.js';
import type { Reference } from '../../../oci/reference.js';
import type { RegistryClient } from '../../../remote/registry-client.js';
import type { ContainerRuntime } from '../../../runtime/runtime.js';
import { BuildError, type BaseImageUse, type BuildRequest } from '../../image-builder.js';
import { createEmbeddedBuilder } from '../embedded-builder.js';
import { decompress } from '../tree/layer-reader.js';

/** File contents by path; `-> target` makes a link, a trailing slash a directory. */
export type ContextFiles = Record<string, string | Buffer>;

export interface BuildOutcome {
  log: string[];
  /** `mode owner path` and, for files, their content, in layer order. */
  layers: string[][];
  config: ImageConfig;
  digest: string;
  mediaTypes: string[];
  annotations: Record<string, string> | undefined;
}

/** A builder in a directory of its own. */
export class BuildFixture {
  readonly directory: string;
  /** Where each image that is built goes, when set. */
  pushTo: Reference | undefined;
  lastBases: BaseImageUse[] = [];
  readonly #client: RegistryClient;
  readonly #runtime: ContainerRuntime | undefined;

  private constructor(directory: string, client?: RegistryClient, runtime?: ContainerRuntime) {
    this.directory = directory;
    this.#client =
      client ??
      createRegistryClient({ resolveEndpoint: () => ({ baseUrl: 'http://127.0.0.1:1' }) });
    this.#runtime = runtime;
  }

  static async create(
    options: { client?: RegistryClient; runtime?: ContainerRuntime } = {},
  ): Promise<BuildFixture> {
    const directory = await mkdtemp(path.join(tmpdir(), 'lazurite-build-'));
    return new BuildFixture(directory, options.client, options.runtime);
  }

  async build(
    dockerfile: string,
    files: ContextFiles = {},
    request: Partial<BuildRequest> = {},
    signal?: AbortSignal,
  ): Promise<BuildOutcome> {
    const contextDirectory = path.join(this.directory, 'context');
    await rm(contextDirectory, { recursive: true, force: true });
    await writeContext(contextDirectory, { Dockerfile: dockerfile, ...files });
    const log: string[] = [];
    const runtime = this.#runtime;
    const builder = createEmbeddedBuilder({
      stateDirectory: path.join(this.directory, 'state'),
      registryClient: this.#client,
      clock: systemClock,
      ...(runtime && { runtime: () => Promise.resolve(runtime) }),
    });
    const whole: BuildRequest = {
      contextDirectory,
      dockerfile: 'Dockerfile',
      buildArgs: new Map(),
      platform: { os: 'linux', architecture: 'amd64' },
      credentialsFor: () => undefined,
      log: (line) => log.push(line),
      sourceDateEpoch: 1_000_000,
      ...request,
    };
    try {
      const built = await builder.build(whole, signal);
      if (this.pushTo) {
        await pushImage(this.#client, built.layoutDirectory, built.manifest, this.pushTo);
      }
      this.lastBases = built.baseImages ?? [];
      return { log, ...(await readImage(built.layoutDirectory)) };
    } finally {
      await builder.close();
    }
  }

  /** The message of the build's failure. */
  async failure(
    dockerfile: string,
    files: ContextFiles = {},
    request: Partial<BuildRequest> = {},
  ): Promise<BuildError> {
    try {
      await this.build(dockerfile, files, request);
    } catch (error) {
      if (error instanceof BuildError) return error;
      throw error;
    }
    throw new Error('the build succeeded');
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}

async function writeContext(directory: string, files: ContextFiles): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(directory, name);
    await mkdir(name.endsWith('/') ? file : path.dirname(file), { recursive: true });
    if (name.endsWith('/')) continue;
    const link = typeof content === 'string' && content.startsWith('-> ');
    if (link) await symlink(content.slice(3), file);
    else await writeFile(file, content);
  }
}

async function readImage(directory: string): Promise<Omit<BuildOutcome, 'log'>> {
  const layout = await LayoutContent.open(directoryFiles(directory));
  const [root] = await layout.readIndex();
  if (root === undefined) throw new Error('the layout is empty');
  const parsed = parseManifest(await buffer(layout.openBlob(root)), root.mediaType);
  if (parsed.kind !== 'image') throw new Error('not an image');
  const config = parseImageConfig(await buffer(layout.openBlob(parsed.manifest.config)));
  const layers: string[][] = [];
  for (const layer of parsed.manifest.layers) {
    const plain = await decompress(layout.openBlob(layer));
    layers.push(await listTar(await buffer(plain)));
  }
  const { annotations } = parsed.manifest;
  const mediaTypes = parsed.manifest.layers.map(({ mediaType }) => mediaType);
  return { layers, config, digest: root.digest, mediaTypes, annotations };
}

export async function listTar(bytes: Buffer): Promise<string[]> {
  const extract = tar.extract();
  extract.end(bytes);
  const lines: string[] = [];
  for await (const entry of extract) {
    const { name, mode, uid, gid, type, linkname } = entry.header;
    const chunks: Buffer[] = [];
    for await (const chunk of entry) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    const content = Buffer.concat(chunks).toString();
    const target = type === 'symlink' || type === 'link' ? ` -> ${linkname}` : '';
    const shown = type === 'file' && content ? ` = ${content}` : '';
    lines.push(`${mode.toString(8)} ${uid}:${gid} ${name}${target}${shown}`);
  }
  return lines;
}

/** A tar with the given files. */
export async function makeTar(
  entries: {
    name: string;
    content?: string;
    type?: 'file' | 'symlink' | 'directory' | 'link';
    linkname?: string;
    mode?: number;
  }[],
): Promise<Buffer> {
  const pack = tar.pack();
  for (const { content = '', ...header } of entries) {
    pack.entry({ type: 'file', mtime: new Date(0), ...header }, content);
  }
  pack.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of pack) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
