import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { ScriptedAzure, SUBSCRIPTION } from '../../test/support/scripted-azure.js';
import type { Json, JsonObject } from '../base/json.js';
import { allCommands } from './catalogue.js';
import { runAz } from './main.js';

const SUB = `/subscriptions/${SUBSCRIPTION}`;
const APP = `${SUB}/resourceGroups/rg/providers/Microsoft.App/containerApps/app`;
const REGISTRY = `${SUB}/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/acrlab`;
const DEPLOYMENT = `${SUB}/resourcegroups/rg/providers/Microsoft.Resources/deployments/main`;

let azure: ScriptedAzure;
let folder: string;

beforeAll(async () => {
  azure = await ScriptedAzure.start();
  folder = mkdtempSync(join(tmpdir(), 'az-main-'));
});
afterAll(async () => {
  await azure.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  azure.reset();
});

const GROUP: JsonObject = {
  id: `${SUB}/resourceGroups/rg`,
  name: 'rg',
  type: 'Microsoft.Resources/resourceGroups',
  location: 'koreacentral',
  properties: { provisioningState: 'Succeeded' },
};

function bodyOf(line: string): JsonObject {
  const found = azure.requests.find((request) => request.line.includes(line));
  return JSON.parse(found?.body ?? 'null') as JsonObject;
}

