import type { Clock } from '../base/clock.js';
import { Failure } from '../base/failure.js';
import type { Logger } from '../base/logger.js';
import type { HttpPlane } from '../http/plane.js';
import type { CopyEvent } from '../image/copy/copy-event.js';
import { copyImage } from '../image/copy/copy-image.js';
import { openReader } from '../image/image-access.js';
import { parseLocation } from '../image/location.js';
import { registryWriter } from '../image/registry/registry-writer.js';
import { parseReference, type Reference } from '../oci/reference.js';
import type { Credentials, RegistryClient } from '../remote/registry-client.js';
import { describeImage, type ImageSummary } from './describe-image.js';
import { KeptImages, type KeptImage } from './kept-images.js';
import { createMirrorClient } from './mirror-client.js';
import { createMirrorPlane } from './mirror-plane.js';
import { STAND_INS } from './stand-ins.js';

/** An image of the mirror, as `lazurite mirror list --json` shows it. */
export type MirrorEntry = KeptImage & ImageSummary;

/** A stand-in that nothing has needed so far. */
export interface UnusedStandIn {
  reference: string;
  kind: 'stand-in';
  digest: null;
}

/** Public images on this machine, asked before the network. */
export interface Mirror {
  /** What everything that pulls uses. */
  readonly client: RegistryClient;
  /** Serves these registries, which need no credentials, under their own names. */
  serve(hosts: readonly string[]): HttpPlane;
  /** By reference; built-in stand-ins that were not needed yet included. */
  list(): Promise<(MirrorEntry | UnusedStandIn)[]>;
  /**
   * Keeps an image, whole and with every platform, until it is removed; it is served instead of what its
   * registry has. The name is given last: an addition that fails changes nothing.
   *
   * @throws Failure for a name that can't be mirrored, or a source that isn't there; RemoteError,
   *   DocumentError for a source that is damaged
   */
  add(addition: MirrorAddition): Promise<MirrorEntry>;
  /** @throws Failure when the text is no reference, or the image isn't kept */
  remove(reference: string): Promise<KeptImage>;
  close(): Promise<void>;
}

export interface MirrorAddition {
  /** e.g. `'docker.io/library/alpine:3.20'` */
  reference: string;
  /** As `parseLocation` reads it, e.g. `'oci:/tmp/alpine'`; the reference itself when left out. */
  from?: string | undefined;
  /** For a source that is a registry. */
  credentials?: Credentials | undefined;
  onEvent?: (event: CopyEvent) => void;
  signal?: AbortSignal;
}

export interface MirrorOptions {
  /** e.g. `'/home/me/.lazurite/mirror'` */
  directory: string;
  network: RegistryClient;
  /** Registries that are not mirrored. */
  isLocal: (registry: string) => boolean;
  clock: Clock;
  logger: Logger;
}

export async function openMirror(options: MirrorOptions): Promise<Mirror> {
  const kept = await KeptImages.open(options.directory, options.clock, options.logger);
  const client = createMirrorClient({ ...options, kept });
  return {
    client,
    serve: (hosts) => createMirrorPlane({ ...options, hosts, client, kept }),
    list: () => list(kept),
    add: (addition) => addImage({ ...options, kept }, addition),
    async remove(text) {
      const reference = requireReference(text);
      const removed = await kept.exclusively(reference, () => kept.remove(reference));
      if (removed === undefined) {
        throw new Failure(`the mirror has no ${text}`, { help: 'lazurite mirror list' });
      }
      await kept.tidy(reference);
      return removed;
    },
    close: () => kept.close(),
  };
}

async function addImage(
  { kept, network, isLocal }: MirrorOptions & { kept: KeptImages },
  { reference: text, from = text, credentials, onEvent, signal }: MirrorAddition,
): Promise<MirrorEntry> {
  const reference = requireReference(text);
  if (isLocal(reference.registry)) {
    throw new Failure(`${text} is on this machine already`, {
      why: `${reference.registry} is a registry of this machine, which the mirror leaves alone`,
      help: 'push to it, or: az acr import',
    });
  }
  const reader = await openReader(parseLocation(from), async ({ registry, repository }) =>
    network.repository(registry, repository, credentials),
  );
  try {
    const local = await kept.repository(reference.registry, reference.repository);
    // What was pulled through may be there without its parts, so each manifest is gone through.
    const hasManifest = (): Promise<boolean> => Promise.resolve(false);
    const writer = { ...registryWriter(local, reference, text), hasManifest };
    const image = await kept.exclusively(reference, async () => {
      const { digest } = await copyImage(reader, writer, { ...(onEvent && { onEvent }), signal });
      return kept.record(reference, { kind: 'added', digest, ...(from !== text && { from }) });
    });
    await kept.tidy(reference);
    return { ...image, ...(await describeImage(local, image.digest)) };
  } finally {
    await reader.close();
  }
}

async function list(kept: KeptImages): Promise<(MirrorEntry | UnusedStandIn)[]> {
  const entries = await Promise.all(
    (await kept.list()).map(async (image) => {
      const { registry, repository } = requireReference(image.reference);
      const local = await kept.repository(registry, repository);
      return { ...image, ...(await describeImage(local, image.digest)) };
    }),
  );
  const present = new Set(entries.map(({ reference }) => reference));
  const unused = STAND_INS.filter(({ reference }) => !present.has(reference));
  const all = [
    ...entries,
    ...unused.map(({ reference }) => ({ reference, kind: 'stand-in' as const, digest: null })),
  ];
  return all.sort((a, b) => (a.reference < b.reference ? -1 : 1));
}

function requireReference(text: string): Reference {
  const reference = parseReference(text);
  if (reference !== undefined) return reference;
  throw new Failure(`"${text}" is no image reference`, {
    why: 'a reference is like docker.io/library/alpine:3.20 or ghcr.io/team/app@sha256:…',
    exitCode: 2,
  });
}
