import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveArm, type ServedArm } from '../../../test/support/arm-world.js';
import type { JsonObject } from '../provider.js';
import { valueOf } from './activity-filter.js';

let arm: ServedArm;
let registry: string;
beforeAll(async () => {
  arm = await serveArm();
  const group = `${arm.subscription}/resourceGroups/rg-log`;
  registry = `${group}/providers/Microsoft.ContainerRegistry/registries/logacr`;
  await arm.call('PUT', group, { location: 'eastus' });
  const headers = { 'x-ms-correlation-request-id': 'run-1' };
  const body = { location: 'eastus', sku: { name: 'Basic' } };
  await arm.call('PUT', registry, body, headers);
  await arm.call('PUT', `${registry}-`, body, headers);
  await arm.call('DELETE', registry);
});
afterAll(() => arm.close());

const read = (filter: string) =>
  arm.call(
    'GET',
    `${arm.subscription}/providers/microsoft.insights/eventtypes/management/values?$filter=${filter}`,
  );

async function events(filter: string): Promise<string[]> {
  const value = (await read(filter)).body['value'] as JsonObject[];
  return value.map((event) => `${valueOf(event, 'operationName')} ${valueOf(event, 'status')}`);
}

describe('the activity log', () => {
  const WRITE = 'Microsoft.ContainerRegistry/registries/write';
  it('has two events for each change, the newest first', async () => {
    expect(await events("correlationId eq 'run-1'")).toEqual([
      `${WRITE} Failed`,
      `${WRITE} Started`,
      `${WRITE} Succeeded`,
      `${WRITE} Started`,
    ]);
    expect(await events("resourceGroupName eq 'RG-LOG' and status eq 'Failed'")).toHaveLength(1);
    expect(await events(`resourceId eq '${registry}'`)).toHaveLength(4);
  });

  it('tells why a change failed', async () => {
    const [event] = (await read("status eq 'Failed'")).body['value'] as JsonObject[];
    const { statusMessage } = event!['properties'] as { statusMessage: string };
    expect(JSON.parse(statusMessage)).toMatchObject({
      error: { code: 'ResourceOperationFailure', details: [{ code: 'InvalidResourceName' }] },
    });
  });

  it('is asked by time, as the stock CLI writes it', async () => {
    const hour = (offset: number): string =>
      new Date(Date.now() + offset * 3_600_000).toISOString().slice(0, -1);
    const between = (from: number, to: number): string =>
      `eventTimestamp ge ${hour(from)} and eventTimestamp le ${hour(to)}`;
    expect(await events(`${between(-1, 1)} and resourceGroupName eq 'rg-log'`)).toHaveLength(6);
    expect(await events(between(-3, -2))).toEqual([]);
  });

  it.each(['nonsense', "color eq 'red'", "caller ge 'x'", 'eventTimestamp ge tomorrow'])(
    'refuses the filter %j',
    async (filter) => {
      expect((await read(filter)).status).toBe(400);
    },
  );
});
