import { describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.js';
import { digestOf } from '../oci/digest.js';
import { parseReference, type Reference } from '../oci/reference.js';
import type { ManifestHolding, RegistryHost, RegistryToken } from '../registry/registry-host.js';
import type { RunService } from '../tasks/run-service.js';
import { createRegistryFacts } from './registry-facts.js';

const AMD64 = { os: 'linux', architecture: 'amd64' };
const ARM64 = { os: 'linux', architecture: 'arm64' };
const HERE = digestOf(Buffer.from('here'));
const OTHER = digestOf(Buffer.from('other'));

function factsOf(holdings: ManifestHolding[], tokens: RegistryToken[] = []) {
  const registry = {
    settings: { name: 'acrlab', tokens },
    holdings: () => Promise.resolve(holdings),
  };
  const run = {
    runId: 'ca3',
    outputImages: [{ registry: 'localhost:5001', repository: 'app', tag: 'v1', digest: HERE }],
  };
  return createRegistryFacts({
    registries: { get: (name: string) => (name === 'acrlab' ? registry : undefined) },
    runs: { listRuns: () => Promise.resolve([run]) },
    clock: systemClock,
  } as unknown as { registries: RegistryHost; runs: RunService; clock: typeof systemClock });
}

const here = { digest: HERE, tags: ['v1'], platforms: [ARM64], isIndex: false };
const other = (more: Partial<ManifestHolding>): ManifestHolding => ({
  ...{ digest: OTHER, tags: [], platforms: [AMD64], isIndex: false },
  ...more,
});
const reference = (text: string): Reference => {
  const parsed = parseReference(text);
  if (!parsed) throw new Error(text);
  return parsed;
};

describe('facts of an image', () => {
  it.each<[string, ManifestHolding[], object]>([
    ['built by a run', [here], { builtBy: 'ca3' }],
    [
      'imported',
      [{ ...here, importedFrom: 'acrteam.azurecr.io/app' }],
      { builtBy: 'ca3', importedFrom: 'acrteam.azurecr.io/app' },
    ],
    [
      'beside an image with a tag',
      [here, other({ tags: ['v1-amd64'] })],
      { builtBy: 'ca3', elsewhere: { name: 'v1-amd64', kind: 'image' } },
    ],
    [
      'beside an image and an index without a tag',
      [
        ...[here, other({ tags: ['v1-amd64'] })],
        other({ digest: digestOf(Buffer.from('i')), isIndex: true, platforms: [AMD64, ARM64] }),
      ],
      { builtBy: 'ca3', elsewhere: { name: digestOf(Buffer.from('i')), kind: 'index' } },
    ],
    [
      'beside another of its own platform',
      [here, other({ platforms: [ARM64] })],
      { builtBy: 'ca3' },
    ],
    ['nobody pushed', [other({ platforms: [] })], {}],
  ])('%s', async (_name, holdings, expected) => {
    const facts = factsOf(holdings);
    expect(await facts.image('acrlab', reference('acrlab.azurecr.io/app:v1'), AMD64)).toEqual(
      expected,
    );
  });

  it('are found by digest too, and there are none of another registry', async () => {
    const facts = factsOf([here]);
    const byDigest = reference(`acrlab.azurecr.io/app@${HERE}`);
    expect(await facts.image('acrlab', byDigest, AMD64)).toEqual({ builtBy: 'ca3' });
    expect(await facts.image('acrother', byDigest, AMD64)).toEqual({});
  });
});

describe('expiredAt', () => {
  const token = (expiry?: string): RegistryToken => ({
    ...{ name: 'puller', enabled: true, permissions: [] },
    passwords: [{ value: 'secret', ...(expiry !== undefined && { expiry }) }],
  });
  const past = '2020-01-01T00:00:00Z';
  it.each<[string, RegistryToken, string, string | undefined]>([
    ['a password whose time is over', token(past), 'secret', past],
    ['one that is still good', token('2999-01-01T00:00:00Z'), 'secret', undefined],
    ['one without an end', token(), 'secret', undefined],
    ['one that never was', token(past), 'guess', undefined],
  ])('of %s', (_name, one, password, expected) => {
    const facts = factsOf([], [one]);
    expect(facts.expiredAt('acrlab', 'puller', password)).toBe(expected);
    expect(facts.expiredAt('acrlab', 'nobody', password)).toBeUndefined();
  });
});
