import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../base/json.js';
import { ArmError } from '../../errors.js';
import { Fields } from './fields.js';
import { parseConfiguration } from './parse-configuration.js';
import { parseTemplate } from './parse-template.js';
import { renderTemplate } from './render-template.js';

const context = { appName: 'ca', consumption: false };

/** JSON whose names are those of the schema, so that the readers are reached. */
function bodies(names: readonly string[]): fc.Arbitrary<JsonObject> {
  const { object } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, 0, 1, 80, 1.5, '', 'a', '0.5Gi', 'http', 'x/y:z'),
      fc.array(tie('value'), { maxLength: 2 }),
      tie('object'),
    ),
    object: fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 5 }),
  }));
  return object as fc.Arbitrary<JsonObject>;
}

const TEMPLATE_NAMES = [
  ...['revisionSuffix', 'containers', 'initContainers', 'scale', 'volumes', 'name', 'image'],
  ...['command', 'args', 'env', 'resources', 'cpu', 'memory', 'probes', 'type', 'httpGet'],
  ...['tcpSocket', 'port', 'value', 'secretRef', 'minReplicas', 'maxReplicas', 'rules', 'http'],
];
const CONFIGURATION_NAMES = [
  ...['activeRevisionsMode', 'ingress', 'registries', 'secrets', 'server', 'username', 'dapr'],
  ...['passwordSecretRef', 'identity', 'name', 'value', 'external', 'targetPort', 'transport'],
  ...['traffic', 'weight', 'latestRevision', 'revisionName', 'ipSecurityRestrictions', 'action'],
];

function refusesOrReads(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    return error instanceof ArmError && error.status >= 400 && error.message !== '';
  }
}

describe('any body', () => {
  it('is read as a template or refused with an ArmError', () => {
    fc.assert(
      fc.property(bodies(TEMPLATE_NAMES), (body) =>
        refusesOrReads(() => parseTemplate(new Fields(body, 'template'), context)),
      ),
      { numRuns: 500 },
    );
  });

  it('is read as a configuration or refused with an ArmError', () => {
    fc.assert(
      fc.property(bodies(CONFIGURATION_NAMES), (body) =>
        refusesOrReads(() => parseConfiguration(new Fields(body, 'configuration'), [])),
      ),
      { numRuns: 500 },
    );
  });
});

const SCALERS: [string, JsonObject, number][] = [
  ['azure-queue', { queueLength: '5' }, 501],
  ['cpu', {}, 400],
  ['cpu', { value: '0' }, 400],
  ['cpu', { type: 'Percent', value: '50' }, 400],
  ['memory', { type: 'AverageValue', value: 'much' }, 400],
  ['cron', { timezone: 'Moon/Sea', start: '0 8 * * *', end: '0 9 * * *' }, 400],
  ['cron', { timezone: 'UTC', start: '8', end: '0 9 * * *', desiredReplicas: '2' }, 400],
  ['cron', { timezone: 'UTC', start: '0 8 * * *', end: '0 9 * * *' }, 400],
];

