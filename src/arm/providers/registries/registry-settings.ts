import { isJsonObject, textOf, type Json, type JsonObject } from '../../../base/json.js';
import type {
  NetworkRules,
  RegistrySettings,
  RegistryToken,
  RegistryWebhook,
} from '../../../registry/registry-host.js';
import { parsePullLimit, type PullLimit } from '../../../registry/pull-limit.js';
import type { Resource } from '../../provider.js';
import { registryErrors } from './registry-errors.js';

/** What a registry resource and its children mean to the registry that serves images. */
export function makeSettings(
  registry: Resource,
  parts: {
    passwords: [string, string];
    tokens: RegistryToken[];
    webhooks: RegistryWebhook[];
  },
): RegistrySettings {
  const { properties } = registry;
  const networkRules = networkRulesOf(properties);
  const anonymousPullLimit = pullLimitOf(registry);
  return {
    name: registry.name.toLowerCase(),
    loginServer: textOf(properties['loginServer']),
    admin: {
      enabled: properties['adminUserEnabled'] === true,
      username: registry.name,
      passwords: parts.passwords,
    },
    anonymousPull: properties['anonymousPullEnabled'] === true,
    tokens: parts.tokens,
    webhooks: parts.webhooks,
    ...(networkRules === undefined ? {} : { networkRules }),
    ...(anonymousPullLimit && { anonymousPullLimit }),
    softDelete: {
      enabled: policy(properties, 'softDeletePolicy')['status'] === 'enabled',
      retentionDays: days(policy(properties, 'softDeletePolicy')['retentionDays']),
    },
    untaggedRetention: {
      enabled: policy(properties, 'retentionPolicy')['status'] === 'enabled',
      days: days(policy(properties, 'retentionPolicy')['days']),
    },
  };
}

/** Azure has no such setting, and a tag means nothing to it. */
const PULL_LIMIT_TAG = 'lazurite-anonymous-pull-limit';

/** @throws ArmError for a tag that is no limit */
function pullLimitOf({ tags }: Resource): PullLimit | undefined {
  const text = isJsonObject(tags) ? tags[PULL_LIMIT_TAG] : undefined;
  if (text === undefined) return undefined;
  const limit = parsePullLimit(textOf(text));
  if (limit) return limit;
  throw registryErrors.invalidProperty(`tags.${PULL_LIMIT_TAG}`, 'PULLS/SECONDS, e.g. 100/21600');
}

/** No public access is a rule that lets nobody in. */
function networkRulesOf(properties: JsonObject): NetworkRules | undefined {
  if (properties['publicNetworkAccess'] === 'Disabled') {
    return { defaultAction: 'Deny', allowed: [] };
  }
  const { networkRuleSet } = properties;
  if (!isJsonObject(networkRuleSet)) return undefined;
  const { ipRules, defaultAction } = networkRuleSet;
  const rules = Array.isArray(ipRules) ? ipRules : [];
  return {
    defaultAction: defaultAction === 'Deny' ? 'Deny' : 'Allow',
    allowed: rules.flatMap((rule) => {
      const value = isJsonObject(rule) ? textOf(rule['value']) : '';
      return value === '' ? [] : [value];
    }),
  };
}

function policy(properties: JsonObject, name: string): JsonObject {
  const { policies } = properties;
  const found = isJsonObject(policies) ? policies[name] : undefined;
  return isJsonObject(found) ? found : {};
}

function days(value: Json | undefined): number {
  return typeof value === 'number' && value >= 0 ? value : 7;
}
