import { isJsonObject, textOf, type Json } from '../base/json.js';
import { parseReference } from '../oci/reference.js';
import { formatPlatform } from '../oci/platform.js';
import type { Platform } from '../oci/platform.js';
import type { Reference } from '../oci/reference.js';
import { resolveImage } from '../remote/image-resolver.js';
import type { ResolvedImage } from '../remote/image-resolver.js';
import { RemoteError } from '../remote/registry-client.js';
import type { Credentials, RegistryClient } from '../remote/registry-client.js';
import type { ContainerRuntime, UnpackedImage } from '../runtime/runtime.js';
import type { RegistryCredentials, Workload } from './documents.js';
import type { PullFailure, RegistryAccess } from './image-pull.js';
import type { PullFacts, RegistryFacts } from './registry-facts.js';

/** Credentials of a managed identity for a registry; undefined when it may not pull. */
export type IdentityCredentials = (request: {
  /** The app's `identity`: which ones it has, e.g. `{ type: 'SystemAssigned', principalId: '…' }`. */
  assigned: Json | undefined;
  /** e.g. `'localhost:5001'` */
  server: string;
  /** `'system'` or the id of a user-assigned identity. */
  identity: string;
}) => Promise<Credentials | undefined>;

/**
 * The name of the registry of this machine that a host stands for: `'acrlab'` for `'localhost:5001'` and for
 * `'acrlab.azurecr.io'`; undefined for any other.
 */
export type LocalRegistry = (host: string) => string | undefined;

export interface ImageAccessOptions {
  registryClient: RegistryClient;
  runtime: ContainerRuntime;
  /** What images of this app or job must have. */
  platformOf: (workload: Workload) => Platform;
  identityCredentials?: IdentityCredentials | undefined;
  localRegistry?: LocalRegistry | undefined;
  registryFacts?: RegistryFacts | undefined;
}

/** An image that can be run, and what a person should know of where it came from. */
export interface PulledImage {
  image: UnpackedImage;
  note?: string;
}

/** Images as one app sees them: for the required platform and with the app's own credentials. */
export class ImageAccess {
  readonly #options: ImageAccessOptions;

  constructor(options: ImageAccessOptions) {
    this.#options = options;
  }

  /** e.g. `'linux/amd64'` */
  platformOf(workload: Workload): string {
    return formatPlatform(this.#options.platformOf(workload));
  }

  /** @throws RemoteError, PlatformMismatchError */
  async resolve(app: Workload, image: string, signal?: AbortSignal): Promise<ResolvedImage> {
    const reference = parsed(image);
    return resolveImage(this.#options.registryClient, reference, this.#options.platformOf(app), {
      credentials: await this.#credentials(app, reference.registry),
      referenceText: image,
      signal,
    });
  }

  /** Resolves, fetches and unpacks. Throws as `resolve` does, and what unpacking throws. */
  async pull(app: Workload, image: string, signal?: AbortSignal): Promise<PulledImage> {
    const source = await this.resolve(app, image, signal);
    const { note } = source.root;
    const unpacked = await this.#options.runtime.unpack(source, signal);
    return { image: unpacked, ...(note !== undefined && { note }) };
  }

  /** Finds out what helps to explain a failed pull; nothing where it can't be had. */
  async explain(
    app: Workload,
    image: string,
    { kind }: PullFailure,
    signal?: AbortSignal,
  ): Promise<PullFacts> {
    const reference = parseReference(image);
    if (!reference) return {};
    switch (kind) {
      case 'missing-tag':
      case 'missing-repository':
        return { tags: await this.#listTags(app, reference, signal) };
      case 'platform':
        return this.#imageFacts(app, reference);
      case 'unauthorized':
        return this.#passwordFacts(app, reference.registry);
      default:
        return {};
    }
  }

  async #imageFacts(app: Workload, reference: Reference): Promise<PullFacts> {
    const { localRegistry, registryFacts, platformOf } = this.#options;
    const name = localRegistry?.(reference.registry);
    if (name === undefined || registryFacts === undefined) return {};
    return { origin: await registryFacts.image(name, reference, platformOf(app)) };
  }

