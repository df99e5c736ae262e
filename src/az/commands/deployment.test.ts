import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ScriptedAzure, SUBSCRIPTION } from '../../../test/support/scripted-azure.js';
import type { JsonObject } from '../../base/json.js';

const SUB = `/subscriptions/${SUBSCRIPTION}`;
const DEPLOYMENT = `${SUB}/resourcegroups/rg/providers/Microsoft.Resources/deployments/main`;

let azure: ScriptedAzure;
let folder: string;

beforeAll(async () => {
  azure = await ScriptedAzure.start();
  folder = mkdtempSync(join(tmpdir(), 'az-commands-'));
});
afterAll(async () => {
  await azure.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  azure.reset();
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
