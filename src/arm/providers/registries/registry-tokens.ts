import type { Clock } from '../../../base/clock.js';
import { isJsonObject, textOf, type JsonObject } from '../../../base/json.js';
import type { RegistryToken } from '../../../registry/registry-host.js';
import type { MetadataStore } from '../../../storage/metadata-store.js';
import { createDocumentProvider } from '../../document-provider.js';
import { armErrors } from '../../errors.js';
import type { Resource, ResourceProvider } from '../../provider.js';
import { ResourceDocuments } from '../../resource-documents.js';
import { isInside, nameOf, parseResourceId, type ResourceId } from '../../resource-id.js';
import { makePassword } from './registry-credentials.js';
import { registryErrors } from './registry-errors.js';
import { permissionsOf, SCOPE_MAPS_TYPE } from './scope-maps.js';

const TYPE = 'Microsoft.ContainerRegistry/registries/tokens';
const PASSWORDS = 'arm.registryTokenPasswords';
const PASSWORD_NAMES = ['password1', 'password2'];
const NAME = /^[A-Za-z0-9-]{5,50}$/;

interface TokenPassword extends JsonObject {
  name: string;
  value: string;
  creationTime: string;
  expiry: string | null;
}

/** Tokens of registries: users with the permissions of a scope map and passwords of their own. */
export class RegistryTokens {
  readonly provider: ResourceProvider;
  readonly #metadata: MetadataStore;
  readonly #clock: Clock;
  readonly #changed: (id: ResourceId) => Promise<void>;
  readonly #documents: ResourceDocuments;

  constructor(options: {
    metadata: MetadataStore;
    clock: Clock;
    changed: (id: ResourceId) => Promise<void>;
  }) {
    this.#metadata = options.metadata;
    this.#clock = options.clock;
    this.#changed = options.changed;
    this.#documents = new ResourceDocuments(options.metadata, TYPE);
    this.provider = createDocumentProvider({
      type: TYPE,
      metadata: options.metadata,
      clock: options.clock,
      tracking: 'none',
      properties: ({ id, given, existing }) => this.#properties(id, given, existing),
      changed: async (id, token) => {
        if (token === undefined) await this.#metadata.delete(PASSWORDS, id.key);
        await this.#changed(id);
      },
    });
  }

  /** The tokens of a registry as it is told of them. */
  async configured(registry: ResourceId): Promise<RegistryToken[]> {
    const tokens = await this.#documents.list(registry);
    return Promise.all(
      tokens.map(async ({ id, name, properties }) => ({
        name,
        enabled: properties['status'] === 'enabled',
        passwords: (await this.#passwords(id)).map(({ value, expiry }) =>
          expiry === null ? { value } : { value, expiry },
        ),
        permissions: await permissionsOf(this.#metadata, textOf(properties['scopeMapId'])),
      })),
    );
  }

  /**
   * `generateCredentials`: new passwords for a token, both or the one that is named.
   *
   * @throws ArmError ResourceNotFound, InvalidPasswordName
   */
  async generate(registry: ResourceId, body: JsonObject): Promise<JsonObject> {
    const id = parseResourceId(textOf(body['tokenId']));
    const token =
      id && isInside({ id: id.key }, registry) ? await this.#documents.get(id) : undefined;
    if (id === undefined) throw registryErrors.invalidProperty('tokenId', 'the id of a token');
    if (token === undefined) throw armErrors.resourceNotFound(id);
    const names = body['name'] == null ? PASSWORD_NAMES : [textOf(body['name'])];
    const unknown = names.find((name) => !PASSWORD_NAMES.includes(name));
    if (unknown !== undefined) throw registryErrors.invalidPasswordName(unknown);
    const made = names.map((name) => this.#make(name, body['expiry']));
    const kept = (await this.#passwords(token.id)).filter(({ name }) => !names.includes(name));
    const all = [...kept, ...made].toSorted((one, other) => one.name.localeCompare(other.name));
    await this.#metadata.put(PASSWORDS, id.key, all);
    await this.#documents.put(withPasswords(token, all));
    await this.#changed(id);
    return { username: token.name, passwords: all.map((password) => shown(password, names)) };
  }

  async removeAll(registry: ResourceId): Promise<void> {
    for (const { id } of await this.#documents.list(registry)) {
      await this.#metadata.delete(PASSWORDS, id.toLowerCase());
    }
    await this.#documents.deleteWithin(registry);
  }

  async #properties(
    id: ResourceId,
    given: JsonObject,
    existing: Resource | undefined,
  ): Promise<JsonObject> {
    if (!NAME.test(nameOf(id))) {
      throw registryErrors.invalidProperty('name', "5 to 50 letters, digits or '-'");
    }
    const scopeMap = parseResourceId(textOf(given['scopeMapId']));
    const maps = new ResourceDocuments(this.#metadata, SCOPE_MAPS_TYPE);
    if (scopeMap === undefined || (await maps.get(scopeMap)) === undefined) {
      throw registryErrors.invalidProperty('scopeMapId', 'the id of a scope map of the registry');
    }
    const status = given['status'] ?? 'enabled';
    if (status !== 'enabled' && status !== 'disabled') {
      throw registryErrors.invalidProperty('status', 'enabled or disabled');
    }
    return {
      creationDate: existing?.properties['creationDate'] ?? this.#clock.now().toISOString(),
      provisioningState: 'Succeeded',
      scopeMapId: scopeMap.text,
      status,
      credentials: await this.#credentials(id, given, existing),
    };
  }

  /** A list of passwords keeps those that it names; passwords are made by `generate` only. */
  async #credentials(
    id: ResourceId,
    given: JsonObject,
    existing: Resource | undefined,
  ): Promise<JsonObject> {
    const known = existing?.properties['credentials'];
    const credentials = isJsonObject(known) ? known : { passwords: [], certificates: [] };
    const wanted = isJsonObject(given['credentials']) ? given['credentials']['passwords'] : null;
    if (!Array.isArray(wanted)) return credentials;
    const names = new Set(wanted.filter(isJsonObject).map(({ name }) => name));
    const all = await this.#passwords(id.key);
    const kept = all.filter(({ name }) => names.has(name));
    if (kept.length < all.length) await this.#metadata.put(PASSWORDS, id.key, kept);
    return { ...credentials, passwords: kept.map(described) };
  }

  async #passwords(tokenId: string): Promise<TokenPassword[]> {
    return (await this.#metadata.get<TokenPassword[]>(PASSWORDS, tokenId.toLowerCase())) ?? [];
  }

  #make(name: string, expiry: unknown): TokenPassword {
    if (expiry != null && (typeof expiry !== 'string' || Number.isNaN(Date.parse(expiry)))) {
      throw registryErrors.invalidProperty('expiry', 'a time like 2027-01-31T12:00:00Z');
    }
    const creationTime = this.#clock.now().toISOString();
    return { name, value: makePassword(), creationTime, expiry: expiry ?? null };
  }
}

/** A password is shown once, when it is made. */
function shown(password: TokenPassword, made: readonly string[]): JsonObject {
  return made.includes(password.name) ? password : { ...password, value: null };
}

function withPasswords(token: Resource, passwords: readonly TokenPassword[]): Resource {
  const { credentials } = token.properties;
  return {
    ...token,
    properties: {
      ...token.properties,
      credentials: {
        ...(isJsonObject(credentials) ? credentials : {}),
        passwords: passwords.map(described),
      },
    },
  };
}

function described({ name, creationTime, expiry }: TokenPassword): JsonObject {
  return { name, creationTime, expiry };
}
