import { messageOf } from '../../../base/failure.js';
import { isJsonObject, textOf, type Json, type JsonObject } from '../../../base/json.js';
import type { SharedWork } from '../../../base/shared-work.js';
import type { TokenAuthority } from '../../../identity/token-authority.js';
import { copyImage } from '../../../image/copy/copy-image.js';
import { registryReader } from '../../../image/registry/registry-reader.js';
import { registryWriter } from '../../../image/registry/registry-writer.js';
import type { Digest } from '../../../oci/digest.js';
import {
  formatReference,
  parseReference,
  parseTag,
  type Reference,
  type RepositoryName,
} from '../../../oci/reference.js';
import { FULL_ACCESS } from '../../../registry/access.js';
import { RegistryTokens, TOKEN_USERNAME } from '../../../registry/registry-tokens.js';
import {
  RemoteError,
  type Credentials,
  type RegistryClient,
  type RepositoryClient,
} from '../../../remote/registry-client.js';
import { ArmError } from '../../errors.js';
import { registryErrors } from './registry-errors.js';

export interface ImportOptions {
  client: RegistryClient;
  /** Signs the credentials for registries of one's own. */
  tokenAuthority: TokenAuthority;
  /** Joins requests for the same import while it is under way. */
  shared?: SharedWork<undefined>;
  /** Told of each manifest that was copied, and what it was copied from. */
  imported?: (repository: RepositoryName, digest: Digest, source: string) => Promise<void>;
}

/** Finds registries of one's own, which are read without credentials in the request. */
export interface OwnRegistries {
  /** The login server of a registry by its resource id. */
  byId(resourceId: string): Promise<string | undefined>;
  /** The login server of the registry that a host names; undefined for a registry of someone else. */
  byHost(host: string): Promise<string | undefined>;
}

interface Target {
  repository: RepositoryClient;
  /** Without a tag to import without one. */
  reference: Reference;
}

/** As many as Azure imports in one go. */
const MAX_MANIFESTS = 50;

/**
 * `importImage`: checks the request, then copies in the background.
 *
 * @returns the copying, which rejects with an `ArmError`
 * @throws ArmError InvalidParameter (400), Conflict (409) for a tag that is there when the mode is NoForce
 */
export async function startImport(
  options: ImportOptions,
  loginServer: string,
  body: JsonObject,
  own: OwnRegistries,
): Promise<{ copying: Promise<undefined> }> {
  const { source: given } = body;
  if (!isJsonObject(given)) throw registryErrors.invalidProperty('source', 'an object');
  const source = await readSource(given, own);
  const credentials = await credentialsFor(options, source.registry, given, own);
  const from = options.client.repository(source.registry, source.repository, credentials);
  const targets = readTargets(options, loginServer, body, source);
  if (textOf(body['mode']).toLowerCase() !== 'force') await requireNew(targets);
  const copy = (): Promise<undefined> => copyAll(options, from, source, targets);
  const key = JSON.stringify([loginServer, body]);
  return { copying: options.shared?.(key, copy) ?? copy() };
}

async function copyAll(
  { imported }: ImportOptions,
  from: RepositoryClient,
  source: Reference,
  targets: readonly Target[],
): Promise<undefined> {
  const reader = registryReader(from, source, formatReference(source));
  try {
    for (const { repository, reference } of targets) {
      const writer = registryWriter(repository, reference, formatReference(reference));
      const { digest } = await copyImage(reader, writer, { maxManifests: MAX_MANIFESTS });
      await imported?.(reference.repository, digest, formatReference(source));
    }
    return undefined;
  } catch (error) {
    throw importFailed(error);
  }
}

async function readSource(given: JsonObject, own: OwnRegistries): Promise<Reference> {
  const image = textOf(given['sourceImage']);
  const resourceId = textOf(given['resourceId']);
  const registry = resourceId === '' ? textOf(given['registryUri']) : await own.byId(resourceId);
  if (registry === undefined || registry === '') {
    throw registryErrors.invalidProperty(
      'source',
      'a registryUri, or the resourceId of a registry',
    );
  }
  const prefix = `${registry.replace(/^https?:\/\//, '')}/`;
  const reference = parseReference(image.startsWith(prefix) ? image : prefix + image);
  if (reference !== undefined) return reference;
  throw registryErrors.invalidProperty(
    'source.sourceImage',
    `an image like app:v1, not '${image}'`,
  );
}

async function credentialsFor(
  options: ImportOptions,
  registry: string,
  given: JsonObject,
  own: OwnRegistries,
): Promise<Credentials | undefined> {
  const { credentials } = given;
  if (isJsonObject(credentials) && textOf(credentials['password']) !== '') {
    const username = textOf(credentials['username']);
    return { username: username || TOKEN_USERNAME, password: textOf(credentials['password']) };
  }
  const loginServer = await own.byHost(registry);
  return loginServer === undefined ? undefined : ownCredentials(options, loginServer);
}

function ownCredentials({ tokenAuthority }: ImportOptions, loginServer: string): Credentials {
  const tokens = new RegistryTokens(tokenAuthority, () => loginServer);
  const password = tokens.issueRefresh({ name: 'import', access: FULL_ACCESS }, undefined);
  return { username: TOKEN_USERNAME, password };
}

function readTargets(
  options: ImportOptions,
  loginServer: string,
  body: JsonObject,
  source: Reference,
): Target[] {
  const credentials = ownCredentials(options, loginServer);
  const target = (text: string, tagged: boolean): Target => {
    const reference = parseReference(`${loginServer}/${text}`);
    if (reference === undefined) {
      throw registryErrors.invalidProperty('targetTags', `images like app:v1, not '${text}'`);
    }
    const repository = options.client.repository(loginServer, reference.repository, credentials);
    const untagged = { registry: loginServer, repository: reference.repository };
    const tag = tagged ? (reference.tag ?? source.tag ?? parseTag('latest')) : undefined;
    return { repository, reference: { ...untagged, ...(tag && { tag }) } };
  };
  const tags = texts(body['targetTags']).map((text) => target(text, true));
  const untagged = texts(body['untaggedTargetRepositories']).map((text) => target(text, false));
  if (tags.length + untagged.length > 0) return [...tags, ...untagged];
  return [target(`${source.repository}:${source.tag ?? 'latest'}`, source.tag !== undefined)];
}

async function requireNew(targets: readonly Target[]): Promise<void> {
  for (const { repository, reference } of targets) {
    const { tag } = reference;
    if (tag !== undefined && (await exists(repository, tag))) {
      const text = `${reference.repository}:${tag}`;
      throw new ArmError({
        status: 409,
        code: 'Conflict',
        message: `Tag ${text} already exists in target registry. Import with mode Force to overwrite it.`,
      });
    }
  }
}

async function exists(repository: RepositoryClient, tag: string): Promise<boolean> {
  try {
    return await repository.hasManifest(tag);
  } catch (error) {
    throw importFailed(error);
  }
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map(textOf) : [];
}

function importFailed(error: unknown): unknown {
  if (!(error instanceof RemoteError)) return error;
  return new ArmError({
    status: 400,
    code: 'InvalidParameters',
    message: `Operation failed with error: ${error.registryMessage ?? messageOf(error)}`,
  });
}