describe('a template', () => {
  it('is the same after it was shown and sent back', () => {
    const template = parseTemplate(
      new Fields(
        {
          revisionSuffix: 'v2',
          containers: [
            {
              name: 'app',
              image: 'x/y:z',
              command: ['/a'],
              args: ['b'],
              env: [
                { name: 'A', value: '1' },
                { name: 'B', secretRef: 's' },
              ],
              resources: { cpu: 0.25, memory: '0.5Gi' },
              probes: [
                {
                  type: 'liveness',
                  httpGet: { path: '/h', port: 80, scheme: 'https' },
                  periodSeconds: 3,
                },
                { type: 'Startup', tcpSocket: { port: 80 } },
              ],
              volumeMounts: [
                { volumeName: 'scratch', mountPath: '/scratch', subPath: 'a/b' },
                { volumeName: 'secrets', mountPath: '/secrets' },
              ],
            },
          ],
          initContainers: [{ name: 'init', image: 'x/y:z' }],
          volumes: [
            { name: 'scratch' },
            { name: 'secrets', storageType: 'secret' },
            { name: 'one', storageType: 'Secret', secrets: [{ secretRef: 's', path: 'a/s' }] },
          ],
          scale: {
            minReplicas: 2,
            maxReplicas: 4,
            rules: [
              { name: 'r', http: { metadata: { concurrentRequests: '5' }, auth: [{}] } },
              {
                name: 'c',
                custom: { type: 'cpu', metadata: { type: 'Utilization', value: '50' } },
              },
            ],
          },
        },
        'template',
      ),
      context,
    );
    const again = parseTemplate(new Fields(renderTemplate(template), 'template'), context);
    expect(again).toEqual(template);
  });

  it.each([
    ...SCALERS.map(([type, metadata, status]): [string, JsonObject, number] => [
      `the scaler ${type} of ${JSON.stringify(metadata)}`,
      { scale: { rules: [{ name: 'r', custom: { type, metadata } }] } },
      status,
    ]),
    ['more minimum than maximum', { scale: { minReplicas: 3, maxReplicas: 2 } }, 400],
    [
      'a concurrency that is no text',
      { scale: { rules: [{ http: { metadata: { a: 1 } } }] } },
      400,
    ],
  ])('with %s is refused', (_name, changes, status) => {
    const body = { containers: [{ name: 'a', image: 'x' }], ...changes } as JsonObject;
    expect(() => parseTemplate(new Fields(body, 'template'), context)).toThrow(
      expect.objectContaining({ status }) as Error,
    );
  });

  const mounting = (mount: JsonObject): JsonObject => ({
    containers: [{ name: 'a', image: 'x', volumeMounts: [{ volumeName: 'v', ...mount }] }],
  });
  const V = { volumes: [{ name: 'v' }] };

  it.each([
    [
      'a share of a storage account',
      { volumes: [{ name: 'v', storageType: 'AzureFile', storageName: 's' }] },
      'NotImplemented',
      "storageType 'AzureFile'",
    ],
    [
      'a volume of an unknown kind',
      { volumes: [{ name: 'v', storageType: 'Tape' }] },
      'ContainerAppInvalidValue',
      "'Tape' is none of",
    ],
    [
      'two volumes of one name',
      { volumes: [{ name: 'v' }, { name: 'v' }] },
      'ContainerAppInvalidValue',
      "more than one volume named 'v'",
    ],
    [
      'a mount of no volume',
      mounting({ mountPath: '/v' }),
      'ContainerAppInvalidVolumeMount',
      "Invalid Request: Volume 'v' to mount doesn't defined in the Container App 'ca'.",
    ],
    ...['', '/', 'v', '/a:b', '/a/../b'].map((mountPath): [string, JsonObject, string, string] => [
      `a mount at '${mountPath}'`,
      { ...V, ...mounting({ mountPath }) },
      'ContainerAppInvalidMountPath',
      "mountPath is required when mounting volume 'v'. mountPath must not contain ':'.",
    ]),
    [
      'a subPath that leads out',
      { ...V, ...mounting({ mountPath: '/v', subPath: 'a/../../b' }) },
      'ContainerAppInvalidValue',
      'not a path inside the volume',
    ],
  ])('refuses %s', (_name, changes, code, text) => {
    const body = { containers: [{ name: 'a', image: 'x' }], ...changes } as JsonObject;
    const parse = (): unknown => parseTemplate(new Fields(body, 'template'), context);
    expect(parse).toThrow(expect.objectContaining({ code }) as Error);
    expect(parse).toThrow(text);
  });
});

describe('Fields', () => {
  it('finds names in any letter case and takes null for absent', () => {
    const fields = new Fields({ TargetPort: 80, Name: null }, 'x');
    expect(fields.integer('targetPort')).toBe(80);
    expect(fields.string('name')).toBeUndefined();
  });

  it.each([
    ['string', () => new Fields({ a: 1 }, 'x').string('a')],
    ['number', () => new Fields({ a: 'b' }, 'x').number('a')],
    ['integer', () => new Fields({ a: 1.5 }, 'x').integer('a')],
    ['boolean', () => new Fields({ a: 'true' }, 'x').boolean('a')],
    ['object', () => new Fields({ a: [] }, 'x').object('a')],
    ['objects', () => new Fields({ a: [1] }, 'x').objects('a')],
    ['strings', () => new Fields({ a: [1] }, 'x').strings('a')],
    ['stringMap', () => new Fields({ a: { b: 1 } }, 'x').stringMap('a')],
  ])('%s refuses another type with its path', (_name, read) => {
    expect(read).toThrow(/^The value of 'x\.a(\[0\]|\.b)?' must be /);
  });
});
