import type { Json } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { findRegistry, printedRegistry, registryName } from '../acr/registries.js';
import { REGISTRY } from '../acr/registry-child.js';
import { OPTIONAL_RESOURCE_GROUP } from '../common-arguments.js';
import { valueAt } from '../json-path.js';
import type { Session } from '../session.js';
import type { ArgumentReader, CommandSpec } from '../spec.js';

const PREMIUM_ONLY = 'Policies are only supported for managed registries in Premium SKU.';

async function policyOf(
  session: Session,
  args: ArgumentReader,
  policy: string,
  needsPremium: boolean,
): Promise<Json> {
  const name = registryName(args.text('registry'));
  const { resource } = await findRegistry(session, name, args.optional('resourceGroup'));
  if (needsPremium && valueAt(resource, 'sku', 'name') !== 'Premium') {
    throw new AzError(PREMIUM_ONLY);
  }
  return valueAt(printedRegistry(resource), 'policies', policy) ?? null;
}

/** Commands that show a registry's policies. */
export const CONFIG_COMMANDS: readonly CommandSpec[] = [
  {
    path: 'acr config content-trust show',
    summary: 'Show the configured content-trust policy for an Azure Container Registry.',
    arguments: [REGISTRY, OPTIONAL_RESOURCE_GROUP],
    run: async (session, args) => await policyOf(session, args, 'trustPolicy', true),
  },
  {
    path: 'acr config retention show',
    summary: 'Show the configured retention policy for an Azure Container Registry.',
    arguments: [REGISTRY, OPTIONAL_RESOURCE_GROUP],
    run: async (session, args) => await policyOf(session, args, 'retentionPolicy', true),
  },
  {
    path: 'acr config soft-delete show',
    summary: 'Show the configured soft-delete policy for an Azure Container Registry.',
    arguments: [REGISTRY],
    run: async (session, args) => await policyOf(session, args, 'softDeletePolicy', false),
  },
  {
    path: 'acr config authentication-as-arm show',
    summary:
      "Show the configured 'Azure AD authenticate as ARM' policy for an Azure Container Registry.",
    arguments: [REGISTRY, OPTIONAL_RESOURCE_GROUP],
    run: async (session, args) =>
      await policyOf(session, args, 'azureAdAuthenticationAsArmPolicy', false),
  },
];
