import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { SUBSCRIPTION, useScriptedAzure } from '../../../test/support/scripted-azure.js';
import type { JsonObject } from '../../base/json.js';

const SUB = `/subscriptions/${SUBSCRIPTION}`;
const DEPLOYMENT = `${SUB}/resourcegroups/rg/providers/Microsoft.Resources/deployments/main`;

const { azure, folder } = useScriptedAzure();
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

  describe('from a .bicepparam file', () => {
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const validate = ['deployment', 'group', 'validate', '-g', 'rg'];
    beforeEach(() => {
      const bicep = "param name string\nparam count int = 1\noutput n string = '${name}${count}'\n";
      file('used.bicep', bicep);
      azure.on('/validate', { body: {} });
    });

    it.each<[string, string[], string, string]>([
      ['alone', [], 'using', '{"name":{"value":"given"}}'],
      [
        'with pairs that win',
        ['name=mine', 'count=3'],
        'using',
        '{"name":{"value":"mine"},"count":{"value":3}}',
      ],
      ['with a template of its own', ['-f', 'used.bicep'], 'none', '{"name":{"value":"given"}}'],
    ])('%s', async (_name, more, using, parameters) => {
      const used = using === 'none' ? 'none' : "'used.bicep'";
      const path = file('main.bicepparam', `using ${used}\nparam name = 'given'\n`);
      const words = more.map((word) => (word === 'used.bicep' ? join(folder, word) : word));
      const { code, stderr } = await azure.az(...validate, '-p', path, ...words);
      expect(stderr).toBe('');
      expect(code).toBe(0);
      expect(azure.lines[0]).toContain(
        more[0] === '-f' ? '/used/validate' : '/deployment1/validate',
      );
      expect(azure.requests[0]?.body).toContain(`"parameters":${parameters}`);
      expect(azure.requests[0]?.body).toContain(
        "[format('{0}{1}', parameters('name'), parameters('count'))]",
      );
    });

    it.each<[string, string, string[], RegExp]>([
      [
        'an error in it',
        "using 'used.bicep'\nparam name = 1 +\n",
        [],
        /main\.bicepparam\(2,\d+\) : Error BCP/,
      ],
      ['a template that is not there', "using 'gone.bicep'\n", [], /Error BCP091/],
      ['no template', "using none\nparam name = 'x'\n", [], /so a --template-file/],
      [
        'a JSON template',
        "using 'used.bicep'\nparam name = 'x'\n",
        ['-f', 'x.json'],
        /Only a .bicep template/,
      ],
      [
        'a word',
        "using 'used.bicep'\nparam name = 'x'\n",
        ['-p', 'word'],
        /Unable to parse parameter: word\. Only/,
      ],
      [
        'an unknown name',
        "using 'used.bicep'\nparam name = 'x'\n",
        ['-p', 'a=1'],
        /unrecognized template parameter 'a'/,
      ],
      [
        'a second one',
        "using 'used.bicep'\nparam name = 'x'\n",
        ['-p', 'b.bicepparam'],
        /Only one \.bicepparam/,
      ],
      [
        'a subscription template',
        "using 'sub.bicep'\n",
        [],
        /target scope "subscription" does not match/,
      ],
    ])('refuses %s', async (_name, text, more, message) => {
      file('sub.bicep', "targetScope = 'subscription'\n");
      const { code, stderr } = await azure.az(
        ...validate,
        '-p',
        file('main.bicepparam', text),
        ...more,
      );
      expect(stderr).toMatch(message);
      expect(code).toBe(1);
      expect(azure.requests).toEqual([]);
    });
  });

  describe('from a link', () => {
    const validate = ['deployment', 'group', 'validate', '-g', 'rg', '--template-uri'];

    it('types parameters by the template, follows redirects, and sends the link', async () => {
      azure.on('/old.json', { status: 302, headers: { location: '/t/linked.json' } });
      azure.on('/t/linked.json', { text: TEMPLATE });
      azure.on('/values.json', { body: { parameters: { name: { value: 'far' } } } });
      azure.on('/validate', { body: {} });
      const uri = `${azure.origin}/old.json`;
      const values = `${azure.origin}/values.json`;
      expect(await azure.az(...validate, uri, '-p', values, 'count=3')).toMatchObject({ code: 0 });
      expect(azure.lines.at(-1)).toBe(`POST ${DEPLOYMENT.replace('main', 'old')}/validate`);
      expect(JSON.parse(azure.requests.at(-1)?.body ?? '')).toEqual({
        properties: {
          templateLink: { uri },
          parameters: { name: { value: 'far' }, count: { value: 3 } },
          mode: 'Incremental',
        },
      });
    });

    it.each<[string, string, RegExp]>([
      ['is not there', '/gone.json', /Unable to retrieve url .*gone\.json\nWhy: it answers 404/],
      ['leads in a circle', '/circle', /redirects more than 5 times/],
      ['is no JSON', '/text', /Failed to parse '.*text'/],
    ])('that %s', async (_name, path, message) => {
      azure.on('/circle', { status: 302, headers: { location: '/circle' } });
      azure.on('/text', { text: 'hello' });
      const { code, stderr } = await azure.az(...validate, azure.origin + path);
      expect(stderr).toMatch(message);
      expect(code).toBe(1);
    });
  });

  describe('what-if', () => {
    const changes: JsonObject[] = [
      {
        resourceId: `${SUB}/resourceGroups/rg/providers/A.B/c/d`,
        changeType: 'Delete',
        before: { id: 'x' },
      },
      { resourceId: `${SUB}/resourceGroups/rg/providers/A.B/c/e`, changeType: 'Ignore' },
    ];
    const whatIf = ['deployment', 'group', 'what-if', '-g', 'rg', '-p', 'name=x', '-f'];
    beforeEach(() => {
      azure.on('/whatIf', { body: { status: 'Succeeded', properties: { changes } } });
    });

    it('prints what would change', async () => {
      const { code, stdout } = await azure.az(...whatIf, template(), '-x', 'ignore');
      expect(code).toBe(0);
      expect(stdout).toContain('\n  - A.B/c/d\n\n      id: "x"\n');
      expect(stdout).toContain('\nResource changes: 1 to delete.\n');
      expect(azure.lines).toEqual([`POST ${DEPLOYMENT}/whatIf`]);
      expect(azure.requests[0]?.body).toContain(
        '"mode":"Incremental","whatIfSettings":{"resultFormat":"FullResourcePayloads"}',
      );
    });

    it('prints the changes as they came', async () => {
      const { stdout } = await azure.az(...whatIf, template(), '--no-pretty-print');
      expect(JSON.parse(stdout)).toMatchObject({ status: 'Succeeded', changes });
    });

    it('is all that create --what-if does', async () => {
      const create = ['deployment', 'group', 'create', '-g', 'rg', '-p', 'name=x', '-w', '-f'];
      expect((await azure.az(...create, template())).stdout).toContain('Resource changes: ');
      expect(azure.lines).toEqual([`POST ${DEPLOYMENT}/whatIf`]);
    });

    it('tells what is wrong with the template', async () => {
      const error = {
        code: 'InvalidTemplate',
        message: 'no',
        details: [{ code: 'A', message: 'b' }],
      };
      azure.on('/whatIf', { body: { status: 'Failed', error } });
      const { code, stderr } = await azure.az(...whatIf, template());
      expect(stderr).toBe('ERROR: InvalidTemplate - no\nA - b\n');
      expect(code).toBe(1);
    });
  });
});
