import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { SUBSCRIPTION, useScriptedAzure } from '../../../test/support/scripted-azure.js';
import type { JsonObject } from '../../base/json.js';

const SUB = `/subscriptions/${SUBSCRIPTION}`;
const REGISTRY = `${SUB}/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/acrlab`;

const { azure, folder } = useScriptedAzure();

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

  const imports: [string, string[], JsonObject][] = [
    [
      'another registry',
      ['--source', 'docker.io/library/hello-world:latest', '-t', 'hello-world:latest'],
      {
        source: { registryUri: 'docker.io', sourceImage: 'library/hello-world:latest' },
        targetTags: ['hello-world:latest'],
        untaggedTargetRepositories: [],
        mode: 'NoForce',
      },
    ],
    [
      'a registry by its resource id, by force',
      ['--source', 'app:v1', '-r', REGISTRY, '--force'],
      {
        source: { resourceId: REGISTRY, sourceImage: 'app:v1' },
        targetTags: ['app:v1'],
        mode: 'Force',
      },
    ],
    [
      'a digest, with credentials',
      ['--source', 'r.example/app@sha256:1', '-u', 'me', '-p', 'secret'],
      {
        source: {
          registryUri: 'r.example',
          sourceImage: 'app@sha256:1',
          credentials: { username: 'me', password: 'secret' },
        },
        untaggedTargetRepositories: ['app'],
        mode: 'NoForce',
      },
    ],
  ];
  it.each(imports)('import: asks for %s', async (_, argv, body) => {
    scriptRegistry();
    azure.on(`POST ${REGISTRY}/importImage?`, { status: 200 });
    const { code, stderr } = await azure.az('acr', 'import', '-n', 'acrlab', ...argv);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(azure.bodyOf('/importImage')).toEqual(body);
  });

  it.each([['app:v1'], ['/app'], ['docker.io/']])(
    'import: refuses the source %s',
    async (source) => {
      scriptRegistry();
      const { code, stderr } = await azure.az('acr', 'import', '-n', 'acrlab', '--source', source);
      expect({ code, stderr }).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('names no registry') as string,
      });
    },
  );

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
      const request = azure.bodyOf('scheduleRun');
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
