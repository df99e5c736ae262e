import type { ArgumentSpec } from './spec.js';

export const RESOURCE_GROUP: ArgumentSpec = {
  name: 'resourceGroup',
  options: ['--resource-group', '-g'],
  required: true,
  environment: 'AZURE_DEFAULTS_GROUP',
  help: 'Name of resource group. You can configure the default group using `az configure --defaults group=<name>`.',
};

export const OPTIONAL_RESOURCE_GROUP: ArgumentSpec = { ...RESOURCE_GROUP, required: false };

export const TAGS: ArgumentSpec = {
  name: 'tags',
  options: ['--tags'],
  kind: 'list',
  mayBeEmpty: true,
  help: "Space-separated tags: key[=value] [key[=value] ...]. Use '' to clear existing tags.",
};

export const NO_WAIT: ArgumentSpec = {
  name: 'noWait',
  options: ['--no-wait'],
  kind: 'flag',
  help: 'Do not wait for the long-running operation to finish.',
};

export const YES: ArgumentSpec = {
  name: 'yes',
  options: ['--yes', '-y'],
  kind: 'flag',
  help: 'Do not prompt for confirmation.',
};

/** `['a=1', 'b']` → `{ a: '1', b: '' }`; a lone `''` clears. */
export function parseTags(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words
      .filter((word) => word !== '')
      .map((word) => {
        const at = word.indexOf('=');
        return at === -1 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)];
      }),
  );
}
