import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  appInput,
  ENVIRONMENT,
  PUBLIC_INGRESS,
  template,
} from '../../../test/support/app-world.js';
import type { AppDocument, RevisionDocument, TrafficWeight } from '../documents.js';
import { NEW_REVISION_STATUS } from '../documents.js';
import { isAddressAllowed, isAddressRange } from './access.js';
import { fqdnOf, sharesOf, WeightedTurns } from './routing.js';

function app(mode: 'Single' | 'Multiple', traffic: TrafficWeight[] = []): AppDocument {
  const input = appInput(template({ image: 'x' }));
  return {
    ...input,
    configuration: {
      ...input.configuration,
      activeRevisionsMode: mode,
      ingress: { ...PUBLIC_INGRESS, traffic },
    },
    provisioningState: 'Succeeded',
    nextRevision: 3,
    createdAt: '',
  };
}

function revision(name: string, changes: Partial<RevisionDocument> = {}): RevisionDocument {
  return {
    key: name,
    appKey: 'app',
    name,
    ordinal: 0,
    template: template({ image: 'x' }),
    active: true,
    createdAt: '',
    readyAt: 'then',
    restarts: 0,
    status: NEW_REVISION_STATUS,
    ...changes,
  };
}

function failing(name: string): RevisionDocument {
  const never = revision(name);
  delete never.readyAt;
  return never;
}

const names = (shares: { revision: { name: string }; weight: number }[]): string[] =>
  shares.map(({ revision: { name }, weight }) => `${name}=${weight}`);

describe('sharesOf', () => {
  const both = [revision('a'), revision('b')];
  const half = (revisionName: string): TrafficWeight => ({
    revisionName,
    latestRevision: false,
    weight: 50,
  });
  it.each([
    ['single mode: the newest', app('Single'), both, ['b=100']],
    ['the newest that was ready', app('Single'), [revision('a'), failing('b')], ['a=100']],
    ['none was ready: the newest', app('Single'), [failing('a'), failing('b')], ['b=100']],
    ['inactive ones get nothing', app('Single'), [revision('a', { active: false })], []],
    ['weights by name', app('Multiple', [half('a'), half('b')]), both, ['a=50', 'b=50']],
    ['no weights: the newest', app('Multiple'), both, ['b=100']],
    ['a name that is gone gets nothing', app('Multiple', [half('a'), half('x')]), both, ['a=50']],
  ])('%s', (_name, document, revisions, expected) => {
    expect(names(sharesOf(document, revisions))).toEqual(expected);
  });
});

describe('WeightedTurns', () => {
  it('is exact over each hundred for any weights', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 6 }),
        (weights) => {
          const shares = weights.map((weight, index) => ({
            revision: revision(`r${index}`),
            weight,
          }));
          const total = weights.reduce((sum, weight) => sum + weight, 0);
          const turns = new WeightedTurns();
          const counts = new Map<string, number>();
          for (let turn = 0; turn < total; turn++) {
            const name = turns.next(shares)?.name ?? '';
            counts.set(name, (counts.get(name) ?? 0) + 1);
          }
          return weights.every((weight, index) => counts.get(`r${index}`) === weight);
        },
      ),
    );
  });
});

describe('host names', () => {
  it('say whether the app can be reached from outside', () => {
    const document = app('Single');
    const domain = ENVIRONMENT.defaultDomain;
    expect(fqdnOf(document, ENVIRONMENT)).toBe(`ca.${domain}`);
    const { ingress } = document.configuration;
    if (ingress) ingress.external = false;
    expect(fqdnOf(document, ENVIRONMENT, 'ca--1')).toBe(`ca--1.internal.${domain}`);
    delete document.configuration.ingress;
    expect(fqdnOf(document, ENVIRONMENT)).toBeUndefined();
  });
});

describe('address restrictions', () => {
  const allow = (ipAddressRange: string) => ({
    name: '',
    ipAddressRange,
    action: 'Allow' as const,
  });
  const deny = (ipAddressRange: string) => ({ name: '', ipAddressRange, action: 'Deny' as const });
  it.each([
    ['none', [], '1.2.3.4', true],
    ['listed', [allow('10.0.0.0/8')], '10.1.2.3', true],
    ['mapped', [allow('10.0.0.0/8')], '::ffff:10.1.2.3', true],
    ['not listed', [allow('10.0.0.0/8')], '11.0.0.1', false],
    ['denied', [deny('10.0.0.1')], '10.0.0.1', false],
    ['not denied', [deny('10.0.0.1')], '10.0.0.2', true],
    ['other family', [allow('10.0.0.0/8')], '::1', false],
    ['IPv6', [allow('fd00::/8')], 'fd12::1', true],
    ['unknown', [allow('10.0.0.0/8')], undefined, false],
  ])('%s', (_name, restrictions, address, allowed) => {
    expect(isAddressAllowed(address, restrictions)).toBe(allowed);
  });

  it.each([
    ['10.0.0.0/8', true],
    ['10.0.0.1', true],
    ['fd00::/8', true],
    ['10.0.0.0/33', false],
    ['10.0.0', false],
    ['10.0.0.0/8/8', false],
    ['', false],
  ])('range %j: %s', (range, valid) => {
    expect(isAddressRange(range)).toBe(valid);
  });
});
