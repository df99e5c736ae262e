import type { ImageConfig, ImageExecution } from '../../oci/image-config.js';
import type { Descriptor } from '../../oci/descriptor.js';
import type { ImageManifest } from '../../oci/manifest.js';
import { MEDIA_TYPE } from '../../oci/media-types.js';
import type { OciLayout } from '../../image/layout/oci-layout.js';
import { cacheKey } from './build-cache.js';
import type { StageState } from './stage-state.js';

export interface ImageDetails {
  created: Date;
  annotations: ReadonlyMap<string, string> | undefined;
}

/**
 * Writes config and manifest of a finished stage and makes it the layout's one image.
 *
 * @returns the manifest's descriptor, with its platform
 */
export async function writeImage(
  state: StageState,
  layout: OciLayout,
  { created, annotations }: ImageDetails,
): Promise<{ manifest: Descriptor; config: Descriptor }> {
  const { os, architecture, variant } = state.platform;
  const document: ImageConfig = {
    created: created.toISOString(),
    ...(state.author !== undefined && { author: state.author }),
    architecture,
    os,
    ...(variant && { variant }),
    config: sortedExecution(state.execution),
    rootfs: { type: 'layers', diff_ids: state.layers.map((layer) => layer.diffId) },
    history: state.history.map((entry) => ({ created: created.toISOString(), ...entry })),
  };
  const config = await layout.writeDocument(MEDIA_TYPE.ociConfig, toBytes(document));
  const manifestDocument: ImageManifest = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.ociManifest,
    config,
    layers: state.layers.map((layer) => layer.descriptor),
    ...(annotations && annotations.size > 0 && { annotations: sorted(annotations) }),
  };
  const written = await layout.writeDocument(MEDIA_TYPE.ociManifest, toBytes(manifestDocument));
  const platform = { architecture, os, ...(variant && { variant }) };
  const manifest = { ...written, platform };
  await layout.writeIndex([manifest]);
  return { manifest, config };
}

/** The same for states that differ in nothing but times. */
export function timelessKey(state: StageState): string {
  const { platform, execution, layers, history, author } = state;
  const diffIds = layers.map((layer) => layer.diffId);
  const steps = history.map((entry) => [entry.created_by, entry.empty_layer]);
  return cacheKey(['image', platform, sortedExecution(execution), diffIds, steps, author ?? null]);
}

function toBytes(document: object): Buffer {
  return Buffer.from(JSON.stringify(document));
}

function sorted(entries: Iterable<[string, string]>): Record<string, string> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The order in which fields were set must not show in the digest; the order of Env must. */
function sortedExecution(execution: ImageExecution): ImageExecution {
  const sorted = { ...execution };
  for (const field of ['Labels', 'ExposedPorts', 'Volumes'] as const) {
    const record = sorted[field];
    if (record === undefined) continue;
    const entries = Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
    Object.assign(sorted, { [field]: Object.fromEntries(entries) });
  }
  const entries = Object.entries(sorted).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries);
}
