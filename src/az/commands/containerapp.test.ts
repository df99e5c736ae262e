import { describe, expect, it } from 'vitest';
import { SUBSCRIPTION, useScriptedAzure } from '../../../test/support/scripted-azure.js';
import type { Json, JsonObject } from '../../base/json.js';

const SUB = `/subscriptions/${SUBSCRIPTION}`;
const APP = `${SUB}/resourceGroups/rg/providers/Microsoft.App/containerApps/app`;

const { azure } = useScriptedAzure();

describe('containerapp', () => {
  const app = (): JsonObject => ({
    id: APP,
    name: 'app',
    location: 'Korea Central',
    properties: {
      provisioningState: 'Succeeded',
      latestRevisionName: 'app--0000001',
      eventStreamEndpoint: `${azure.origin}${SUB}/resourceGroups/rg/containerApps/app/eventstream`,
      configuration: { ingress: { fqdn: 'app.example' } },
      template: { containers: [{ name: 'app', image: 'old', env: [{ name: 'A', value: '1' }] }] },
    },
  });

  it('update sends a merge patch of the containers and hides values', async () => {
    azure.on('PATCH', { status: 202, headers: { 'azure-asyncoperation': `${azure.origin}/op` } });
    azure.on('/op', { body: { status: 'InProgress' } }, { body: { status: 'Succeeded' } });
    azure.on('GET', { body: app() });
    const { stdout, code } = await azure.az(
      'containerapp',
      'update',
      '-n',
      'app',
      '-g',
      'rg',
      '-i',
      'new',
      '--set-env-vars',
      'A=2',
      'B=secretref:b',
      '--cpu',
      '0.25',
      '--memory',
      '0.5',
      '--min-replicas',
      '1',
    );
    expect(code).toBe(0);
    expect(azure.bodyOf('PATCH')).toEqual({
      properties: {
        template: {
          revisionSuffix: null,
          containers: [
            {
              name: 'app',
              image: 'new',
              env: [
                { name: 'A', value: '2' },
                { name: 'B', secretRef: 'b' },
              ],
              resources: { cpu: 0.25, memory: '0.5Gi' },
            },
          ],
          scale: { minReplicas: 1 },
        },
      },
    });
    expect(stdout).toContain('"resourceGroup": "rg"');
    expect(stdout).not.toContain('"value"');
  });

  const APP_NAMES = ['-n', 'app', '-g', 'rg'];

  it('ingress update sends only what was given, and needs an ingress', async () => {
    azure.on('PATCH', { body: app() });
    azure.on('GET', { body: app() }, { body: app() }, { body: { ...app(), properties: {} } });
    const arguments_ = ['containerapp', 'ingress', 'update', ...APP_NAMES, '--target-port', '9000'];
    expect((await azure.az(...arguments_)).stdout).toContain('app.example');
    expect(azure.bodyOf('PATCH')).toEqual({
      properties: { configuration: { ingress: { targetPort: 9000, exposedPort: null } } },
    });
    azure.reset();
    azure.on('GET', { body: { ...app(), properties: {} } });
    const { code, stderr } = await azure.az(...arguments_);
    expect([code, stderr]).toEqual([1, expect.stringContaining('does not have ingress enabled')]);
  });

  it('registry set replaces the entry and keeps the other secrets with their values', async () => {
    const other = { server: 'other.example', username: 'o', passwordSecretRef: 'o' };
    const registries = [{ server: 'LOCALHOST:5001', username: 'old' }, other];
    azure.on('PUT', { body: app() });
    azure.on('listSecrets', { body: { value: [{ name: 'o', value: 'p' }] } });
    azure.on('GET', {
      body: {
        ...app(),
        properties: {
          provisioningState: 'Succeeded',
          configuration: { registries, secrets: [{ name: 'o' }] },
        },
      },
    });
    const { code } = await azure.az(
      ...['containerapp', 'registry', 'set', ...APP_NAMES, '--server', 'localhost:5001'],
      ...['--username', 'acr', '--password', 'pw'],
    );
    expect(code).toBe(0);
    const name = 'localhost-5001-acr';
    expect(azure.bodyOf('PUT')).toMatchObject({
      properties: {
        configuration: {
          registries: [
            { server: 'LOCALHOST:5001', username: 'acr', passwordSecretRef: name, identity: null },
            other,
          ],
          secrets: [
            { name: 'o', value: 'p' },
            { name, value: 'pw' },
          ],
        },
      },
    });
  });

  it('registry set wants a user and a password, or an identity', async () => {
    azure.on('GET', { body: app() });
    const { code, stderr } = await azure.az(
      ...['containerapp', 'registry', 'set', ...APP_NAMES, '--server', 'localhost:5001'],
    );
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('username and password are required'),
    ]);
  });

  it('create sends every field, null where nothing is set', async () => {
    const environment = `${SUB}/resourceGroups/rg/providers/Microsoft.App/managedEnvironments/env`;
    azure.on('managedEnvironments', { body: { id: environment, location: 'Korea Central' } });
    azure.on('PUT', { body: app() });
    const { code, stderr } = await azure.az(
      'containerapp',
      'create',
      '-n',
      'app',
      '-g',
      'rg',
      '--environment',
      'env',
      '--image',
      'r.example/i',
      '--ingress',
      'external',
      '--target-port',
      '8000',
      '--secrets',
      's=1',
      '--env-vars',
      'A=1',
      '--registry-server',
      'r.example:5000',
      '--registry-username',
      'u',
      '--registry-password',
      'p',
    );
    expect(code).toBe(0);
    expect(stderr).toContain('Access your app at https://app.example/');
    expect(azure.bodyOf('PUT')).toEqual({
      location: 'Korea Central',
      identity: { type: 'None', userAssignedIdentities: null },
      tags: null,
      properties: {
        environmentId: environment,
        workloadProfileName: null,
        configuration: {
          secrets: [
            { name: 's', value: '1', keyVaultUrl: '', identity: '' },
            { name: 'rexample-5000-u', value: 'p' },
          ],
          activeRevisionsMode: 'single',
          ingress: {
            fqdn: null,
            external: true,
            targetPort: 8000,
            transport: 'auto',
            exposedPort: null,
            allowInsecure: false,
            traffic: null,
            customDomains: null,
            ipSecurityRestrictions: null,
            stickySessions: null,
          },
          dapr: null,
          registries: [
            { server: 'r.example:5000', username: 'u', passwordSecretRef: 'rexample-5000-u' },
          ],
        },
        template: {
          revisionSuffix: null,
          containers: [
            {
              image: 'r.example/i',
              name: 'app',
              command: null,
              args: null,
              env: [{ name: 'A', value: '1' }],
              resources: null,
              volumeMounts: null,
            },
          ],
          initContainers: null,
          scale: null,
          volumes: null,
          serviceBinds: null,
        },
      },
    });
  });

  it('prints a refusal as (code) message', async () => {
    azure.on('managedEnvironments', { body: { id: 'e', location: 'l' } });
    azure.on('PUT', {
      status: 400,
      body: {
        error: { code: 'ContainerAppContainersInvalidCpu', message: 'no child with platform' },
      },
    });
    expect(
      await azure.az('containerapp', 'create', '-n', 'app', '-g', 'rg', '--environment', 'env'),
    ).toEqual({
      code: 1,
      stdout: '',
      stderr: 'ERROR: (ContainerAppContainersInvalidCpu) no child with platform\n',
    });
  });

  it.each<[string, string[], RegExp, number]>([
    [
      'an app that is not there',
      ['update', '-n', 'no', '-g', 'rg'],
      /The containerapp 'no' does not exist/,
      3,
    ],
    [
      'an environment that is not there',
      ['create', '-n', 'a', '-g', 'rg', '--environment', 'e'],
      /does not exist. Specify a valid environment/,
      1,
    ],
    [
      'a name with two dashes',
      ['create', '-n', 'a--b', '-g', 'rg'],
      /Invalid ContainerApp name a--b/,
      1,
    ],
    ['no environment', ['create', '-n', 'a', '-g', 'rg'], /--environment is required/, 1],
    [
      'a tail beyond 300',
      ['logs', 'show', '-n', 'a', '-g', 'rg', '--tail', '301'],
      /between 0 and 300/,
      1,
    ],
    [
      'a replica of system logs',
      ['logs', 'show', '-n', 'a', '-g', 'rg', '--type', 'system', '--replica', 'x'],
      /not supported for system logs/,
      1,
    ],
    [
      'too many replicas',
      ['update', '-n', 'a', '-g', 'rg', '--max-replicas', '1001'],
      /in the range \[1,1000\]/,
      1,
    ],
    [
      'a revision without an app',
      ['revision', 'show', '--revision', 'x', '-g', 'rg'],
      /Could not determine app name/,
      1,
    ],
  ])('refuses %s', async (_name, argv, message, code) => {
    const outcome = await azure.az('containerapp', ...argv);
    expect(outcome.stderr).toMatch(message);
    expect(outcome.code).toBe(code);
  });

  it('streams the system log with the app’s own token', async () => {
    const rows = ['{"Reason":"PullingImage","Msg":"ü"}', '', '{"Reason":"BackOff"}'].join('\n');
    azure.on('getAuthToken', { body: { properties: { token: 'stream' } } });
    azure.on('/eventstream?', { text: rows });
    azure.on('GET', { body: app() });
    const { stdout, code } = await azure.az(
      'containerapp',
      'logs',
      'show',
      '-n',
      'app',
      '-g',
      'rg',
      '--type',
      'system',
      '--tail',
      '5',
    );
    expect(stdout).toBe('{"Reason": "PullingImage", "Msg": "\\u00fc"}\n{"Reason": "BackOff"}\n');
    expect(code).toBe(0);
    const stream = azure.requests.find(({ line }) => line.includes('/eventstream'));
    expect(stream?.line).toBe(
      `GET ${SUB}/resourceGroups/rg/containerApps/app/eventstream?follow=false&output=json&tailLines=5`,
    );
    expect(stream?.headers['authorization']).toBe('Bearer stream');
  });

  it('finds the replica and the container of a console log', async () => {
    azure.on('getAuthToken', { body: { properties: { token: 'stream' } } });
    azure.on('/replicas?', {
      body: { value: [{ name: 'r1', properties: { containers: [{ name: 'main' }] } }] },
    });
    azure.on('/logstream?', { text: 'stdout F hello\n' });
    azure.on('GET', { body: app() });
    const { stdout } = await azure.az(
      'containerapp',
      'logs',
      'show',
      '-n',
      'app',
      '-g',
      'rg',
      '--format',
      'text',
    );
    expect(stdout).toBe('stdout F hello\n');
    expect(azure.requests.at(-1)?.line).toContain(
      '/revisions/app--0000001/replicas/r1/containers/main/logstream',
    );
  });

  it('lists active revisions only, and all with --all', async () => {
    const revision = (name: string, active: boolean): Json => ({
      name,
      properties: { active, healthState: 'Healthy', createdTime: 't', template: {} },
    });
    azure.on('GET', { body: { value: [revision('a', false), revision('b', true)] } });
    const list = ['containerapp', 'revision', 'list', '-n', 'app', '-g', 'rg'];
    expect((await azure.az(...list, '-o', 'table')).stdout).toBe(
      'Active    HealthState    CreatedTime    Name\n--------  -------------  -------------  ------\nTrue      Healthy        t              b\n',
    );
    expect((await azure.az(...list, '--all', '--query', '[].name', '-o', 'tsv')).stdout).toBe(
      'a\nb\n',
    );
  });
});
