import type { Json } from '../../../base/json.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  appInput,
  createWorld,
  ENVIRONMENT,
  plainTokens,
  SUBSCRIPTION,
  template,
} from '../../../../test/support/app-world.js';
import type { World } from '../../../../test/support/app-world.js';
import type { RequestContext, ResourceProvider } from '../../provider.js';
import { parseResourceId } from '../../resource-id.js';
import type { ResourceId } from '../../resource-id.js';
import { createManagedEnvironmentsProvider } from './managed-environments.js';

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg`;
const context: RequestContext = {
  caller: 'user@example.com',
  correlationId: 'c',
  apiVersion: '2025-01-01',
  baseUrl: 'https://localhost:7443',
};

function id(name: string): ResourceId {
  const parsed = parseResourceId(`${GROUP}/providers/Microsoft.App/managedEnvironments/${name}`);
  if (!parsed) throw new Error(name);
  return parsed;
}

/** What the stock command line sends. */
const BODY = {
  location: 'Korea Central',
  tags: null,
  properties: {
    daprAIInstrumentationKey: null,
    vnetConfiguration: null,
    appLogsConfiguration: {
      destination: 'log-analytics',
      logAnalyticsConfiguration: { customerId: 'c-1', sharedKey: 'very-secret' },
    },
    customDomainConfiguration: null,
    workloadProfiles: [{ workloadProfileType: 'Consumption', Name: 'Consumption' }],
    zoneRedundant: false,
  },
};

let world: World;
let provider: ResourceProvider;

beforeEach(async () => {
  world = await createWorld();
  provider = createManagedEnvironmentsProvider({
    service: world.service,
    tokens: plainTokens,
    clock: world.clock,
    random: (size) => new Uint8Array(size).fill(0xab),
  });
});
afterEach(() => world.close());

describe('a managed environment', () => {
  it('gets a domain of its own and keeps keys to itself', async () => {
    const { created, resource } = await provider.put!(id('cae2'), BODY, context);
    expect(created).toBe(true);
    expect(resource).toMatchObject({
      id: id('cae2').text,
      type: 'Microsoft.App/managedEnvironments',
      location: 'Korea Central',
      properties: {
        provisioningState: 'Succeeded',
        eventStreamEndpoint: `https://localhost:7443${GROUP}/managedEnvironments/cae2/eventstream`,
        workloadProfiles: [{ workloadProfileType: 'Consumption', name: 'Consumption' }],
        appLogsConfiguration: {
          destination: 'log-analytics',
          logAnalyticsConfiguration: { customerId: 'c-1', sharedKey: null },
        },
      },
    });
    expect(resource.properties['defaultDomain']).toMatch(
      /^[a-z]+-abababab\.koreacentral\.azurecontainerapps\.io$/,
    );
    expect(JSON.stringify(resource)).not.toContain('very-secret');
  });

  it('keeps its domain when it is written again', async () => {
    const first = await provider.put!(id('cae2'), BODY, context);
    const again = await provider.put!(id('cae2'), BODY, context);
    expect(again.created).toBe(false);
    expect(again.resource.properties['defaultDomain']).toBe(
      first.resource.properties['defaultDomain'],
    );
    const patched = await provider.patch!(id('cae2'), { tags: { a: 'b' } }, context);
    expect(patched.resource['tags']).toEqual({ a: 'b' });
    expect(patched.resource.properties['appLogsConfiguration']).toMatchObject({
      destination: 'log-analytics',
    });
  });

  it('cannot go while apps live in it', async () => {
    await world.service.putApp(appInput(template({ image: 'x/y:z' })));
    await expect(provider.delete!(id('cae'), context)).rejects.toMatchObject({
      status: 409,
      code: 'ManagedEnvironmentHasContainerApps',
    });
    expect(await provider.list(id('cae'), context)).toEqual([]);
    expect(world.service.environment(ENVIRONMENT.key)).toBeDefined();
  });

  describe('in a virtual network', () => {
    const network =
      '/subscriptions/s/resourceGroups/Net/providers/Microsoft.Network/virtualNetworks/Hub';
    const subnet = `${network}/subnets/apps`;
    const inNetwork = (vnetConfiguration: object): typeof BODY =>
      ({ ...BODY, properties: { ...BODY.properties, vnetConfiguration } }) as never;

    it('is internal when it says so, and shows what it was told', async () => {
      const vnet = { infrastructureSubnetId: subnet, internal: true };
      const { resource } = await provider.put!(id('cae2'), inNetwork(vnet), context);
      expect(resource.properties['vnetConfiguration']).toEqual(vnet);
      expect(world.service.environment(id('cae2').key)?.network).toEqual({
        key: network.toLowerCase(),
        internal: true,
      });
      await provider.patch!(id('cae2'), { tags: { a: 'b' } }, context);
      const opened = inNetwork({ ...vnet, internal: false });
      await expect(provider.put!(id('cae2'), opened, context)).rejects.toMatchObject({
        code: 'ManagedEnvironmentInvalidNetworkConfiguration',
        message: expect.stringContaining('are set when it is created') as string,
      });
    });

    it.each([
      ['internal without a subnet', { internal: true }, "needs 'vnetConfiguration.infra"],
      ['a network for a subnet', { infrastructureSubnetId: network }, 'is not the id of a subnet'],
      ['no id', { infrastructureSubnetId: 'apps' }, 'is not the id of a subnet'],
      ['a text for a switch', { infrastructureSubnetId: subnet, internal: 'yes' }, 'true or false'],
    ])('refuses %s', async (_what, vnet, words) => {
      await expect(provider.put!(id('cae2'), inNetwork(vnet), context)).rejects.toMatchObject({
        status: 400,
        message: expect.stringContaining(words) as string,
      });
    });
  });

  it.each<[string, Json]>([
    ['properties that are a list', []],
    [
      'a destination of logs that there is none of',
      { appLogsConfiguration: { destination: 'moon' } },
    ],
  ])('refuses %s', async (_, properties) => {
    const body = { location: 'eastus', properties };
    await expect(provider.put!(id('odd'), body, context)).rejects.toMatchObject({
      code: 'InvalidRequestContent',
    });
  });

  it('refuses a name that is none, and a patch of nothing', async () => {
    await expect(provider.put!(id('bad--name'), BODY, context)).rejects.toMatchObject({
      code: 'ManagedEnvironmentInvalidName',
    });
    await expect(provider.patch!(id('nope'), {}, context)).rejects.toMatchObject({ status: 404 });
  });
});
