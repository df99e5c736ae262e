import { describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.js';
import { Failure } from '../base/failure.js';
import { silentLogger } from '../base/logger.js';
import { FakeRuntime } from '../../test/support/fake-runtime.js';
import { openRuntime, type Drivers, type OpenRuntimeOptions } from './open-runtime.js';
import type { ContainerRuntime } from './runtime.js';

type Condition = 'works' | 'weak' | 'fails';

function driver(condition: Condition, name: string): () => Promise<ContainerRuntime> {
  return () =>
    condition === 'fails'
      ? Promise.reject(new Failure(`${name} does not work`, { why: 'a reason' }))
      : Promise.resolve(new FakeRuntime({}, { ownNetwork: condition === 'works' }));
}

function open(
  options: Partial<OpenRuntimeOptions>,
  conditions: { embedded: Condition; docker: Condition },
) {
  const opened: string[] = [];
  const drivers: Drivers = {
    embedded: () => (opened.push('embedded'), driver(conditions.embedded, 'embedded')()),
    docker: () => (opened.push('docker'), driver(conditions.docker, 'docker')()),
  };
  const all = {
    choice: 'auto' as const,
    stateDirectory: '/nowhere',
    logger: silentLogger,
    clock: systemClock,
    ...options,
  };
  return openRuntime(all, drivers).then(({ why }) => ({ opened, why }));
}

describe('--runtime auto', () => {
  it.each([
    ['works', 'works', ['embedded'], /embedded runtime \(isolation oci\) works here/],
    ['works', 'fails', ['embedded'], /works here/],
    ['weak', 'works', ['embedded', 'docker'], /gives replicas no network of their own/],
    [
      'weak',
      'fails',
      ['embedded', 'docker'],
      /is what works here; docker: docker does not work: a reason/,
    ],
    [
      'fails',
      'works',
      ['embedded', 'docker'],
      /does not work here \(embedded does not work: a reason\)/,
    ],
  ] as const)('embedded %s, docker %s: opens %j', async (embedded, docker, drivers, why) => {
    const chosen = await open({}, { embedded, docker });
    expect(chosen.opened).toEqual(drivers);
    expect(chosen.why).toMatch(why);
  });

  it('gives both reasons when neither works', async () => {
    await expect(open({}, { embedded: 'fails', docker: 'fails' })).rejects.toMatchObject({
      message: 'no container can be run here',
      why: 'embedded: embedded does not work: a reason; docker: docker does not work: a reason',
    });
  });

  it.each([
    ['one of its levels is', { isolation: 'process' as const }],
    ['addresses for its sandboxes are', { network: '10.50.0.0/20' }],
  ])('takes the embedded runtime when %s asked for', async (_what, options) => {
    const chosen = await open(options, { embedded: 'weak', docker: 'works' });
    expect(chosen.opened).toEqual(['embedded']);
  });
});

describe('a runtime that is asked for by name', () => {
  it.each(['embedded', 'docker'] as const)('is %s and no other', async (choice) => {
    const both = { embedded: 'works', docker: 'works' } as const;
    expect(await open({ choice }, both)).toMatchObject({ opened: [choice] });
    const neither = { embedded: 'fails', docker: 'fails' } as const;
    await expect(open({ choice }, neither)).rejects.toThrow(`${choice} does not work`);
  });

  it.each([
    ['isolation level', { isolation: 'oci' as const }, /--isolation/],
    ['addresses', { network: 'none' }, /--replica-network/],
  ])('docker takes no %s', async (_what, options, message) => {
    const both = { embedded: 'works', docker: 'works' } as const;
    await expect(open({ choice: 'docker', ...options }, both)).rejects.toThrow(message);
  });
});
