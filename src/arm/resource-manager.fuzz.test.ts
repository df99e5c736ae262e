import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serveArm, type ServedArm } from '../../test/support/arm-world.js';

let arm: ServedArm;
beforeAll(async () => {
  arm = await serveArm();
  const group = `${arm.subscription}/resourceGroups/rg`;
  await arm.call('PUT', group, { location: 'eastus' });
  const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/fuzzacr`;
  await arm.call('PUT', registry, { location: 'eastus', sku: { name: 'Basic' } });
});
afterAll(() => arm.close());

const TYPES = [
  'Microsoft.ContainerRegistry/registries',
  'Microsoft.ContainerRegistry/registries/fuzzacr/tokens',
  'Microsoft.ContainerRegistry/registries/fuzzacr/scopeMaps',
  'Microsoft.ContainerRegistry/registries/fuzzacr/webhooks',
  'Microsoft.OperationalInsights/workspaces',
  'Microsoft.ManagedIdentity/userAssignedIdentities',
  'Microsoft.Authorization/roleAssignments',
  'Microsoft.Authorization/roleDefinitions',
  'Microsoft.Authorization/locks',
  'Microsoft.Resources/deployments',
  'Microsoft.Resources/tags',
  'Microsoft.None/such',
];
const scope = fc.constantFrom('', '/resourceGroups/rg', '/resourceGroups/none', '/resourceGroups');
const name = fc.constantFrom('', 'fuzzacr', 'default', '%', '%2F', '..', 'é'.repeat(100), 'a b');
const tail = fc.constantFrom(
  '',
  '/listCredentials',
  '/validate',
  '/whatIf',
  '/operations',
  '/x/y/z',
);
const path = fc
  .tuple(scope, fc.constantFrom(...TYPES), name, tail)
  .map(([at, type, called, rest]) => `${at}/providers/${type}/${called}${rest}`);
const known = fc.record(
  {
    location: fc.constantFrom('eastus', 'nowhere', null, 7),
    tags: fc.constantFrom(null, { a: 'b' }, { a: 1 }, 'x'),
    sku: fc.constantFrom(null, { name: 'Basic' }, { name: 3 }, 'Basic'),
    name: fc.constantFrom('password', null, 1),
    properties: fc.oneof(
      fc.constantFrom(null, 7, []),
      fc.record(
        {
          template: fc.oneof(fc.jsonValue(), fc.record({ resources: fc.jsonValue() })),
          parameters: fc.jsonValue(),
          mode: fc.constantFrom('Incremental', null, 3),
          adminUserEnabled: fc.jsonValue(),
          policies: fc.jsonValue(),
          networkRuleSet: fc.jsonValue(),
          actions: fc.jsonValue(),
          scopeMapId: fc.jsonValue(),
          serviceUri: fc.jsonValue(),
          roleDefinitionId: fc.jsonValue(),
          principalId: fc.jsonValue(),
          tags: fc.jsonValue(),
          level: fc.constant('CanNotDelete'),
          sku: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
    ),
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  known.map((value) => JSON.stringify(value)),
  fc.json(),
  fc.string(),
);

it('answers no input with 500', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'PUT', 'PATCH', 'POST', 'DELETE', 'HEAD', 'OPTIONS'),
      path,
      body,
      fc.constantFrom('', "?$filter=resourceType eq 'x'", '?$filter=(', '?$top=-1'),
      async (method, at, content, query) => {
        const hasBody = method !== 'GET' && method !== 'HEAD';
        const target = `${arm.subscription}${at}${query}`;
        const answer = await arm.call(method, target, hasBody ? content : undefined);
        expect(answer.status, target).not.toBe(500);
      },
    ),
    { numRuns: 400 },
  );
});
