import { PassThrough, type Readable } from 'node:stream';
import type { Descriptor } from '../../oci/descriptor.js';
import type { Digest } from '../../oci/digest.js';
import { DocumentError } from '../../oci/document.js';
import { parseManifest } from '../../oci/manifest.js';
import { isForeignLayer } from '../../oci/media-types.js';
import { RemoteError, type FetchedManifest } from '../../remote/registry-client.js';
import type { ImageReader } from '../image-reader.js';
import type { ImageWriter } from '../image-writer.js';
import { requireDepth } from '../nesting.js';
import type { CopiedBlobOutcome, CopyEvent } from './copy-event.js';
import { forEachLimited, Slots } from './slots.js';

export interface TransferOptions {
  referrers: boolean;
  concurrency: number;
  maxManifests: number;
  onEvent: (event: CopyEvent) => void;
  signal: AbortSignal | undefined;
}

export interface TransferCounts {
  manifests: { written: number; present: number };
  blobs: Record<CopiedBlobOutcome, number>;
  referrers: number;
  bytes: number;
}

/** Carries one tree of manifests and blobs over; each node once, however often it is named. */
export class Transfer {
  readonly #reader: ImageReader;
  readonly #writer: ImageWriter;
  readonly #options: TransferOptions;
  readonly #slots: Slots;
  /** Stops what runs beside the work that failed. */
  readonly #failure = new AbortController();
  readonly #signal: AbortSignal;
  readonly #blobs = new Map<Digest, Promise<void>>();
  readonly #manifests = new Map<Digest, Promise<void>>();
  readonly #counts: TransferCounts = {
    manifests: { written: 0, present: 0 },
    blobs: { written: 0, mounted: 0, present: 0, foreign: 0 },
    referrers: 0,
    bytes: 0,
  };

  constructor(reader: ImageReader, writer: ImageWriter, options: TransferOptions) {
    this.#reader = reader;
    this.#writer = writer;
    this.#options = options;
    this.#slots = new Slots(options.concurrency);
    const own = this.#failure.signal;
    this.#signal = options.signal ? AbortSignal.any([options.signal, own]) : own;
  }

  async run(root: FetchedManifest): Promise<TransferCounts> {
    await this.#manifest(root, 0);
    return this.#counts;
  }

  async #child(child: Descriptor, depth: number): Promise<void> {
    const known = this.#manifests.get(child.digest);
    if (known) return known;
    if (this.#manifests.size >= this.#options.maxManifests) {
      throw new RemoteError(
        'bad-content',
        `the image has more than ${this.#options.maxManifests} manifests`,
      );
    }
    const work = this.#stopOthers(
      this.#fetchChild(child).then((manifest) => this.#manifest(manifest, depth)),
    );
    this.#manifests.set(child.digest, work);
    return work;
  }

  #stopOthers(work: Promise<void>): Promise<void> {
    return work.catch((error: unknown) => {
      this.#failure.abort(error);
      throw error;
    });
  }

  async #fetchChild({ digest, size, mediaType }: Descriptor): Promise<FetchedManifest> {
    const manifest = await this.#reader.getManifest(digest, this.#signal);
    if (manifest.bytes.length !== size) {
      throw new DocumentError(
        `manifest ${digest} has ${manifest.bytes.length} bytes, what names it says ${size}`,
      );
    }
    return mediaType === '' ? manifest : { ...manifest, mediaType };
  }

  async #manifest(manifest: FetchedManifest, depth: number): Promise<void> {
    requireDepth(depth);
    const parsed = parseManifest(manifest.bytes, manifest.mediaType);
    if (parsed.kind === 'other') {
      throw new DocumentError(
        `${manifest.digest} is a ${parsed.mediaType}, which is not understood`,
      );
    }
    if (parsed.kind === 'index') {
      await this.#all(parsed.index.manifests, depth, (child) => this.#child(child, depth + 1));
    } else {
      const blobs = [...parsed.manifest.layers, parsed.manifest.config];
      await forEachLimited(blobs, blobs.length, (blob) => this.#blob(blob));
    }
    await this.#store({ ...manifest, mediaType: parsed.mediaType });
    if (this.#options.referrers) await this.#referrers(manifest.digest, depth);
  }

  /** Only the outermost list is worked on in parallel: manifests in memory stay few. */
  async #all(
    children: readonly Descriptor[],
    depth: number,
    work: (child: Descriptor) => Promise<void>,
  ): Promise<void> {
    await forEachLimited(children, depth === 0 ? this.#options.concurrency : 1, work);
  }

  async #store(manifest: FetchedManifest): Promise<void> {
    const present = await this.#writer.hasManifest(manifest.digest, this.#signal);
    if (!present) await this.#writer.putManifest(manifest, this.#signal);
    const outcome = present ? 'present' : 'written';
    this.#counts.manifests[outcome]++;
    const { digest, mediaType } = manifest;
    this.#options.onEvent({ kind: 'manifest-done', digest, mediaType, outcome });
  }

  async #referrers(subject: Digest, depth: number): Promise<void> {
    const found = await this.#reader.listReferrers(subject, this.#signal);
    const added = found.filter(({ digest }) => !this.#manifests.has(digest));
    this.#counts.referrers += added.length;
    await this.#all(added, depth, (referrer) => this.#child(referrer, depth + 1));
  }

  #blob(blob: Descriptor): Promise<void> {
    let work = this.#blobs.get(blob.digest);
    if (work === undefined) {
      work = this.#stopOthers(this.#slots.run(() => this.#transferBlob(blob)));
      this.#blobs.set(blob.digest, work);
    }
    return work;
  }

  async #transferBlob(blob: Descriptor): Promise<void> {
    this.#signal.throwIfAborted();
    this.#options.onEvent({ kind: 'blob-found', blob });
    const open = async (): Promise<Readable> =>
      this.#counted(blob, await this.#reader.getBlob(blob, this.#signal));
    const outcome = await this.#writer
      .putBlob(blob, open, this.#reader.origin, this.#signal)
      .catch(ifForeign(blob));
    this.#counts.blobs[outcome]++;
    if (outcome === 'written') this.#counts.bytes += blob.size;
    this.#options.onEvent({ kind: 'blob-done', blob, outcome });
  }

  #counted(blob: Descriptor, source: Readable): Readable {
    const counted = new PassThrough();
    source.on('data', (chunk: Buffer) => {
      this.#options.onEvent({ kind: 'bytes', blob, count: chunk.length });
    });
    source.on('error', (error) => counted.destroy(error));
    counted.on('close', () => source.destroy());
    return source.pipe(counted);
  }
}

/** A layer that registries may not hand on need not be where the image lies. */
function ifForeign({ mediaType }: Descriptor): (error: unknown) => 'foreign' {
  return (error) => {
    const isMissing = error instanceof RemoteError && error.kind === 'blob-unknown';
    if (isMissing && isForeignLayer(mediaType)) return 'foreign';
    throw error;
  };
}
