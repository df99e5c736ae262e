import { isJsonObject, textOf, type Json, type JsonObject } from '../../base/json.js';
import { messageOf } from '../../base/failure.js';
import { MEDIA_TYPE } from '../../oci/media-types.js';
import type { CommandScope } from '../steps/command-scope.js';
import { StepFailure } from '../steps/step-run.js';
import { CommandLineError } from './words.js';

/** A tag as ACR's own API lists it. */
export interface AcrTag {
  name: string;
  digest: string;
  lastUpdate: Date;
  /** Locks forbid it. */
  deletable: boolean;
}

export interface AcrManifest {
  digest: string;
  tags: string[];
  lastUpdate: Date;
  deletable: boolean;
  mediaType: string;
}

const PAGE_SIZE = 100;
/** A registry that keeps handing out pages is broken. */
const MAX_PAGES = 10_000;

/**
 * Credentials of a run are for its own registry.
 *
 * @param given of `--registry`: a name or a login server
 * @throws CommandLineError for another registry
 */
export function requireOwnRegistry({ run }: CommandScope, command: string, given = ''): void {
  const { loginServer, registryName } = run;
  const own = [loginServer, registryName, `${registryName}.azurecr.io`];
  if (given === '' || own.includes(given.toLowerCase().replace(/^https?:\/\//, ''))) return;
  throw new CommandLineError(
    `${command}: ${given} is not the registry of this run, which is ${registryName} (${loginServer})`,
  );
}

/** ACR's API of the run's registry, as its admin. */
export class AcrApi {
  readonly #scope: CommandScope;

  constructor(scope: CommandScope) {
    this.#scope = scope;
  }

  async repositories(): Promise<string[]> {
    const pages = await this.#pages('/acr/v1/_catalog', 'repositories');
    return pages.filter((name) => typeof name === 'string');
  }

  async tags(repository: string): Promise<AcrTag[]> {
    const items = await this.#pages(`/acr/v1/${repository}/_tags`, 'tags');
    return items.filter(isJsonObject).map((item) => ({
      name: textOf(item['name']),
      digest: textOf(item['digest']),
      ...common(item),
    }));
  }

  async manifests(repository: string): Promise<AcrManifest[]> {
    const items = await this.#pages(`/acr/v1/${repository}/_manifests`, 'manifests');
    return items.filter(isJsonObject).map((item) => ({
      digest: textOf(item['digest']),
      tags: Array.isArray(item['tags']) ? item['tags'].map(textOf) : [],
      mediaType: textOf(item['mediaType']),
      ...common(item),
    }));
  }

  /** An index itself, to see which manifests it names. */
  async manifest(repository: string, digest: string): Promise<JsonObject> {
    const accept = { accept: `${MEDIA_TYPE.ociIndex}, ${MEDIA_TYPE.dockerManifestList}` };
    const response = await this.#send('GET', `/v2/${repository}/manifests/${digest}`, accept);
    const body = (await response.json()) as Json;
    return isJsonObject(body) ? body : {};
  }

  async deleteTag(repository: string, tag: string): Promise<void> {
    await this.#send('DELETE', `/acr/v1/${repository}/_tags/${encodeURIComponent(tag)}`);
  }

  async deleteManifest(repository: string, digest: string): Promise<void> {
    await this.#send('DELETE', `/v2/${repository}/manifests/${digest}`);
  }

  async #pages(path: string, field: string): Promise<Json[]> {
    const found: Json[] = [];
    let next: string | undefined = `${path}?n=${PAGE_SIZE}`;
    for (let page = 0; next !== undefined && page < MAX_PAGES; page++) {
      const response: Response = await this.#send('GET', next);
      const body = (await response.json()) as Json;
      const items = isJsonObject(body) ? body[field] : undefined;
      if (Array.isArray(items)) found.push(...items);
      next = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
    }
    return found;
  }

  /** @throws StepFailure with the registry's refusal in the log */
  async #send(
    method: string,
    path: string,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const { run, signal } = this.#scope;
    const { loginServer, log } = run;
    const credentials = run.credentialsFor(loginServer);
    const basic = credentials && `${credentials.username}:${credentials.password}`;
    const authorization = basic && `Basic ${Buffer.from(basic).toString('base64')}`;
    const url = new URL(path, run.registryUrl(loginServer) ?? `https://${loginServer}`);
    try {
      const all = { ...headers, ...(authorization && { authorization }) };
      const response = await fetch(url, { method, headers: all, signal });
      if (response.ok) return response;
      log.line(`${method} ${path} was refused: ${response.status} ${await response.text()}`);
    } catch (error) {
      signal.throwIfAborted();
      log.line(`${loginServer} cannot be reached: ${messageOf(error)}`);
    }
    throw new StepFailure('exit status 1');
  }
}

function common(item: JsonObject): { lastUpdate: Date; deletable: boolean } {
  const attributes = item['changeableAttributes'];
  const locked =
    isJsonObject(attributes) &&
    (attributes['deleteEnabled'] === false || attributes['writeEnabled'] === false);
  return { lastUpdate: new Date(textOf(item['lastUpdateTime'])), deletable: !locked };
}
