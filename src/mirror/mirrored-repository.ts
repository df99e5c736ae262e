import { Readable } from 'node:stream';
import type { Descriptor } from '../oci/descriptor.js';
import { parseDigest, type Digest } from '../oci/digest.js';
import { parseManifest } from '../oci/manifest.js';
import {
  formatReference,
  parseTag,
  type Reference,
  type RepositoryName,
} from '../oci/reference.js';
import type { LocalRepository } from '../registry/local-repository.js';
import {
  RemoteError,
  type FetchedManifest,
  type RepositoryClient,
} from '../remote/registry-client.js';
import { buildStandIn } from './build-stand-in.js';
import type { KeptImage } from './kept-images.js';
import type { MirrorContext } from './mirror-context.js';
import { findStandIn, type StandIn } from './stand-ins.js';

/** So long a tag is believed to point where it did. */
const FRESH_MS = 5 * 60_000;
/** How long a registry may take to answer when there is something to serve without it. */
const PATIENCE_MS = 5_000;

export interface MirroredName {
  /** e.g. `'docker.io'` */
  registry: string;
  name: RepositoryName;
  upstream: RepositoryClient;
  /** Whether the caller has no credentials; only then is what comes kept, and what was kept served. */
  isPublic: boolean;
}

/** One repository of another registry: what is kept of it first, then the registry itself. */
export class MirroredRepository {
  readonly #context: MirrorContext;
  readonly #name: MirroredName;

  constructor(context: MirrorContext, name: MirroredName) {
    this.#context = context;
    this.#name = name;
  }

  async getManifest(reference: string, signal?: AbortSignal): Promise<FetchedManifest> {
    const wanted = this.#reference(reference);
    const text = formatReference(wanted);
    const kept = await this.#context.kept.find(text);
    if (kept?.kind === 'added') return this.#serve(kept);
    const { isPublic } = this.#name;
    if (isPublic && kept?.kind === 'pulled' && this.#isFresh(kept)) return this.#serve(kept);
    if (wanted.digest !== undefined) {
      const stored = await this.#stored(wanted.digest);
      if (stored !== undefined) return stored;
    }
    const key = `${text} ${isPublic ? 'public' : Math.random()}`;
    return this.#context.manifests(key, (shared) => this.#fetch(wanted, kept, shared), signal);
  }

  async getBlob(descriptor: Descriptor, signal?: AbortSignal): Promise<Readable> {
    const local = await this.#local();
    if (await local.hasBlob(descriptor.digest)) return local.getBlob(descriptor);
    const { upstream, isPublic, registry, name } = this.#name;
    if (!isPublic) return upstream.getBlob(descriptor, signal);
    await this.#context.blobs(
      `${registry}/${name}@${descriptor.digest}`,
      async (shared) => {
        await local.putBlob(descriptor, () => openBlob(upstream, descriptor, shared));
        return true;
      },
      signal,
    );
    return local.getBlob(descriptor);
  }

  async hasBlob(digest: Digest, signal?: AbortSignal): Promise<boolean> {
    if (await (await this.#local()).hasBlob(digest)) return true;
    return this.#name.upstream.hasBlob(digest, signal);
  }

  /** Those of the registry; when it can't be reached, those that are kept. */
  async listTags(signal?: AbortSignal): Promise<string[]> {
    const { upstream, registry } = this.#name;
    const repository = `${registry}/${this.#name.name}`;
    try {
      const held = this.#context.holds.find(registry, repository);
      if (held !== undefined) throw held;
      return await upstream.listTags(signal);
    } catch (error) {
      if (!isNoAnswer(error)) throw error;
      this.#context.holds.note(registry, repository, error);
      return (await this.#local()).listTags();
    }
  }

  /** Asks the registry; what may stand in for its answer is served when there is none. */
  async #fetch(
    wanted: Reference,
    kept: KeptImage | undefined,
    signal: AbortSignal,
  ): Promise<FetchedManifest> {
    const text = formatReference(wanted);
    const standIn = findStandIn(text);
    const patient = kept === undefined && standIn === undefined;
    const patience = AbortSignal.timeout(PATIENCE_MS);
    try {
      const limit = patient ? signal : AbortSignal.any([signal, patience]);
      return await this.#ask(wanted, kept, limit);
    } catch (error) {
      signal.throwIfAborted();
      const failure = !patient && patience.aborted ? this.#tooSlow(text) : error;
      if (failure !== error) this.#note(text, failure);
      if (!isNoAnswer(failure)) throw failure;
      if (kept?.kind === 'pulled') return this.#serveStale(kept, failure);
      if (standIn !== undefined && isUnreachable(failure))
        return this.#serveStandIn(standIn, wanted);
      throw failure;
    }
  }

  async #ask(
    wanted: Reference,
    kept: KeptImage | undefined,
    signal: AbortSignal,
  ): Promise<FetchedManifest> {
    const { registry, upstream, isPublic } = this.#name;
    const text = formatReference(wanted);
    const name = wanted.digest ?? wanted.tag ?? '';
    const held = this.#context.holds.find(registry, text);
    if (held !== undefined && (isPublic || isUnreachable(held))) throw held;
    try {
      if (!isPublic) return await upstream.getManifest(name, signal);
      if (kept?.kind === 'pulled') {
        const now = await upstream.headManifest(name, signal);
        if (now === kept.digest) return await this.#serve(await this.#record(wanted, now));
      }
      return await this.#keep(wanted, kept, await upstream.getManifest(name, signal));
    } catch (error) {
      if (isPublic || isUnreachable(error)) this.#note(text, error);
      throw error;
    }
  }

  async #keep(
    wanted: Reference,
    kept: KeptImage | undefined,
    fetched: FetchedManifest,
  ): Promise<FetchedManifest> {
    const { bytes, mediaType, digest } = fetched;
    // What this registry would not take is passed on all the same: an old schema, an artifact.
    if (parseManifest(bytes, mediaType).kind === 'other') return fetched;
    const local = await this.#local();
    await local.putManifest(wanted.digest ?? wanted.tag ?? '', mediaType, bytes);
    const isPart = wanted.digest !== undefined && (await local.isChild(digest));
    if (!isPart) await this.#record(wanted, digest);
    if (kept !== undefined && kept.digest !== digest) await this.#context.kept.tidy(wanted);
    return fetched;
  }

