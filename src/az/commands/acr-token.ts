import { CHILD_ARGUMENTS, deleteChild, getChild, listChildren } from '../acr/registry-child.js';
import { tokenPasswordTable, tokenTable } from '../acr/token-tables.js';
import {
  createToken,
  deleteCredentials,
  generateCredentials,
  TOKENS,
  updateToken,
} from '../acr/tokens.js';
import { YES } from '../common-arguments.js';
import { confirm } from '../confirm.js';
import type { ArgumentSpec, CommandSpec } from '../spec.js';
import { gatewayRules, repositoryRules } from './acr-scope-map.js';

const NAME: ArgumentSpec = {
  name: 'name',
  options: ['--name', '-n'],
  required: true,
  help: 'The name of the token.',
};
const STATUS: ArgumentSpec = {
  name: 'status',
  options: ['--status'],
  choices: ['disabled', 'enabled'],
  default: 'enabled',
  help: 'The status of the token.',
};
const SCOPE_MAP: ArgumentSpec = {
  name: 'scopeMap',
  options: ['--scope-map'],
  help: 'The name of the scope map associated with the token.',
};
const EXPIRATION: readonly ArgumentSpec[] = [
  {
    name: 'expiration',
    options: ['--expiration'],
    help: 'UTC time for which the credentials will be valid. In the format of %Y-%m-%dT%H:%M:%SZ, e.g. 2025-12-31T12:59:59Z.',
  },
  {
    name: 'expirationInDays',
    options: ['--expiration-in-days'],
    kind: 'integer',
    help: 'Number of days for which the credentials will be valid. If not specified, they do not expire.',
  },
];

function passwordFlags(verb: string): readonly ArgumentSpec[] {
  return (['password1', 'password2'] as const).map((name) => ({
    name,
    options: [`--${name}`],
    kind: 'flag',
    help: `Flag indicating if ${name} should be ${verb}.`,
  }));
}

export const TOKEN_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'acr token create',
    summary: 'Create a token associated with a scope map for an Azure Container Registry.',
    arguments: [
      NAME,
      ...CHILD_ARGUMENTS,
      SCOPE_MAP,
      repositoryRules('--repository', ''),
      gatewayRules('--gateway', ''),
      STATUS,
      {
        name: 'noPasswords',
        options: ['--no-passwords'],
        kind: 'three-state',
        help: 'Do not generate passwords during token creation. You can generate the passwords after the token is created by using `az acr token credential generate` command.',
      },
      ...EXPIRATION,
    ],
    examples: [
      {
        title: 'Create a token that has read permissions on the hello-world repository.',
        command:
          'az acr token create -n MyToken -r myregistry --repository hello-world content/read metadata/read',
      },
    ],
    table: tokenTable,
    run: createToken,
  },
  {
    path: 'acr token update',
    summary: 'Update a token (replace associated scope map) for an Azure Container Registry.',
    arguments: [NAME, ...CHILD_ARGUMENTS, SCOPE_MAP, STATUS],
    table: tokenTable,
    run: updateToken,
  },
  {
    path: 'acr token show',
    summary: 'Show details and attributes of a token for an Azure Container Registry.',
    arguments: [NAME, ...CHILD_ARGUMENTS],
    table: tokenTable,
    run: async (session, args) => await getChild(session, args, TOKENS),
  },
  {
    path: 'acr token list',
    summary: 'List all tokens for an Azure Container Registry.',
    arguments: CHILD_ARGUMENTS,
    table: tokenTable,
    run: async (session, args) => await listChildren(session, args, TOKENS),
  },
  {
    path: 'acr token delete',
    summary: 'Delete a token for an Azure Container Registry.',
    arguments: [NAME, ...CHILD_ARGUMENTS, YES],
    run: async (session, args) => {
      await confirm(
        `Deleting the token '${args.text('name')}' will invalidate access to anyone using its credentials. Proceed?`,
        args.flag('yes'),
      );
      await deleteChild(session, args, TOKENS);
      return undefined;
    },
  },
  {
    path: 'acr token credential generate',
    summary:
      'Generate or replace one or both passwords of a token for an Azure Container Registry.',
    arguments: [NAME, ...CHILD_ARGUMENTS, ...passwordFlags('generated'), ...EXPIRATION],
    examples: [
      {
        title: 'Generate password1.',
        command: 'az acr token credential generate -n MyToken -r myregistry --password1',
      },
    ],
    table: tokenPasswordTable,
    run: generateCredentials,
  },
  {
    path: 'acr token credential delete',
    summary: 'Delete a token credential.',
    arguments: [NAME, ...CHILD_ARGUMENTS, ...passwordFlags('deleted')],
    table: tokenTable,
    run: deleteCredentials,
  },
];
