import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveArm, type Answer, type ServedArm } from '../../test/support/arm-world.js';

let arm: ServedArm;
const groups = (query: string): Promise<Answer> =>
  arm.call('GET', `${arm.subscription}/resourcegroups?${query}`);
const names = ({ body }: Answer): unknown[] =>
  (body['value'] as { name: unknown }[]).map(({ name }) => name);
const next = (answer: Answer): Promise<Answer> =>
  arm.call('GET', answer.body['nextLink'] as string);

const put = (name: string): Promise<Answer> =>
  arm.call('PUT', `${arm.subscription}/resourceGroups/${name}`, { location: 'eastus' });

beforeAll(async () => {
  arm = await serveArm();
  for (const name of ['a', 'c', 'e', 'g', 'i']) await put(name);
});
afterAll(() => arm.close());

describe('pages of a list', () => {
  it('hold $top entries each, until there are no more', async () => {
    const first = await groups('$top=2');
    const second = await next(first);
    const third = await next(second);
    expect([first, second, third].map(names)).toEqual([['a', 'c'], ['e', 'g'], ['i']]);
    expect(third.body).not.toHaveProperty('nextLink');
    expect((await groups('$top=5')).body).not.toHaveProperty('nextLink');
  });

  it('go on after the entry the last page ended with, whatever came or went before it', async () => {
    const first = await groups('$top=2');
    await put('b');
    expect(names(await next(first))).toEqual(['e', 'g']);
    const gone = await arm.call('DELETE', `${arm.subscription}/resourceGroups/b`);
    await arm.settle(gone);
  });

  it('go on with what followed an entry that is gone', async () => {
    const first = await groups('$top=2');
    await arm.settle(await arm.call('DELETE', `${arm.subscription}/resourceGroups/c`));
    expect(names(await next(first))).toEqual(['e', 'g']);
  });

  it.each([
    ['$top=0', 'InvalidTopInQueryString'],
    ['$top=-1', 'InvalidTopInQueryString'],
    ['$top=two', 'InvalidTopInQueryString'],
    ['$skiptoken=nonsense', 'InvalidSkipTokenInQueryString'],
    ['$skiptoken=', 'InvalidSkipTokenInQueryString'],
  ])('are refused with %s', async (query, code) => {
    const answer = await groups(query);
    expect([answer.status, answer.body['error']]).toMatchObject([400, { code }]);
  });
});
