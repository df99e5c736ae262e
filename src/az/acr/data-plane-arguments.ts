import { isJsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { OPTIONAL_RESOURCE_GROUP } from '../common-arguments.js';
import type { ArgumentReader, ArgumentSpec } from '../spec.js';
import type { RegistryClient } from './data-plane.js';

/** A user of the registry instead of the account, and the registry's resource group. */
export const CREDENTIALS: readonly ArgumentSpec[] = [
  {
    name: 'username',
    options: ['--username', '-u'],
    help: 'The username used to log into a container registry.',
  },
  {
    name: 'password',
    options: ['--password', '-p'],
    help: 'The password used to log into a container registry.',
  },
  { ...OPTIONAL_RESOURCE_GROUP, environment: '' },
];
export const TOP: ArgumentSpec = {
  name: 'top',
  options: ['--top'],
  kind: 'integer',
  help: 'Limit the number of items in the results.',
};
export const ORDER_BY: ArgumentSpec = {
  name: 'orderBy',
  options: ['--orderby'],
  choices: ['time_asc', 'time_desc'],
  help: 'Order the items in the results. Default to alphabetical order of names.',
};

export function pageOptions(args: ArgumentReader): { top?: number; orderBy?: string } {
  const top = args.number('top');
  const orderBy = args.optional('orderBy')?.replace('_', '');
  return { ...(top === undefined ? {} : { top }), ...(orderBy === undefined ? {} : { orderBy }) };
}

/** @throws AzError when the tag has no digest */
export async function digestOf(
  registry: RegistryClient,
  repository: string,
  tag: string,
): Promise<string> {
  const answer = (await registry.get(`/acr/v1/${repository}/_tags/${tag}`))['tag'];
  const digest = isJsonObject(answer) ? answer['digest'] : undefined;
  if (typeof digest === 'string' && digest !== '') return digest;
  throw new AzError(`Could not get the manifest digest for image '${repository}:${tag}'.`);
}
