import type { Descriptor } from '../../oci/descriptor.js';
import { MEDIA_TYPE } from '../../oci/media-types.js';
import type { Platform } from '../../oci/platform.js';
import { parseReference } from '../../oci/reference.js';
import { resolveImage, type ResolvedImage } from '../../remote/image-resolver.js';
import type { OciLayout } from '../../image/layout/oci-layout.js';
import type { RegistryClient } from '../../remote/registry-client.js';
import type { BaseImageUse, BuildRequest } from '../image-builder.js';
import type { BuildCache } from './build-cache.js';
import { DEFAULT_SHELL, type StageState } from './stage-state.js';
import { FileTree } from './tree/file-tree.js';
import type { WrittenLayer } from './tree/layer-writer.js';
import type { UnpackedLayers } from './unpacked-layers.js';

export interface BaseImageOptions {
  client: RegistryClient;
  layout: OciLayout;
  cache: BuildCache;
  unpacked: UnpackedLayers;
  /** Directory for the contents of files that later instructions read. */
  spoolDirectory: string;
  credentialsFor: BuildRequest['credentialsFor'];
  /** Takes what a person should know of where the image came from. */
  log: (line: string) => void;
  signal: AbortSignal | undefined;
}

/** An image to build on, with what it came from for the log of dependencies. */
export interface BaseImage {
  state: StageState;
  use: BaseImageUse;
}

/** `FROM scratch`: no files and no settings. */
export function scratchState(platform: Platform): StageState {
  const tree = Promise.resolve(new FileTree());
  return {
    platform,
    execution: {},
    args: new Map(),
    shell: DEFAULT_SHELL,
    layers: [],
    history: [],
    commandIsOwn: false,
    tree: () => tree,
  };
}

/**
 * Pulls an image's layers into the layout.
 *
 * @throws RemoteError, PlatformMismatchError; undefined when the text is no reference
 */
export async function pullBaseImage(
  text: string,
  platform: Platform,
  options: BaseImageOptions,
): Promise<BaseImage | undefined> {
  const reference = parseReference(text);
  if (reference === undefined) return undefined;
  const image = await resolveImage(options.client, reference, platform, {
    credentials: await options.credentialsFor(reference.registry, reference.repository),
    referenceText: text,
    signal: options.signal,
  });
  if (image.root.note !== undefined) options.log(`[Warning] ${image.root.note}`);
  const layers = await pullLayers(image, options);
  const { execution, author } = settingsOf(image);
  let tree: Promise<FileTree> | undefined;
  const state: StageState = {
    platform: image.platform,
    execution,
    args: new Map(),
    shell: execution.Shell ?? DEFAULT_SHELL,
    layers,
    history: image.config.history ?? layers.map(() => ({})),
    commandIsOwn: false,
    ...(author !== undefined && { author }),
    tree: () => (tree ??= readTree(layers, options)),
  };
  const { registry, repository, tag } = reference;
  const use = { registry, repository, ...(tag && { tag }), digest: image.root.digest };
  return { state, use };
}

function settingsOf(image: ResolvedImage) {
  const { config, author } = image.config;
  return { execution: structuredClone(config ?? {}), author };
}

async function pullLayers(
  image: ResolvedImage,
  { layout, cache, signal }: BaseImageOptions,
): Promise<WrittenLayer[]> {
  const layers: WrittenLayer[] = [];
  for (const [index, layer] of image.layers.entries()) {
    const diffId = image.config.rootfs.diff_ids[index];
    if (diffId === undefined) break;
    if (!(await cache.takeBlob(layer.digest, layer.size, layout))) {
      await layout.writeBlob(layer, await image.openLayer(layer, signal));
      await cache.keepBlob(layer.digest, layout);
    }
    layers.push({ descriptor: asOciLayer(layer), diffId });
  }
  return layers;
}

/** Docker's and the image spec's layers are the same bytes under two names. */
function asOciLayer({ mediaType, digest, size }: Descriptor): Descriptor {
  const converted = mediaType === MEDIA_TYPE.dockerLayerGzip ? MEDIA_TYPE.ociLayerGzip : mediaType;
  return { mediaType: converted, digest, size };
}

/** Puts the layers' files together, their contents into files of the spool directory. */
async function readTree(
  layers: readonly WrittenLayer[],
  options: BaseImageOptions,
): Promise<FileTree> {
  const tree = new FileTree();
  for (const layer of layers) await options.unpacked.apply(tree, layer, options);
  return tree;
}
