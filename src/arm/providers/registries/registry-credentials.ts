import { randomBytes } from 'node:crypto';
import type { JsonObject } from '../../../base/json.js';
import type { MetadataStore } from '../../../storage/metadata-store.js';
import type { Resource } from '../../provider.js';
import { registryErrors } from './registry-errors.js';

const COLLECTION = 'arm.registryPasswords';
const NAMES = ['password', 'password2'] as const;
/** As long as Azure's. */
const PASSWORD_LENGTH = 52;

type Passwords = [string, string];

/** The two passwords of each registry's admin user. They outlive its being switched off and on. */
export class RegistryCredentials {
  readonly #store: MetadataStore;

  constructor(store: MetadataStore) {
    this.#store = store;
  }

  /** The passwords, made up on first use. */
  async passwords(registry: Resource): Promise<Passwords> {
    const key = registry.id.toLowerCase();
    const stored = await this.#store.get<Passwords>(COLLECTION, key);
    if (stored !== undefined) return stored;
    const passwords: Passwords = [makePassword(), makePassword()];
    await this.#store.put(COLLECTION, key, passwords);
    return passwords;
  }

  /** @throws ArmError InvalidPasswordName */
  async renew(registry: Resource, name: unknown): Promise<void> {
    const index = NAMES.findIndex((candidate) => candidate === name);
    if (index < 0) throw registryErrors.invalidPasswordName(typeof name === 'string' ? name : '');
    const [first, second] = await this.passwords(registry);
    const next: Passwords = index === 0 ? [makePassword(), second] : [first, makePassword()];
    await this.#store.put(COLLECTION, registry.id.toLowerCase(), next);
  }

  /** `listCredentials`' answer. @throws ArmError UnAuthorizedForCredentialOperations */
  async list(registry: Resource): Promise<JsonObject> {
    requireAdmin(registry);
    const values = await this.passwords(registry);
    return {
      username: registry.name,
      passwords: NAMES.map((name, index) => ({ name, value: values[index] ?? '' })),
    };
  }

  async remove(id: string): Promise<void> {
    await this.#store.delete(COLLECTION, id.toLowerCase());
  }
}

/** @throws ArmError UnAuthorizedForCredentialOperations (400) when the admin user is switched off */
export function requireAdmin(registry: Resource): void {
  if (registry.properties['adminUserEnabled'] === true) return;
  throw registryErrors.adminDisabled(registry.id);
}

/** 52 letters and digits. */
export function makePassword(): string {
  const text = randomBytes(PASSWORD_LENGTH)
    .toString('base64')
    .replaceAll(/[^A-Za-z0-9]/g, '');
  return text.length >= PASSWORD_LENGTH ? text.slice(0, PASSWORD_LENGTH) : makePassword();
}
