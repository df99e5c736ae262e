import { expect, it } from 'vitest';
import type { JsonObject } from '../../base/json.js';
import { whatIfText } from './what-if-text.js';

const GROUP = '/subscriptions/1/resourceGroups/rg';
const RESULT: JsonObject = {
  changes: [
    {
      resourceId: `${GROUP}/providers/A.B/c/new`,
      changeType: 'Create',
      before: null,
      after: {
        apiVersion: '2024-01-01',
        name: 'new',
        properties: {
          size: 1,
          list: [
            'a',
            {
              b: true,
            },
          ],
          none: {},
        },
      },
    },
    {
      resourceId: `${GROUP}/providers/A.B/c/old`,
      changeType: 'Delete',
      before: {
        name: 'old',
      },
      after: null,
    },
    {
      resourceId: `${GROUP}/providers/A.B/c/changed`,
      changeType: 'Modify',
      before: {
        name: 'changed',
      },
      after: {
        name: 'changed',
      },
      delta: [
        {
          path: 'properties.size',
          propertyChangeType: 'Modify',
          before: 1,
          after: 2,
          children: null,
        },
        {
          path: 'tags',
          propertyChangeType: 'Create',
          before: null,
          after: {
            a: 'b',
          },
          children: null,
        },
        {
          path: 'properties.list',
          propertyChangeType: 'Array',
          before: null,
          after: null,
          children: [
            {
              path: '10',
              propertyChangeType: 'Modify',
              before: null,
              after: null,
              children: [
                {
                  path: 'b',
                  propertyChangeType: 'Delete',
                  before: 'x',
                  after: null,
                  children: null,
                },
              ],
            },
            {
              path: '2',
              propertyChangeType: 'Create',
              before: null,
              after: 'c',
              children: null,
            },
          ],
        },
      ],
    },
    {
      resourceId: `${GROUP}/providers/A.B/c/other`,
      changeType: 'Ignore',
      before: {
        name: 'other',
      },
      after: {
        name: 'other',
      },
    },
    {
      resourceId: '/subscriptions/1/resourceGroups/rg2',
      changeType: 'Unsupported',
      unsupportedReason: 'too deep',
    },
  ],
  diagnostics: [
    {
      level: 'Warning',
      code: 'W',
      message: 'look',
      target: 'here',
    },
  ],
};

/** As the stock client 2.91.0 prints the same result. */
const TEXT = `Resource and property changes are indicated with these symbols:
  - Delete
  + Create
  ~ Modify
  x Unsupported
  * Ignore

The deployment will update the following scopes:

Scope: /subscriptions/1

  x resourceGroups/rg2

Scope: /subscriptions/1/resourceGroups/rg

  - A.B/c/old

      name: "old"

  + A.B/c/new [2024-01-01]

      apiVersion:      "2024-01-01"
      name:            "new"
      properties.size: 1
      properties.list: [
        0: "a"
        1:

          b: true

      ]
      properties.none: {}

  ~ A.B/c/changed
    + tags:

        a: "b"

    ~ properties.list: [
      + 2:  "c"
      ~ 10:

        - b: "x"

      ]
    ~ properties.size: 1 => 2

  * A.B/c/other

Resource changes: 1 to delete, 1 to create, 1 to modify, 1 unsupported, 1 to ignore.

Diagnostics (2): 
/subscriptions/1/resourceGroups/rg2 (Unsupported) too deep
here (W) look
`;

it('reads as the stock client words it', () => {
  const [, text = ''] = whatIfText(RESULT, false).split(/stackswhatifGA\n\n/);
  expect(text).toBe(TEXT);
});

it('has colours for a terminal, and the same words', () => {
  const coloured = whatIfText(RESULT, true);
  expect(coloured).toContain('\u001b[38;5;208m\n  - A.B/c/old');
  // eslint-disable-next-line no-control-regex -- the escape sequences are what is looked for
  expect(coloured.replace(/\u001b\[[\d;]*m/g, '')).toBe(whatIfText(RESULT, false));
});

it.each<JsonObject>([{}, { changes: [] }, { changes: [], potentialChanges: [], diagnostics: [] }])(
  'says that nothing changes: %j',
  (result) => {
    expect(whatIfText(result, false)).toMatch(/\n\nResource changes: no change\.$/);
  },
);
