import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SUBSCRIPTION, useScriptedAzure } from '../../../test/support/scripted-azure.js';
import type { JsonObject } from '../../base/json.js';

const SUB = `/subscriptions/${SUBSCRIPTION}`;

const { azure, folder } = useScriptedAzure();

const GROUP: JsonObject = {
  id: `${SUB}/resourceGroups/rg`,
  name: 'rg',
  type: 'Microsoft.Resources/resourceGroups',
  location: 'koreacentral',
  properties: { provisioningState: 'Succeeded' },
};

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
    expect(azure.bodyOf('PUT')).toEqual({ location: 'koreacentral', tags: { a: '1', b: '' } });
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
