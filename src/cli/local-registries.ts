import { readFileSync } from 'node:fs';
import { refreshToken, TOKEN_USER } from '../az/acr/data-plane.js';
import { readConnection } from '../az/connection.js';
import { Session } from '../az/session.js';
import { Transport } from '../az/transport.js';
import { Failure, messageOf } from '../base/failure.js';
import type { OpenRepository } from '../image/image-access.js';
import { createRegistryClient } from '../remote/client.js';
import type { Credentials } from '../remote/registry-client.js';
import { Home, homeDirectory } from '../server/home.js';
import type { RegistryStatus } from '../server/status.js';
import { packageVersion } from '../server/version.js';
import { connectTo } from './connection.js';
import { fetchStatus } from './status.js';

const AZURE_NAME = /^([a-z0-9]+)\.azurecr\.io$/i;

/**
 * Asks the registries of a running Lazurite for what is named `NAME.azurecr.io`, as its principal; everyone else
 * is asked as before, and everything is where no Lazurite runs.
 *
 * @param homeOption of the command; then one must run there
 * @param onLocal told once of each registry that is asked in Azure's place
 * @throws Failure when nothing runs in the home that is named
 */
export function withLocalRegistries(
  open: OpenRepository,
  homeOption: string | undefined,
  onLocal: (registry: string, url: string) => void,
): OpenRepository {
  if (homeOption !== undefined) connectTo(homeOption);
  const home = homeDirectory(homeOption);
  if (new Home(home).owner() === undefined) return open;
  const registries = new LocalRegistries(home, onLocal);
  return async (reference) => {
    const name = AZURE_NAME.exec(reference.registry)?.[1];
    const local = name === undefined ? undefined : await registries.open(name);
    return local ? local(reference) : open(reference);
  };
}

/** The registries of one Lazurite; nothing is asked before one is needed, and then once. */
class LocalRegistries {
  readonly #home: string;
  readonly #onLocal: (registry: string, url: string) => void;
  readonly #opened = new Map<string, Promise<OpenRepository | undefined>>();
  #listed: Promise<RegistryStatus[]> | undefined;

  constructor(home: string, onLocal: (registry: string, url: string) => void) {
    this.#home = home;
    this.#onLocal = onLocal;
  }

  /** @returns undefined when it has no registry of that name */
  open(name: string): Promise<OpenRepository | undefined> {
    const key = name.toLowerCase();
    const opened = this.#opened.get(key) ?? this.#signIn(key);
    this.#opened.set(key, opened);
    return opened;
  }

  async #signIn(name: string): Promise<OpenRepository | undefined> {
    this.#listed ??= fetchStatus(this.#home).then(({ registries }) => registries);
    const found = (await this.#listed).find((one) => one.name.toLowerCase() === name);
    if (!found) return undefined;
    this.#onLocal(`${name}.azurecr.io`, found.url);
    const ca = readFileSync(readConnection(this.#home).ca, 'utf8');
    const client = createRegistryClient({
      resolveEndpoint: () => ({ baseUrl: found.url, ca }),
      userAgent: `lazurite/${packageVersion()}`,
    });
    const credentials = await this.#credentials(found);
    return ({ registry, repository }) =>
      Promise.resolve(client.repository(registry, repository, credentials));
  }

  /** As `az acr login --expose-token` gets them. */
  async #credentials({ name, loginServer }: RegistryStatus): Promise<Credentials> {
    const connection = readConnection(this.#home);
    const http = new Transport(connection.ca);
    const io = { stdout: ignore, stderr: ignore, colour: false, environment: process.env };
    const session = new Session({ open: () => ({ connection, http }), io, commandPath: 'check' });
    try {
      return { username: TOKEN_USER, password: await refreshToken(session, loginServer) };
    } catch (error) {
      throw new Failure(`the Lazurite in ${this.#home} gives no credentials for ${name}`, {
        why: messageOf(error),
        cause: error,
      });
    } finally {
      http.close();
    }
  }
}

function ignore(): void {
  // az would say here what it warns of
}
