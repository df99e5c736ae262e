import { describe, expect, it } from 'vitest';
import { renderIdentity, withPrincipals } from './resource-identity.js';

const USERS = { '/id/a': {}, '/id/b': null };
const HAD = { type: 'SystemAssigned', principalId: 'p', tenantId: 't' };

describe('renderIdentity', () => {
  it.each([
    ['nothing', undefined, { type: 'None' }],
    ['None', { type: 'None' }, { type: 'None' }],
    ['system', { type: 'SystemAssigned' }, HAD],
    [
      'system; the users that are there still go',
      { type: 'SystemAssigned', userAssignedIdentities: USERS },
      HAD,
    ],
    [
      'users, without those that are taken away',
      { type: 'UserAssigned', userAssignedIdentities: USERS, principalId: 'forged' },
      { type: 'UserAssigned', userAssignedIdentities: { '/id/a': {} } },
    ],
    [
      'users, of whom none is left',
      { type: 'UserAssigned', userAssignedIdentities: { '/id/b': null } },
      { type: 'None' },
    ],
    [
      'both, as the client writes it',
      { type: 'SystemAssigned,UserAssigned', userAssignedIdentities: { '/id/a': {} } },
      { ...HAD, type: 'SystemAssigned,UserAssigned', userAssignedIdentities: { '/id/a': {} } },
    ],
  ])('%s', (_what, given, identity) => {
    expect(renderIdentity(given, HAD, 't')).toEqual(identity);
  });

  it('makes a principal when there was none, and takes none from the request', () => {
    const made = renderIdentity({ type: 'SystemAssigned', principalId: 'forged' }, undefined, 't');
    expect(made['principalId']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

it('withPrincipals shows the ids of users that there are', async () => {
  const identity = {
    type: 'UserAssigned',
    userAssignedIdentities: { '/id/a': {}, '/id/gone': {} },
  };
  const ids = { principalId: 'p', clientId: 'c' };
  const shown = await withPrincipals(identity, (id) =>
    Promise.resolve(id === '/id/a' ? ids : undefined),
  );
  expect(shown['userAssignedIdentities']).toEqual({ '/id/a': ids, '/id/gone': {} });
});