  #record(wanted: Reference, digest: Digest): Promise<KeptImage> {
    return this.#context.kept.record(wanted, { kind: 'pulled', digest });
  }

  async #serve({ digest }: KeptImage): Promise<FetchedManifest> {
    return (await this.#local()).getManifest(digest);
  }

  async #serveStale(kept: KeptImage, failure: RemoteError): Promise<FetchedManifest> {
    const note = `${kept.reference} is the copy of ${kept.checkedAt}: ${failure.message}`;
    const { reference, checkedAt } = kept;
    this.#context.logger.warn(
      { reference, checkedAt, why: failure.message },
      'the registry gives no answer: its image is served as it was',
    );
    return { ...(await this.#serve(kept)), note };
  }

  async #serveStandIn(standIn: StandIn, wanted: Reference): Promise<FetchedManifest> {
    const local = await this.#local();
    const { reference } = standIn;
    const digest = await buildStandIn(standIn, local);
    await this.#context.kept.record(wanted, { kind: 'stand-in', digest });
    this.#context.logger.warn(
      { reference, digest, standIn: true },
      'the registry cannot be reached: a built-in stand-in is served for its image',
    );
    const note = `${reference} is a stand-in that Lazurite made: ${this.#name.registry} cannot be reached`;
    return { ...(await local.getManifest(digest)), note };
  }

  async #stored(digest: Digest): Promise<FetchedManifest | undefined> {
    try {
      return await (await this.#local()).getManifest(digest);
    } catch (error) {
      if (error instanceof RemoteError && error.kind === 'manifest-unknown') return undefined;
      throw error;
    }
  }

  #isFresh({ checkedAt }: KeptImage): boolean {
    return this.#context.clock.now().getTime() - Date.parse(checkedAt) < FRESH_MS;
  }

  #tooSlow(text: string): RemoteError {
    const seconds = PATIENCE_MS / 1000;
    const { registry } = this.#name;
    return new RemoteError('unreachable', `${registry} did not answer for ${text} in ${seconds} s`);
  }

  #note(text: string, error: unknown): void {
    if (error instanceof RemoteError) this.#context.holds.note(this.#name.registry, text, error);
  }

  #reference(text: string): Reference {
    const { registry, name: repository } = this.#name;
    const digest = parseDigest(text);
    const tag = digest === undefined ? parseTag(text) : undefined;
    if (digest === undefined && tag === undefined) {
      throw new RemoteError('unexpected', `could not parse reference: ${repository}:${text}`);
    }
    return { registry, repository, ...(digest && { digest }), ...(tag && { tag }) };
  }

  #local(): Promise<LocalRepository> {
    const { registry, name } = this.#name;
    return this.#context.kept.repository(registry, name);
  }
}

/** Nothing was learnt about the image; what is known of it already still holds. */
function isNoAnswer(error: unknown): error is RemoteError {
  if (!(error instanceof RemoteError)) return false;
  return isUnreachable(error) || error.kind === 'rate-limited' || (error.status ?? 0) >= 500;
}

function isUnreachable(error: unknown): boolean {
  return (
    error instanceof RemoteError && (error.kind === 'unknown-host' || error.kind === 'unreachable')
  );
}

function openBlob(source: RepositoryClient, blob: Descriptor, signal: AbortSignal): Readable {
  return Readable.from(
    (async function* () {
      yield* await source.getBlob(blob, signal);
    })(),
    { objectMode: false },
  );
}