  async #passwordFacts(app: Workload, registry: string): Promise<PullFacts> {
    const { localRegistry, registryFacts } = this.#options;
    const name = localRegistry?.(registry);
    const credentials = await this.#credentials(app, registry);
    if (name === undefined || credentials === undefined) return {};
    const { username, password } = credentials;
    const passwordExpiredAt = registryFacts?.expiredAt(name, username, password);
    return passwordExpiredAt === undefined ? {} : { passwordExpiredAt };
  }

  /** They only help to explain: none when they can't be had. */
  async #listTags(
    app: Workload,
    reference: Reference,
    signal: AbortSignal | undefined,
  ): Promise<string[]> {
    try {
      const credentials = await this.#credentials(app, reference.registry);
      const { registry, repository } = reference;
      const client = this.#options.registryClient.repository(registry, repository, credentials);
      return await client.listTags(signal);
    } catch {
      return [];
    }
  }

  /**
   * What a person needs to know of how an image is pulled: which registry by its resource name, and which
   * credentials the app has for it.
   */
  describe(app: Workload, image: string): RegistryAccess {
    const registry = parseReference(image)?.registry ?? image.split('/')[0] ?? image;
    const entry = this.#entryFor(app, registry);
    // an ACR's admin user is named as the registry; its host is another name where it listens on a port
    const local = this.#options.localRegistry?.(registry);
    const resource =
      /^(.+)\.azurecr\.io$/.exec(registry)?.[1] ?? local ?? (entry?.username || registry);
    return {
      registryName: resource,
      credentials: describeCredentials(registry, entry),
      ...(entry !== undefined && entry.username !== '' && { username: entry.username }),
      ...(entry !== undefined && entry.identity !== '' && { principal: principalOf(app, entry) }),
    };
  }

  #entryFor(app: Workload, registry: string): RegistryCredentials | undefined {
    const { localRegistry } = this.#options;
    const wanted = localRegistry?.(registry);
    return app.configuration.registries.find(({ server }) => {
      const host = hostOf(server);
      if (host === registry.toLowerCase()) return true;
      return wanted !== undefined && localRegistry?.(host) === wanted;
    });
  }

  async #credentials(app: Workload, registry: string): Promise<Credentials | undefined> {
    const { secrets } = app.configuration;
    const entry = this.#entryFor(app, registry);
    if (!entry) return undefined;
    if (entry.identity !== '') {
      return this.#options.identityCredentials?.({
        assigned: app.resource['identity'],
        server: entry.server,
        identity: entry.identity,
      });
    }
    const password = secrets.find(({ name }) => name === entry.passwordSecretRef)?.value;
    return password === undefined ? undefined : { username: entry.username, password };
  }
}

function parsed(image: string): Reference {
  const reference = parseReference(image);
  if (!reference) throw new RemoteError('unexpected', `could not parse reference: ${image}`);
  return reference;
}

function describeCredentials(registry: string, entry: RegistryCredentials | undefined): string {
  if (!entry) return `the app has no credentials for ${registry}: it asked anonymously`;
  if (entry.identity !== '') return `identity '${entry.identity}' was used for ${registry}`;
  return `user '${entry.username}' with the password in secret '${entry.passwordSecretRef}' was used for ${registry}`;
}

/** The object id of the identity that pulls, or a command that prints it. */
function principalOf(app: Workload, { identity }: RegistryCredentials): string {
  if (identity !== 'system')
    return `"$(az identity show --ids ${identity} --query principalId -o tsv)"`;
  const assigned = app.resource['identity'];
  const principal = isJsonObject(assigned) ? textOf(assigned['principalId']) : '';
  return principal === '' ? 'PRINCIPAL' : principal;
}

/** `index.docker.io` and `docker.io` are one; a scheme that people write in front does not matter. */
function hostOf(server: string): string {
  return server
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/, '')
    .replace(/^index\.docker\.io$/, 'docker.io');
}
