import { changeNetworkRules, listNetworkRules } from '../acr/network-rules.js';
import { REGISTRY_NAME } from '../acr/registry-child.js';
import { OPTIONAL_RESOURCE_GROUP } from '../common-arguments.js';
import type { ArgumentSpec, CommandSpec } from '../spec.js';

const ADDRESS: ArgumentSpec = {
  name: 'ipAddress',
  options: ['--ip-address'],
  help: 'IPv4/IPv6 address or CIDR range.',
};

export const NETWORK_RULE_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'acr network-rule list',
    summary: 'List network rules.',
    arguments: [REGISTRY_NAME, OPTIONAL_RESOURCE_GROUP],
    run: listNetworkRules,
  },
  {
    path: 'acr network-rule add',
    summary: 'Add a network rule.',
    arguments: [REGISTRY_NAME, OPTIONAL_RESOURCE_GROUP, ADDRESS],
    examples: [
      {
        title: 'Add a rule to allow access for a specific IP address-range.',
        command: 'az acr network-rule add -n myregistry --ip-address 23.45.1.0/24',
      },
    ],
    run: async (session, args) =>
      await changeNetworkRules(session, args, (rules, address) => [
        ...rules,
        { value: address, action: 'Allow' },
      ]),
  },
  {
    path: 'acr network-rule remove',
    summary: 'Remove a network rule.',
    arguments: [REGISTRY_NAME, OPTIONAL_RESOURCE_GROUP, ADDRESS],
    run: async (session, args) =>
      await changeNetworkRules(session, args, (rules, address) =>
        rules.filter((rule) => rule['value'] !== address),
      ),
  },
];
