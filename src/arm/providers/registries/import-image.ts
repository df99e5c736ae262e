import { messageOf } from '../../../base/failure.js';
import { isJsonObject, textOf, type Json, type JsonObject } from '../../../base/json.js';
import type { TokenAuthority } from '../../../identity/token-authority.js';
import { parseReference, type Reference } from '../../../oci/reference.js';
import { FULL_ACCESS } from '../../../registry/access.js';
import { RegistryTokens, TOKEN_USERNAME } from '../../../registry/registry-tokens.js';
import {
  manifestReference,
  RemoteError,
  type Credentials,
  type RegistryClient,
  type RepositoryClient,
} from '../../../remote/registry-client.js';
import { ArmError } from '../../errors.js';
import { copyImage } from './copy-image.js';
import { registryErrors } from './registry-errors.js';

export interface ImportOptions {
  client: RegistryClient;
  /** Signs the credentials for registries of one's own. */
  tokenAuthority: TokenAuthority;
}

/** Finds registries of one's own, which are read without credentials in the request. */
export interface OwnRegistries {
  /** The login server of a registry by its resource id. */
  byId(resourceId: string): Promise<string | undefined>;
  isOwn(loginServer: string): Promise<boolean>;
}

interface Target {
  repository: RepositoryClient;
  /** Undefined to import without a tag. */
  tag: string | undefined;
  text: string;
}

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
  return { copying: copyAll(from, manifestReference(source), targets) };
}

async function copyAll(
  from: RepositoryClient,
  reference: string,
  targets: readonly Target[],
): Promise<undefined> {
  try {
    for (const { repository, tag } of targets) await copyImage(from, repository, reference, tag);
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
  return (await own.isOwn(registry)) ? ownCredentials(options, registry) : undefined;
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
    const tag = tagged ? (reference.tag ?? source.tag ?? 'latest') : undefined;
    return { repository, tag, text: `${reference.repository}:${tag ?? ''}` };
  };
  const tags = texts(body['targetTags']).map((text) => target(text, true));
  const untagged = texts(body['untaggedTargetRepositories']).map((text) => target(text, false));
  if (tags.length + untagged.length > 0) return [...tags, ...untagged];
  return [target(`${source.repository}:${source.tag ?? 'latest'}`, source.tag !== undefined)];
}

async function requireNew(targets: readonly Target[]): Promise<void> {
  for (const { repository, tag, text } of targets) {
    if (tag !== undefined && (await exists(repository, tag))) {
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
    await repository.getManifest(tag);
    return true;
  } catch (error) {
    const missing = error instanceof RemoteError && /^(?:manifest|name)-unknown$/.test(error.kind);
    if (missing) return false;
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
