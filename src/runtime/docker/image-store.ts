import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { isJsonObject, textOf, type Json } from '../../base/json.js';
import { sharedWork } from '../../base/shared-work.js';
import { digestHex, type Digest } from '../../oci/digest.js';
import type { ImageSource, UnpackedImage } from '../runtime.js';
import { EngineError, type Engine } from './engine.js';
import { ForeignPrograms } from './foreign-programs.js';
import { imageArchive } from './image-archive.js';

/** No registry has such a host, so that nothing is ever pulled by this name. */
const REPOSITORY = 'lazurite.localhost/image';

/** What the engine calls an image that was loaded here. */
export function imageReference(manifestDigest: Digest): string {
  return `${REPOSITORY}:${digestHex(manifestDigest)}`;
}

/**
 * Images in the engine's own store, under names of Lazurite's. They are handed over as archives, so that the
 * engine needs to know no registry, no credentials and no certificate authority.
 */
export class ImageStore {
  readonly #engine: Engine;
  /** A note for each image; see `foreignPrograms`. */
  readonly #directory: string;
  readonly #work = sharedWork<UnpackedImage>();

  constructor(engine: Engine, directory: string) {
    this.#engine = engine;
    this.#directory = directory;
  }

  /** @throws LayerMismatchError, EngineError, or what reading the layers throws. */
  load(image: ImageSource, signal?: AbortSignal): Promise<UnpackedImage> {
    const load = (inner: AbortSignal): Promise<UnpackedImage> => this.#load(image, inner);
    return this.#work(image.manifestDigest, load, signal);
  }

  /**
   * Removes images that were last asked for before a time; the engine keeps those of its containers.
   *
   * @param keep in any case
   * @returns how many
   */
  async prune(before: Date, keep: Digest): Promise<number> {
    const kept = imageReference(keep);
    const query = { filters: JSON.stringify({ reference: [REPOSITORY] }) };
    const images = await this.#engine.call('GET', '/images/json', { query });
    const names = (Array.isArray(images) ? images : [])
      .filter(isJsonObject)
      .flatMap(({ RepoTags }) => (Array.isArray(RepoTags) ? RepoTags.map(textOf) : []))
      .filter((name) => name.startsWith(`${REPOSITORY}:`) && name !== kept);
    let removed = 0;
    for (const name of names) {
      const used = await stat(this.#noteFile(name)).catch(() => undefined);
      // Without a note it is another home's.
      if (used && used.mtime < before && (await this.#remove(name))) removed += 1;
    }
    return removed;
  }

  async #remove(name: string): Promise<boolean> {
    try {
      await this.#engine.call('DELETE', `/images/${name}`);
    } catch (error) {
      // 409: a container runs it; 404: someone was first
      if (error instanceof EngineError && [404, 409].includes(error.status)) return false;
      throw error;
    }
    await rm(this.#noteFile(name), { force: true });
    return true;
  }

  async #load(image: ImageSource, signal: AbortSignal): Promise<UnpackedImage> {
    const { manifestDigest, config, layers } = image;
    if (config.rootfs.diff_ids.length !== layers.length) {
      const diffIds = config.rootfs.diff_ids.length;
      throw new Error(
        `image ${manifestDigest} has ${layers.length} layers but ${diffIds} diff ids`,
      );
    }
    const reference = imageReference(manifestDigest);
    let foreign = await this.#note(reference);
    if (!foreign || !(await this.#engine.find(`/images/${reference}/json`))) {
      foreign = await this.#transfer(image, reference, signal);
    } else {
      const now = new Date();
      await utimes(this.#noteFile(reference), now, now); // see `prune`
    }
    return {
      manifestDigest,
      config,
      layerPaths: [],
      foreignPrograms: foreign,
      size: layers.reduce((sum, layer) => sum + layer.size, 0),
    };
  }

  async #transfer(
    image: ImageSource,
    reference: string,
    signal: AbortSignal,
  ): Promise<Map<string, string>> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const foreign = new ForeignPrograms(image.config);
    const scratchFile = `${this.#noteFile(reference)}.layer`;
    const upload = imageArchive(image, { reference, foreign, scratchFile, signal });
    const query = { quiet: '1' };
    const answer = await this.#engine.open('POST', '/images/load', { query, upload, signal });
    refuseFailedLoad(await text(answer));
    const note = this.#noteFile(reference);
    await writeFile(`${note}.new`, JSON.stringify([...foreign.found]));
    await rename(`${note}.new`, note);
    return foreign.found;
  }

  /** Written when an image is whole; undefined before. */
  async #note(reference: string): Promise<Map<string, string> | undefined> {
    try {
      const entries = JSON.parse(await readFile(this.#noteFile(reference), 'utf8')) as unknown;
      return new Map(entries as [string, string][]);
    } catch {
      return undefined; // not loaded from here yet, or the note is damaged: loading again mends both
    }
  }

  #noteFile(reference: string): string {
    return join(this.#directory, `${reference.slice(reference.lastIndexOf(':') + 1)}.json`);
  }
}

/** A load is answered with 200 before it is done; what went wrong is in the messages that follow. */
function refuseFailedLoad(messages: string): void {
  for (const line of messages.split('\n')) {
    if (!line.includes('"error"')) continue;
    const message = JSON.parse(line) as Json;
    if (isJsonObject(message)) throw new EngineError(200, textOf(message['error']));
  }
}
