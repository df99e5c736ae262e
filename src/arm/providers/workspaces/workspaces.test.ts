import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveArm, type ServedArm } from '../../../../test/support/arm-world.js';
import type { Json } from '../../provider.js';

describe('what is refused of', () => {
  let arm: ServedArm;
  let group: string;
  beforeAll(async () => {
    arm = await serveArm();
    group = `${arm.subscription}/resourceGroups/rg`;
    await arm.call('PUT', group, { location: 'eastus' });
  });
  afterAll(() => arm.close());

  it.each<[Json, string | undefined]>([
    ['x', 'InvalidRequestContent'],
    [30.5, 'InvalidRequestContent'],
    [-5, 'BadRequest'],
    [29, 'BadRequest'],
    [731, 'BadRequest'],
    [7, undefined],
    [30, undefined],
    [730, undefined],
    [null, undefined],
  ])('a workspace that keeps logs for %j days', async (retentionInDays, code) => {
    const path = `${group}/providers/Microsoft.OperationalInsights/workspaces/work`;
    const body = { location: 'eastus', properties: { retentionInDays } };
    const answer = await arm.call('PUT', path, body);
    expect(answer.status < 300 ? undefined : answer.body).toEqual(
      code && { error: expect.objectContaining({ code }) as unknown },
    );
  });

  it('tags by another name than default', async () => {
    const tags = `${group}/providers/Microsoft.Resources/tags`;
    const body = { properties: { tags: { a: 'b' } } };
    expect((await arm.call('PUT', `${tags}/other`, body)).status).toBe(404);
    expect((await arm.call('PUT', `${tags}/default`, body)).status).toBe(200);
  });
});
