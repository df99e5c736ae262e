import type { Clock } from '../base/clock.js';
import { Failure } from '../base/failure.js';
import type { Logger } from '../base/logger.js';
import { parseReference, type Reference } from '../oci/reference.js';
import type { RegistryClient } from '../remote/registry-client.js';
import { describeImage, type ImageSummary } from './describe-image.js';
import { KeptImages, type KeptImage } from './kept-images.js';
import { createMirrorClient } from './mirror-client.js';
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
  /** By reference; built-in stand-ins that were not needed yet included. */
  list(): Promise<(MirrorEntry | UnusedStandIn)[]>;
  /** @throws Failure when the text is no reference, or the image isn't kept */
  remove(reference: string): Promise<KeptImage>;
  close(): Promise<void>;
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
  return {
    client: createMirrorClient({ ...options, kept }),
    list: () => list(kept),
    async remove(text) {
      const removed = await kept.remove(requireReference(text));
      if (removed !== undefined) return removed;
      throw new Failure(`the mirror has no ${text}`, { help: 'lazurite mirror list' });
    },
    close: () => kept.close(),
  };
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
