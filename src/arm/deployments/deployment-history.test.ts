import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveArm, type Answer, type ServedArm } from '../../../test/support/arm-world.js';
import { createMemoryMetadataStore } from '../../storage/memory-metadata-store.js';
import type { MetadataStore } from '../../storage/metadata-store.js';
import { parseResourceId } from '../resource-id.js';
import { DEPLOYMENTS_TYPE, DeploymentStore } from './deployment-store.js';

const EMPTY = {
  $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
  contentVersion: '1.0.0.0',
  resources: [],
};

describe('the history of deployments', () => {
  let metadata: MetadataStore;
  let arm: ServedArm;
  let group: string;
  beforeEach(async () => {
    metadata = createMemoryMetadataStore();
    arm = await serveArm({ metadata });
    group = `${arm.subscription}/resourceGroups/rg`;
    await arm.call('PUT', group, { location: 'eastus' });
  });
  afterEach(() => arm.close());

  const idOf = (name: string): string => `${group}/providers/${DEPLOYMENTS_TYPE}/${name}`;

  /** `d1`, `d2`…: the younger the higher, and stored in an order that says nothing of that. */
  async function fill(count: number): Promise<void> {
    const store = new DeploymentStore(metadata);
    for (let index = count; index > 0; index -= 1) {
      const timestamp = new Date(1_700_000_000_000 + index * 1_000).toISOString();
      const properties = { provisioningState: 'Succeeded', timestamp };
      const [id, name] = [idOf(`d${index}`), `d${index}`];
      await store.save({ id, name, type: DEPLOYMENTS_TYPE, properties });
      await store.saveTemplate(parseResourceId(id)!, EMPTY);
    }
  }

  const body = { properties: { mode: 'Incremental', template: EMPTY } };
  async function deploy(name: string): Promise<Answer> {
    const answer = await arm.call('PUT', idOf(name), body);
    return answer.status < 300 ? arm.settle(answer) : answer;
  }

  async function names(): Promise<string[]> {
    const { body: page } = await arm.call('GET', `${group}/providers/${DEPLOYMENTS_TYPE}`);
    return (page['value'] as { name: string }[]).map(({ name }) => name);
  }

  it('keeps 700, and of more the youngest 600', async () => {
    await fill(699);
    await deploy('new');
    expect(await names()).toHaveLength(700);
    await deploy('d1'); // is young again
    expect(await names()).toHaveLength(700);
    await deploy('another');
    const left = await names();
    expect(left).toHaveLength(600);
    expect(left).toEqual(expect.arrayContaining(['new', 'another', 'd1', 'd699', 'd103']));
    expect(left).not.toContain('d102');
    expect(await new DeploymentStore(metadata).getTemplate(parseResourceId(idOf('d102'))!)).toBe(
      undefined,
    );
  });

  it.each(['validate', 'whatIf'])('is looked after by %s, too', async (action) => {
    await fill(701);
    expect((await arm.call('POST', `${idOf('new')}/${action}`, body)).status).toBe(200);
    expect(await names()).toHaveLength(600);
  });

  it('stays as it is under a lock, until 800 are there', async () => {
    await fill(799);
    const lock = `${group}/providers/Microsoft.Authorization/locks/keep`;
    await arm.call('PUT', lock, { properties: { level: 'CanNotDelete' } });
    await deploy('last');
    expect(await names()).toHaveLength(800);
    const refused = await deploy('more');
    expect(refused).toMatchObject({
      status: 409,
      body: {
        error: {
          code: 'DeploymentQuotaExceeded',
          message: expect.stringContaining(
            "Creating the deployment 'more' would exceed the quota of '800'. The current deployment count is '800'",
          ) as string,
        },
      },
    });
    expect((await deploy('last')).body).toMatchObject({ status: 'Succeeded' });
    await arm.call('DELETE', lock);
    expect((await deploy('more')).status).toBe(409); // and the deletion begins
    expect((await deploy('more')).body).toMatchObject({ status: 'Succeeded' });
    expect(await names()).toHaveLength(601);
  });

  it('counts anew after deletions of one and of the group', async () => {
    await fill(700);
    await arm.settle(await arm.call('DELETE', idOf('d700')));
    await deploy('new');
    expect(await names()).toHaveLength(700);
    await arm.settle(await arm.call('DELETE', group));
    await arm.call('PUT', group, { location: 'eastus' });
    await deploy('first');
    expect(await names()).toEqual(['first']);
  });
});
