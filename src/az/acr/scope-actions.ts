import { AzError } from '../az-error.js';

const REPOSITORY_ACTIONS = [
  'content/delete',
  'content/read',
  'content/write',
  'metadata/read',
  'metadata/write',
];
const GATEWAY_ACTIONS = ['config/read', 'config/write', 'message/read', 'message/write'];

/** What `--repository` and `--gateway` may be given after their first word; help shows it. */
export const REPOSITORY_ACTIONS_HELP = `Valid actions are ${list(REPOSITORY_ACTIONS)}`;
export const GATEWAY_ACTIONS_HELP = `Valid actions are ${list(GATEWAY_ACTIONS)}`;

/**
 * `[['app', 'content/read']]` → `['repositories/app/content/read']`.
 *
 * @throws AzError for a name without an action, or an action there is not.
 */
export function scopeActions(repositories: string[][], gateways: string[][]): string[] {
  return [
    ...repositories.flatMap((rule) => parseRule(rule, 'repositories', REPOSITORY_ACTIONS)),
    ...gateways.flatMap((rule) => parseRule(rule, 'gateway', GATEWAY_ACTIONS)),
  ];
}

function parseRule(rule: string[], prefix: string, valid: readonly string[]): string[] {
  const [name = '', ...actions] = rule.map((word) => word.toLowerCase());
  if (actions.length === 0) {
    throw new AzError(`At least one action must be specified with "${name}".`);
  }
  return actions.map((action) => {
    if (!valid.includes(action)) {
      throw new AzError(`Invalid action "${action}" provided. \nValid actions are ${list(valid)}.`);
    }
    return `${prefix}/${name}/${action}`;
  });
}

function list(words: readonly string[]): string {
  return `[${words.map((word) => `'${word}'`).join(', ')}]`;
}