describe('runAz', () => {
  it.each<[string, string[], number, RegExp]>([
    ['an unknown group', ['grup', 'list'], 2, /'grup' is misspelled.*\nDid you mean 'group' \?/],
    [
      'an unknown command',
      ['group', 'crate'],
      2,
      /'crate' is misspelled.*\nDid you mean 'create' \?/,
    ],
    ['an unknown word', ['xyzzy'], 2, /'xyzzy' is misspelled or not recognized by the system\./],
    [
      'a group without a command',
      ['group'],
      2,
      /the following arguments are required: _subcommand/,
    ],
    [
      'a query that does not parse',
      ['group', 'list', '--query', '['],
      2,
      /--query: invalid jmespath_type value: '\['/,
    ],
    [
      'another subscription',
      ['group', 'list', '--subscription', 'other'],
      1,
      /The subscription of 'other' doesn't exist/,
    ],
  ])('refuses %s', async (_name, argv, code, message) => {
    const outcome = await azure.az(...argv);
    expect(outcome.stderr).toMatch(message);
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(azure.requests).toEqual([]);
  });

  it('says in three parts that no Lazurite is running', async () => {
    let stderr = '';
    const code = await runAz(['group', 'list'], {
      stdout: () => undefined,
      stderr: (text) => (stderr += text),
      colour: false,
      environment: { LAZURITE_HOME: join(folder, 'nowhere') },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ERROR: no Lazurite is running\nWhy: .*\nHelp: lazurite up/);
  });

  it('tells which field of a damaged connection file is missing', async () => {
    const home = join(folder, 'damaged');
    mkdirSync(join(home, 'run'), { recursive: true });
    writeFileSync(join(home, 'run', 'connection.json'), '{"gateway":"https://localhost"}');
    let stderr = '';
    await runAz(['group', 'list'], {
      stdout: () => undefined,
      stderr: (text) => (stderr += text),
      colour: false,
      environment: { LAZURITE_HOME: home },
    });
    expect(stderr).toContain('it has no "ca"');
  });

  it('helps with every command, group and example without a Lazurite', async () => {
    for (const command of await allCommands()) {
      const help = await azure.az(...command.path.split(' '), '--help');
      expect(help.code, command.path).toBe(0);
      expect(help.stdout).toContain(`az ${command.path} : `);
      for (const line of help.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
      for (const example of command.examples ?? []) expect(example.command).toContain(command.path);
    }
    expect((await azure.az('containerapp', '--help')).stdout).toMatch(
      /Subgroups:[\s\S]*revision[\s\S]*Commands:/,
    );
    expect((await azure.az()).stdout).toContain('containerapp');
  });
});

describe('group', () => {
  it('creates with tags and fills the fields of the model', async () => {
    azure.on('PUT', { status: 201, body: GROUP });
    const { stdout, code } = await azure.az(
      'group',
      'create',
      '-n',
      'rg',
      '-l',
      'koreacentral',
      '--tags',
      'a=1',
      'b',
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ ...GROUP, managedBy: null, tags: null });
    expect(azure.lines).toEqual([`PUT ${SUB}/resourcegroups/rg`]);
    expect(bodyOf('PUT')).toEqual({ location: 'koreacentral', tags: { a: '1', b: '' } });
    expect(azure.requests[0]?.headers['authorization']).toBe('Bearer arm-token');
  });

  it.each<[number, string, number]>([
    [204, 'true\n', 0],
    [404, 'false\n', 0],
    [500, '', 1],
  ])('exists: %i → %j', async (status, stdout, code) => {
    azure.on('HEAD', { status });
    expect(await azure.az('group', 'exists', '-n', 'rg')).toMatchObject({ stdout, code });
  });

  it('words a missing group as the library does, exit code 3', async () => {
    const error = {
      code: 'ResourceGroupNotFound',
      message: "Resource group 'x' could not be found.",
    };
    azure.on('GET', { status: 404, body: { error } });
    expect(await azure.az('group', 'show', '-n', 'x')).toEqual({
      code: 3,
      stdout: '',
      stderr: `ERROR: (${error.code}) ${error.message}\nCode: ${error.code}\nMessage: ${error.message}\n`,
    });
  });

  it('follows pages', async () => {
    azure.on('page=2', { body: { value: [{ ...GROUP, name: 'b' }] } });
    azure.on('GET', {
      body: { value: [GROUP], nextLink: `${azure.origin}${SUB}/resourcegroups?page=2` },
    });
    const { stdout } = await azure.az('group', 'list', '--query', '[].name', '-o', 'tsv');
    expect(stdout).toBe('rg\nb\n');
  });

  it('waits for a deletion by Location, and takes 404 as its end', async () => {
    const location = `${azure.origin}/operations/1`;
    azure.on('DELETE', { status: 202, headers: { location } });
    azure.on('/operations/1', { status: 202 }, { status: 202 }, { status: 404 });
    expect(await azure.az('group', 'delete', '-n', 'rg', '-y')).toMatchObject({
      code: 0,
      stdout: '',
    });
    expect(azure.requests).toHaveLength(4);
  });

  it('does not wait with --no-wait, and does not delete unasked', async () => {
    azure.on('DELETE', { status: 202, headers: { location: `${azure.origin}/operations/1` } });
    expect((await azure.az('group', 'delete', '-n', 'rg', '-y', '--no-wait')).code).toBe(0);
    expect(azure.requests).toHaveLength(1);
    azure.reset();
    const refused = await azure.az('group', 'delete', '-n', 'rg');
    expect(refused.stderr).toContain('no tty available');
    expect(azure.requests).toEqual([]);
  });
});

describe('deployment group', () => {
  const TEMPLATE = `{ // a comment stays
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "parameters": { "name": {"type": "string"}, "count": {"type": "int", "defaultValue": 1}, "all": {"type": "array", "defaultValue": []} },
  "resources": []
}`;
  const RESULT: JsonObject = {
    id: DEPLOYMENT,
    name: 'main',
    properties: {
      provisioningState: 'Succeeded',
      timestamp: '2026-06-23T12:22:11.1774117Z',
      mode: 'Incremental',
      outputs: { app: { type: 'String', value: 'ca' } },
    },
  };
  const template = (): string => {
    const file = join(folder, 'main.json');
    writeFileSync(file, TEMPLATE);
    return file;
  };

  it('splices the template into validate and PUT, waits, and reads the result', async () => {
    azure.on('/validate', { body: { properties: {} } });
    azure.on('PUT', {
      status: 201,
      headers: { 'azure-asyncoperation': `${azure.origin}/op` },
      body: RESULT,
    });
    azure.on('/op', { body: { status: 'Running' } }, { body: { status: 'Succeeded' } });
    azure.on('GET', { body: RESULT });
    const { code, stdout } = await azure.az(
      'deployment',
      'group',
      'create',
      '-g',
      'rg',
      '-f',
      template(),
      '-p',
      'name=x',
      '-p',
      'count=3',
      'all=[1]',
      '-o',
      'table',
    );
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        'Name    State      Timestamp                         Mode         ResourceGroup',
        '------  ---------  --------------------------------  -----------  ---------------',
        'main    Succeeded  2026-06-23T12:22:11.177411+00:00  Incremental  rg',
        '',
      ].join('\n'),
    );
    const parameters = '{"name":{"value":"x"},"count":{"value":3},"all":{"value":[1]}}';
    const body = `{"properties":{"parameters":${parameters},"mode":"Incremental", template:${TEMPLATE}}}`;
    expect(azure.requests.map((request) => request.body).slice(0, 2)).toEqual([body, body]);
    expect(azure.lines).toEqual(
      [
        `POST ${DEPLOYMENT}/validate`,
        `PUT ${DEPLOYMENT}`,
        'GET /op?',
        'GET /op?',
        `GET ${DEPLOYMENT}`,
      ].map((line) => line.replace(/\?$/, '')),
    );
  });

  it('prints the whole status document of a failed deployment', async () => {
    const status = {
      status: 'Failed',
      error: { code: 'DeploymentFailed', message: 'At least one' },
    };
    azure.on('/validate', { body: {} });
    azure.on('PUT', {
      status: 201,
      headers: { 'azure-asyncoperation': `${azure.origin}/op` },
      body: RESULT,
    });
    azure.on('/op', { body: status });
    const { code, stderr } = await azure.az(
      'deployment',
      'group',
      'create',
      '-g',
      'rg',
      '-f',
      template(),
      '-p',
      'name=x',
    );
    expect(stderr).toBe(`ERROR: ${JSON.stringify(status)}\n`);
    expect(code).toBe(1);
  });

  it('tells the inner errors of a failed validation', async () => {
    const error = { code: 'A', message: 'a', details: [{ code: 'B', message: 'b' }] };
    azure.on('/validate', { status: 400, body: { error } });
    const { code, stderr } = await azure.az(
      'deployment',
      'group',
      'validate',
      '-g',
      'rg',
      '-f',
      template(),
      '-p',
      'name=x',
    );
    expect(stderr).toBe(
      'ERROR: {"code": "A", "message": "a"}\n\nInner Errors: \n{"code": "B", "message": "b"}\n',
    );
    expect(code).toBe(1);
  });

  it.each<[string, string[], RegExp]>([
    [
      'an unknown parameter',
      ['nme=x'],
      /unrecognized template parameter 'nme'. Allowed parameters: all, count, name/,
    ],
    ['a missing parameter', ['count=3'], /Missing input parameters: name/],
    [
      'a text for an int',
      ['name=x', 'count=three'],
      /invalid literal for int\(\) with base 10: 'three'/,
    ],
    ['a broken array', ['name=x', 'all=[1'], /Failed to parse string as JSON/],
    ['a word', ['name'], /Unable to parse parameter: name/],
  ])('refuses %s', async (_name, parameters, message) => {
    const { code, stderr } = await azure.az(
      'deployment',
      'group',
      'create',
      '-g',
      'rg',
      '-f',
      template(),
      '-p',
      ...parameters,
    );
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
    expect(azure.requests).toEqual([]);
  });

  it('reads parameters from files, @files and JSON', async () => {
    const file = join(folder, 'parameters.json');
    writeFileSync(file, '{"parameters": {"name": {"value": "from file"}}}');
    azure.on('/validate', { body: {} });
    const validate = ['deployment', 'group', 'validate', '-g', 'rg', '-f', template(), '-p'];
    for (const word of [file, `@${file}`, '{"name": {"value": "from file"}}']) {
      expect((await azure.az(...validate, word)).code).toBe(0);
    }
    for (const { body } of azure.requests) expect(body).toContain('"name":{"value":"from file"}');
  });

  it('compiles Bicep and places its errors', async () => {
    const good = join(folder, 'good.bicep');
    writeFileSync(good, "param name string\noutput hello string = 'hello ${name}'\n");
    azure.on('/validate', { body: {} });
    expect(
      (await azure.az('deployment', 'group', 'validate', '-g', 'rg', '-f', good, '-p', 'name=x'))
        .code,
    ).toBe(0);
    expect(azure.requests[0]?.body).toContain("[format('hello {0}', parameters('name'))]");
    azure.reset();
    const bad = join(folder, 'bad.bicep');
    writeFileSync(bad, 'output hello string = nobody\n');
    const { code, stderr } = await azure.az('deployment', 'group', 'create', '-g', 'rg', '-f', bad);
    expect(stderr).toContain(`ERROR: ${bad}(1,23) : Error BCP057: `);
    expect(code).toBe(1);
    expect(azure.requests).toEqual([]);
  });

  it('tells of a template that is not there or not JSON', async () => {
    expect(
      (await azure.az('deployment', 'group', 'create', '-g', 'rg', '-f', join(folder, 'none.json')))
        .stderr,
    ).toContain('No such file or directory');
    const file = join(folder, 'broken.json');
    writeFileSync(file, '{');
    expect(
      (await azure.az('deployment', 'group', 'create', '-g', 'rg', '-f', file)).stderr,
    ).toContain('Failed to parse');
  });
});

