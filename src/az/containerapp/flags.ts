import type { Json, JsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import type { Session } from '../session.js';

/** `['A=1', 'B=secretref:b']` → `[{name,value},{name,secretRef}]`. @throws AzError */
export function parseVariables(words: readonly string[]): JsonObject[] {
  const seen = new Set<string>();
  return words
    .filter((word) => word !== '')
    .map((word): JsonObject => {
      const at = word.indexOf('=');
      if (at === -1) {
        throw new AzError(
          'Environment variables must be in the format "<key>=<value> <key>=secretref:<value> ...".',
        );
      }
      const name = word.slice(0, at);
      if (seen.has(name)) {
        throw new AzError(
          `Duplicate environment variable ${name} found, environment variable names must be unique.`,
        );
      }
      seen.add(name);
      const [value = '', secretRef] = word.slice(at + 1).split('secretref:');
      return secretRef === undefined ? { name, value } : { name, secretRef };
    });
}

/** `['s=1']` → `[{name,value,keyVaultUrl:'',identity:''}]`. @throws AzError */
export function parseSecrets(words: readonly string[]): JsonObject[] {
  const seen = new Set<string>();
  return words.map((word) => {
    const at = word.indexOf('=');
    if (at === -1) {
      throw new AzError(
        'Secrets must be in format "<key>=<value> <key>=<value> ..." or "<key>=<keyvaultref:keyvaulturl,identityref:indentityId> ...".',
      );
    }
    const name = word.slice(0, at);
    if (seen.has(name)) {
      throw new AzError(`Duplicate secret "${name}" found, secret names must be unique.`);
    }
    seen.add(name);
    const reference = /^keyvaultref:([^,]*),identityref:(.*)$/.exec(word.slice(at + 1));
    return {
      name,
      value: reference ? '' : word.slice(at + 1),
      keyVaultUrl: reference?.[1] ?? '',
      identity: reference?.[2] ?? '',
    };
  });
}

/**
 * Keeps a registry's password as a secret of the app, and answers the secret's name,
 * e.g. `'acrlabazurecrio-acrlab'`.
 */
export function storeRegistryPassword(
  session: Session,
  secrets: JsonObject[],
  registry: { server: string; username: string; password: string },
): string {
  if (registry.password.startsWith('secretref:')) {
    const name = registry.password.slice('secretref:'.length);
    if (!secrets.some((secret) => sameName(secret['name'], name))) {
      throw new AzError(
        `Registry password secret with name '${name}' does not exist. Add the secret using --secrets`,
      );
    }
    return name;
  }
  const name = registrySecretName(registry.server, registry.username);
  const existing = secrets.find((secret) => sameName(secret['name'], name));
  if (existing) {
    existing['value'] = registry.password;
    return name;
  }
  session.warn(`Adding registry password as a secret with name "${name}"`);
  secrets.push({ name, value: registry.password });
  return name;
}

/** `'acrlab.azurecr.io'`, `'acrlab'` → `'acrlabazurecrio-acrlab'` */
export function registrySecretName(server: string, username: string): string {
  const host = server.replaceAll(':', '-').replaceAll('.', '');
  return `${host}-${username.toLowerCase().replace(/[^a-z0-9-]/g, '-')}`;
}

function sameName(value: Json | undefined, name: string): boolean {
  return typeof value === 'string' && value.toLowerCase() === name.toLowerCase();
}
