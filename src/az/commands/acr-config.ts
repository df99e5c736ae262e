import { showPolicy, updateRetention, updateSoftDelete } from '../acr/policies.js';
import { REGISTRY } from '../acr/registry-child.js';
import { OPTIONAL_RESOURCE_GROUP, YES } from '../common-arguments.js';
import type { ArgumentSpec, CommandSpec } from '../spec.js';

const STATUS: ArgumentSpec = {
  name: 'status',
  options: ['--status'],
  choices: ['disabled', 'enabled'],
  help: 'Indicates whether the policy is enabled.',
};
const DAYS: ArgumentSpec = {
  name: 'days',
  options: ['--days'],
  kind: 'integer',
  help: 'The number of days after which what nobody holds is purged.',
};

/** Commands on the policies of a registry. */
export const CONFIG_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'acr config content-trust show',
    summary: 'Show the configured content-trust policy for an Azure Container Registry.',
    arguments: [REGISTRY, OPTIONAL_RESOURCE_GROUP],
    run: async (session, args) => await showPolicy(session, args, 'trustPolicy'),
  },
  {
    path: 'acr config retention show',
    summary: 'Show the configured retention policy for an Azure Container Registry.',
    arguments: [REGISTRY, OPTIONAL_RESOURCE_GROUP],
    run: async (session, args) => await showPolicy(session, args, 'retentionPolicy'),
  },
  {
    path: 'acr config retention update',
    summary: 'Update retention policy for an Azure Container Registry.',
    arguments: [
      REGISTRY,
      OPTIONAL_RESOURCE_GROUP,
      {
        name: 'type',
        options: ['--type'],
        required: true,
        choices: ['UntaggedManifests'],
        help: 'The type of retention policy.',
      },
      STATUS,
      { ...DAYS, default: 7, help: 'The number of days to retain an untagged manifest, 0 to 365.' },
    ],
    examples: [
      {
        title: 'Purge untagged manifests after thirty days.',
        command:
          'az acr config retention update -r myregistry --status enabled --days 30 --type UntaggedManifests',
      },
    ],
    run: updateRetention,
  },
  {
    path: 'acr config soft-delete show',
    summary: 'Show the configured soft-delete policy for an Azure Container Registry.',
    arguments: [REGISTRY],
    run: async (session, args) => await showPolicy(session, args, 'softDeletePolicy'),
  },
  {
    path: 'acr config soft-delete update',
    summary: 'Update soft-delete policy for an Azure Container Registry.',
    arguments: [
      REGISTRY,
      STATUS,
      { ...DAYS, help: 'The number of days to retain what was deleted, 1 to 90.' },
      YES,
    ],
    examples: [
      {
        title: 'Keep what is deleted for a fortnight.',
        command: 'az acr config soft-delete update -r myregistry --status enabled --days 14',
      },
    ],
    run: updateSoftDelete,
  },
  {
    path: 'acr config authentication-as-arm show',
    summary:
      "Show the configured 'Azure AD authenticate as ARM' policy for an Azure Container Registry.",
    arguments: [REGISTRY, OPTIONAL_RESOURCE_GROUP],
    run: async (session, args) =>
      await showPolicy(session, args, 'azureAdAuthenticationAsArmPolicy'),
  },
];