describe('acr', () => {
  const resource = (): JsonObject => ({
    id: REGISTRY,
    name: 'acrlab',
    location: 'koreacentral',
    sku: { name: 'Basic' },
    properties: { loginServer: azure.host, adminUserEnabled: true },
  });
  const scriptRegistry = (): void => {
    azure.on('/resources?', { body: { value: [{ id: REGISTRY, name: 'acrlab' }] } });
    azure.on(`GET ${REGISTRY}?`, { body: resource() });
    azure.on('GET /v2/', {
      status: 401,
      headers: {
        'www-authenticate': `Bearer realm="${azure.origin}/oauth2/token",service="${azure.host}"`,
      },
    });
    azure.on('/oauth2/exchange', { body: { refresh_token: 'refresh' } });
    azure.on('/oauth2/token', { body: { access_token: 'access' } });
  };

  it('show-tags: finds the registry, answers the challenge, asks with the token', async () => {
    azure.on('/acr/v1/app/_tags', { body: { tags: [{ name: 'v1' }, { name: 'v2' }] } });
    scriptRegistry();
    const { stdout } = await azure.az(
      'acr',
      'repository',
      'show-tags',
      '-n',
      'acrlab',
      '--repository',
      'app',
      '-o',
      'tsv',
    );
    expect(stdout).toBe('v1\nv2\n');
    const exchange = azure.requests.find(({ line }) => line.includes('/oauth2/exchange'));
    expect(Object.fromEntries(new URLSearchParams(exchange?.body))).toEqual({
      grant_type: 'access_token',
      service: azure.host,
      tenant: 'tenant',
      access_token: 'arm-token',
    });
    const token = azure.requests.find(({ line }) => line.startsWith('POST /oauth2/token'));
    expect(new URLSearchParams(token?.body).get('scope')).toBe('repository:app:metadata_read');
    expect(azure.requests.at(-1)?.headers['authorization']).toBe('Bearer access');
  });

  it('follows Link headers', async () => {
    azure.on('last=a', { body: { repositories: ['b'] } });
    azure.on('/v2/_catalog', {
      headers: { link: '</v2/_catalog?last=a&n=100>; rel="next"' },
      body: { repositories: ['a'] },
    });
    scriptRegistry();
    expect((await azure.az('acr', 'repository', 'list', '-n', 'acrlab', '-o', 'tsv')).stdout).toBe(
      'a\nb\n',
    );
  });

  it.each<[string, string[], number]>([
    [
      'a repository that is not there',
      ['repository', 'show-tags', '-n', 'acrlab', '--repository', 'app'],
      1,
    ],
    ['a show of one', ['repository', 'show', '-n', 'acrlab', '--repository', 'app'], 3],
  ])('words %s as the registry does', async (_name, argv, code) => {
    azure.on('/acr/v1/', {
      status: 404,
      body: {
        errors: [{ code: 'NAME_UNKNOWN', message: 'repository name not known to registry' }],
      },
    });
    scriptRegistry();
    expect(await azure.az('acr', ...argv)).toEqual({
      code,
      stdout: '',
      stderr: 'ERROR: Error: repository name not known to registry.\n',
    });
  });

  it('deletes an image with its manifest', async () => {
    azure.on('/_tags/v1', { body: { tag: { name: 'v1', digest: 'sha256:1' } } });
    azure.on('/_tags?', {
      body: {
        tags: [
          { name: 'v1', digest: 'sha256:1' },
          { name: 'v2', digest: 'sha256:2' },
        ],
      },
    });
    azure.on('DELETE', { status: 202 });
    scriptRegistry();
    const { code, stderr } = await azure.az(
      'acr',
      'repository',
      'delete',
      '-n',
      'acrlab',
      '-t',
      'app:v1',
      '-y',
    );
    expect(code).toBe(0);
    expect(stderr).toContain(
      "delete the manifest 'sha256:1' and all the following images: 'app:v1'\n",
    );
    expect(azure.lines.at(-1)).toBe('DELETE /v2/app/manifests/sha256:1');
  });

  it('login --expose-token gives the refresh token', async () => {
    scriptRegistry();
    const { stdout } = await azure.az(
      'acr',
      'login',
      '-n',
      'acrlab',
      '--expose-token',
      '--only-show-errors',
    );
    expect(JSON.parse(stdout)).toEqual({
      loginServer: azure.host,
      username: '00000000-0000-0000-0000-000000000000',
      accessToken: 'refresh',
      refreshToken: 'refresh',
    });
  });

  it.each<[string, string[], RegExp]>([
    [
      'an unknown registry',
      ['show', '-n', 'nobody'],
      /The resource with name 'nobody' and type 'Microsoft.ContainerRegistry\/registries' could not be found/,
    ],
    ['a name that breaks the rules', ['show', '-n', 'a.b'], /between 5 and 50 characters/],
    [
      'upper case in a new name',
      ['create', '-n', 'AcrLab', '-g', 'rg', '--sku', 'Basic'],
      /must use only lowercase/,
    ],
    [
      'an image name with two tags',
      ['repository', 'show', '-n', 'acrlab', '-t', 'a:b:c'],
      /may include a tag/,
    ],
    [
      'both of image and repository',
      ['repository', 'show', '-n', 'acrlab', '-t', 'a', '--repository', 'a'],
      /but not both/,
    ],
  ])('refuses %s', async (_name, argv, message) => {
    scriptRegistry();
    const { code, stderr } = await azure.az('acr', ...argv);
    expect(stderr).toMatch(message);
    expect(code).not.toBe(0);
  });

  describe('build', () => {
    const scriptBuild = (status: string): void => {
      const log = `2026/11/21 07:00:00 Downloading\r\nRun ID: ca1 was ${status}\r\nno newline`;
      azure.on('listBuildSourceUploadUrl', {
        body: {
          uploadUrl: `${azure.origin}/blob/src/x.tar.gz?sig=s`,
          relativePath: 'src/x.tar.gz',
        },
      });
      azure.on('PUT /blob', { status: 201 });
      azure.on('scheduleRun', { body: { properties: { runId: 'ca1' } } });
      azure.on('listLogSasUrl', { body: { logLink: `${azure.origin}/log?sig=s` } });
      azure.on(
        'HEAD /log',
        { status: 404 },
        { headers: { 'content-length': '31' } },
        { headers: { 'content-length': String(log.length), 'x-ms-meta-Complete': status } },
      );
      azure.on(
        'GET /log',
        { status: 206, text: log.slice(0, 31) },
        { status: 206, text: log.slice(31) },
      );
      scriptRegistry();
    };
    const context = (): string => {
      const source = mkdtempSync(join(folder, 'context-'));
      writeFileSync(join(source, 'Dockerfile'), 'FROM scratch\n');
      writeFileSync(join(source, '.dockerignore'), '*.log\nsub/*\n!sub/kept\n');
      writeFileSync(join(source, 'a.log'), 'ignored');
      mkdirSync(join(source, 'sub'));
      writeFileSync(join(source, 'sub', 'kept'), 'kept');
      writeFileSync(join(source, 'sub', 'dropped'), 'dropped');
      mkdirSync(join(source, '.git'));
      writeFileSync(join(source, '.git', 'HEAD'), 'ref');
      return source;
    };

    it('packs, uploads, queues and follows the log', async () => {
      scriptBuild('successful');
      const { code, stdout, stderr } = await azure.az(
        'acr',
        'build',
        '-r',
        'acrlab',
        '-t',
        'app:v1',
        '--image',
        'app:latest',
        context(),
        '--build-arg',
        'A=1',
        '--platform',
        'linux/arm/v7',
      );
      expect(stdout).toBe(
        '2026/11/21 07:00:00 Downloading\nRun ID: ca1 was successful\nno newline\n',
      );
      expect(code).toBe(0);
      expect(stderr).toMatch(
        /WARNING: Packing source code[\s\S]*Uploading archived[\s\S]*Sending context \(\d+\.\d{3} (Bytes|KiB)\) to registry: acrlab\.\.\.\n[\s\S]*Queued a build with ID: ca1\n/,
      );
      const request = bodyOf('scheduleRun');
      expect(request).toMatchObject({
        type: 'DockerBuildRequest',
        imageNames: ['app:v1', 'app:latest'],
        isPushEnabled: true,
        sourceLocation: 'src/x.tar.gz',
        platform: { os: 'linux', architecture: 'arm', variant: 'v7' },
        arguments: [{ type: 'Argument', name: 'A', value: '1', isSecret: false }],
      });
      const archive = azure.requests.find(({ line }) => line.startsWith('PUT /blob'));
      expect(archive?.headers['x-ms-blob-type']).toBe('BlockBlob');
      expect(archive?.headers['authorization']).toBeUndefined();
      const names = await namesIn(Buffer.from(archive?.body ?? '', 'latin1'));
      expect(names).toEqual([
        '.dockerignore',
        'Dockerfile',
        'sub/',
        'sub/kept',
        request['dockerFilePath'],
      ]);
    });

    it('fails when the run fails', async () => {
      scriptBuild('failed');
      const { code, stderr } = await azure.az(
        'acr',
        'build',
        '-r',
        'acrlab',
        '-t',
        'app:v1',
        context(),
      );
      expect(stderr).toMatch(/ERROR: Run failed\n$/);
      expect(code).toBe(1);
    });

    it.each<[string, (source: string) => string[], RegExp]>([
      ['a context that is not there', () => ['./nowhere'], /'\.\/nowhere' doesn't exist/],
      [
        'a context that is a file',
        (source) => [join(source, 'Dockerfile')],
        /should be a local directory/,
      ],
      [
        'a Dockerfile that is not there',
        (source) => [source, '-f', 'Nope'],
        /Unable to find 'Nope'/,
      ],
      [
        'an unknown architecture',
        (source) => [source, '--platform', 'linux/mips'],
        /Valid options are amd64/,
      ],
    ])('refuses %s', async (_name, argv, message) => {
      scriptBuild('successful');
      const { code, stderr } = await azure.az('acr', 'build', '-r', 'acrlab', ...argv(context()));
      expect(stderr).toMatch(message);
      expect(code).toBe(1);
    });
  });
});

async function namesIn(archive: Buffer): Promise<string[]> {
  const names: string[] = [];
  const reader = extract();
  reader.end(gunzipSync(archive));
  for await (const entry of reader) {
    names.push(entry.header.name);
    entry.resume();
  }
  return names;
}

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
    expect(bodyOf('PATCH')).toEqual({
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
    expect(bodyOf('PUT')).toEqual({
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
      /Invalid Container App name a--b/,
      2,
    ],
    ['no environment', ['create', '-n', 'a', '-g', 'rg'], /--environment is required/, 2],
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
      2,
    ],
    [
      'too many replicas',
      ['update', '-n', 'a', '-g', 'rg', '--max-replicas', '1001'],
      /in the range \[1,1000\]/,
      2,
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

describe('rest', () => {
  it('sends a token to the gateway only, and replaces {subscriptionId}', async () => {
    azure.on('GET', { body: { id: `${SUB}/resourceGroups/rg/providers/A/b/c` } });
    const { stdout } = await azure.az(
      'rest',
      '--url',
      '/subscriptions/{subscriptionId}?api-version=1',
    );
    expect(JSON.parse(stdout)).toEqual({ id: `${SUB}/resourceGroups/rg/providers/A/b/c` });
    expect(azure.requests[0]).toMatchObject({ line: `GET ${SUB}?api-version=1` });
    expect(azure.requests[0]?.headers['authorization']).toBe('Bearer arm-token');
    await azure.az('rest', '--skip-authorization-header', '--url', `${azure.origin}/x`);
    expect(azure.requests[1]?.headers['authorization']).toBeUndefined();
  });

  it('sends bodies and headers, prints what is not JSON, and saves to a file', async () => {
    azure.on('POST', { text: 'plain' });
    const { stdout, stderr } = await azure.az(
      'rest',
      '-m',
      'post',
      '--url',
      '/x',
      '-b',
      '{"a":1}',
      '--headers',
      'x-a=b',
    );
    expect(stdout).toBe('plain\n');
    expect(stderr).toContain('Not a json response');
    expect(azure.requests[0]).toMatchObject({ body: '{"a": 1}' });
    expect(azure.requests[0]?.headers).toMatchObject({
      'x-a': 'b',
      'content-type': 'application/json',
    });
    const file = join(folder, 'saved');
    await azure.az('rest', '-m', 'post', '--url', '/x', '--output-file', file);
    expect(readFileSync(file, 'utf8')).toBe('plain');
  });

  it('fails with the reason and the body', async () => {
    azure.on('GET', { status: 404, text: 'nothing here' });
    expect(await azure.az('rest', '--url', '/x')).toMatchObject({
      code: 1,
      stderr: 'ERROR: Not Found(nothing here)\n',
    });
  });

  it('tells that nothing listens', async () => {
    const { code, stderr } = await azure.az(
      'rest',
      '--skip-authorization-header',
      '--url',
      'http://127.0.0.1:1/',
    );
    expect(stderr).toMatch(
      /ERROR: Could not reach 127\.0\.0\.1:1: .*\nNothing listens on 127\.0\.0\.1:1\./,
    );
    expect(code).toBe(1);
  });
});

describe('account', () => {
  it('logs in, shows and logs out', async () => {
    azure.on('/subscriptions', { body: { value: [{ subscriptionId: SUBSCRIPTION }] } });
    expect(JSON.parse((await azure.az('login')).stdout)).toMatchObject([
      { id: SUBSCRIPTION, cloudName: 'AzureCloud' },
    ]);
    expect((await azure.az('logout')).code).toBe(0);
    expect((await azure.az('account', 'show')).stderr).toContain("Please run 'az login'");
    await azure.az('login');
    expect((await azure.az('account', 'show', '--query', 'name', '-o', 'tsv')).stdout).toBe(
      'Lazurite\n',
    );
    expect(readdirSync(join(azure.directory, 'run'))).toEqual(['connection.json']);
  });

  it('adds the extension that is built in, and no other', async () => {
    expect((await azure.az('extension', 'add', '--name', 'containerapp', '--upgrade')).code).toBe(
      0,
    );
    expect((await azure.az('extension', 'add', '--name', 'other')).stderr).toContain(
      "No extension found with name 'other'",
    );
  });
});
