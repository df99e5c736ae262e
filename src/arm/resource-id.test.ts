import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  childId,
  containerOf,
  groupIdOf,
  nameOf,
  parentOf,
  parseResourceId,
  parseResourcePath,
  withType,
} from './resource-id.js';

const GROUP = '/subscriptions/s1/resourceGroups/rg';

describe('parseResourceId', () => {
  const cases = [
    { text: '/subscriptions/s1', type: 'Microsoft.Resources/subscriptions', names: ['s1'] },
    { text: '/SUBSCRIPTIONS/s1/', type: 'Microsoft.Resources/subscriptions', names: ['s1'] },
    { text: GROUP, type: 'Microsoft.Resources/resourceGroups', names: ['rg'] },
    {
      text: '/subscriptions/s1/resourcegroups/rg/Providers/microsoft.app/containerapps/ca',
      type: 'microsoft.app/containerapps',
      names: ['ca'],
    },
    {
      text: `${GROUP}/providers/Microsoft.App/containerApps/ca/revisions/ca--1/replicas/r/`,
      type: 'Microsoft.App/containerApps/revisions/replicas',
      names: ['ca', 'ca--1', 'r'],
    },
    {
      text: '/subscriptions/s1/providers/Microsoft.Resources/deployments/d',
      type: 'Microsoft.Resources/deployments',
      names: ['d'],
    },
    {
      text: '/providers/Microsoft.Authorization/roleDefinitions/x',
      type: 'Microsoft.Authorization/roleDefinitions',
      names: ['x'],
    },
    {
      text: `${GROUP}/providers/Microsoft.App/containerApps/providers`,
      type: 'Microsoft.App/containerApps',
      names: ['providers'],
    },
  ];
  it.each(cases)('reads $text', ({ text, type, names }) => {
    expect(parseResourceId(text)).toMatchObject({ type, names });
  });

  it.each([
    '',
    '/',
    'subscriptions/s1',
    '/subscriptions',
    '/subscriptions/s1/resourceGroups',
    `${GROUP}/providers`,
    `${GROUP}/providers/Microsoft.App`,
    `${GROUP}/providers/Microsoft.App/containerApps`,
    `${GROUP}/providers/Microsoft.App/containerApps/ca/revisions`,
    `${GROUP}/resources`,
  ])('takes %j for no id', (text) => {
    expect(parseResourceId(text)).toBeUndefined();
  });

  it('compares without letter case and keeps the names as given', () => {
    const one = parseResourceId(`${GROUP}/providers/Microsoft.App/containerApps/MyApp`);
    const other = parseResourceId(
      '/subscriptions/S1/RESOURCEGROUPS/RG/providers/microsoft.app/CONTAINERAPPS/myapp',
    );
    expect(one?.key).toBe(other?.key);
    expect(one?.names).toEqual(['MyApp']);
    expect(other?.text).toBe(
      '/subscriptions/S1/resourceGroups/RG/providers/microsoft.app/CONTAINERAPPS/myapp',
    );
  });

  it('knows what an extension is attached to', () => {
    const id = parseResourceId(
      `${GROUP}/providers/Microsoft.App/containerApps/ca/providers/Microsoft.Authorization/roleAssignments/a`,
    )!;
    expect(id.scope?.type).toBe('Microsoft.App/containerApps');
    expect(containerOf(id)?.names).toEqual(['ca']);
    expect(withType(id, 'Microsoft.Authorization/RoleAssignments').text).toContain(
      'containerApps/ca/providers',
    );
  });

  it('never throws, and reads what it wrote', () => {
    const segment = fc.constantFrom(
      'subscriptions',
      'resourceGroups',
      'providers',
      'A.B',
      'x',
      '',
      'é%',
    );
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 12 }), (segments) => {
        const id = parseResourceId(`/${segments.join('/')}`);
        if (id !== undefined) expect(parseResourceId(id.text)).toEqual(id);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseResourceId(text);
        parseResourcePath(text);
      }),
    );
  });
});

describe('relations between ids', () => {
  const revision = parseResourceId(
    `${GROUP}/providers/Microsoft.App/containerApps/ca/revisions/r`,
  )!;

  it('finds the parent', () => {
    expect(parentOf(revision)?.text).toBe(`${GROUP}/providers/Microsoft.App/containerApps/ca`);
    expect(containerOf(parentOf(revision)!)?.text).toBe(GROUP);
    expect(parentOf(parentOf(revision)!)).toBeUndefined();
    expect(nameOf(revision)).toBe('r');
  });

  it('makes a child of a scope', () => {
    const child = childId(groupIdOf('s1', 'rg'), 'Microsoft.App/containerApps/revisions', [
      'ca',
      'r',
    ]);
    expect(child).toEqual(revision);
  });
});
