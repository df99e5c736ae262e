import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { copyImage } from '../../image/copy/copy-image.js';
import { LayoutContent } from '../../image/layout/layout-content.js';
import { directoryFiles } from '../../image/layout/layout-files.js';
import { layoutWriter } from '../../image/layout/layout-writer.js';
import { openLayout } from '../../image/layout/layout-reader.js';
import { OciLayout } from '../../image/layout/oci-layout.js';
import { registryReader } from '../../image/registry/registry-reader.js';
import type { BuiltImage } from '../../build/image-builder.js';
import type { Digest } from '../../oci/digest.js';
import { MEDIA_TYPE } from '../../oci/media-types.js';
import { formatReference, type Reference } from '../../oci/reference.js';
import type { RegistryClient, RepositoryClient } from '../../remote/registry-client.js';
import type { UsedBaseImage } from '../runs/run-record.js';
import { LocalFirstRepository } from './local-first-repository.js';
import type { LocalImage } from './local-image.js';

/** The images of one run by name, as a Docker daemon of its own would hold them. */
export class RunImages {
  readonly #directory: string;
  readonly #byName = new Map<string, LocalImage>();
  #layouts = 0;

  /** @param directory of this run; removed by its owner */
  constructor(directory: string) {
    this.#directory = directory;
  }

  find(reference: Reference): LocalImage | undefined {
    return this.#byName.get(formatReference(reference));
  }

  tag(reference: Reference, image: LocalImage): void {
    this.#byName.set(formatReference(reference), image);
  }

  /** Takes over what was built, for one platform or an index over several. */
  async add(built: readonly [BuiltImage, ...BuiltImage[]]): Promise<LocalImage> {
    const layout = await this.#newLayout();
    const writer = layoutWriter(() => Promise.resolve(layout), {
      text: layout.directory,
      names: {},
    });
    for (const { layoutDirectory, manifest } of built) {
      await copyImage(await openLayout(layoutDirectory, manifest.digest), writer);
    }
    const [first] = built;
    const baseImages = first.baseImages ?? [];
    const { directory } = layout;
    if (built.length === 1) return { layoutDirectory: directory, root: first.manifest, baseImages };
    const manifests = built.map(({ manifest }) => manifest);
    const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests };
    const bytes = Buffer.from(JSON.stringify(index));
    const root = await layout.writeDocument(MEDIA_TYPE.ociIndex, bytes);
    return { layoutDirectory: directory, root, baseImages };
  }

  /**
   * Pulls an image, or an index with all of its platforms.
   *
   * @param options.digest of the one image to take instead of what the reference names
   * @throws RemoteError
   */
  async pull(
    repository: RepositoryClient,
    reference: Reference,
    { digest: only, signal }: { digest?: Digest | undefined; signal: AbortSignal },
  ): Promise<LocalImage> {
    const layout = await this.#newLayout();
    const text = formatReference(reference);
    const writer = layoutWriter(() => Promise.resolve(layout), { text, names: {} });
    const source = only === undefined ? reference : { ...reference, digest: only };
    const reader = registryReader(repository, source, text);
    const { digest, mediaType, size } = await copyImage(reader, writer, { signal });
    const root = { digest, mediaType, size };
    const image = { layoutDirectory: layout.directory, root, baseImages: [] };
    this.tag(reference, image);
    return image;
  }

  /** What the images of the run were built on, each once. */
  baseImages(): UsedBaseImage[] {
    const found = new Map<string, UsedBaseImage>();
    for (const { baseImages } of this.#byName.values()) {
      for (const [index, base] of baseImages.entries()) {
        const key = `${base.registry}/${base.repository}:${base.tag ?? ''}`;
        const isRuntime = index === 0 || found.get(key)?.isRuntime === true;
        found.set(key, { ...base, isRuntime });
      }
    }
    return [...found.values()];
  }

  /** A client that finds the images of the run before it asks their registries. */
  over(client: RegistryClient): RegistryClient {
    return {
      repository: (registry, repository, credentials) =>
        new LocalFirstRepository(client.repository(registry, repository, credentials), {
          tagged: (tag) => this.#byName.get(`${registry}/${repository}:${tag}`),
          layoutWith: (digest) => this.#layoutWith(digest),
        }),
    };
  }

  /** Content goes by its digest, whichever image it came with. */
  async #layoutWith(digest: Digest): Promise<LayoutContent | undefined> {
    const directories = new Set([...this.#byName.values()].map((image) => image.layoutDirectory));
    for (const directory of directories) {
      const content = await LayoutContent.open(directoryFiles(directory));
      if (await content.hasBlob(digest)) return content;
    }
    return undefined;
  }

  async #newLayout(): Promise<OciLayout> {
    await mkdir(this.#directory, { recursive: true });
    return OciLayout.create(path.join(this.#directory, String(++this.#layouts)));
  }
}
