import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveArm, type Answer, type ServedArm } from '../../../test/support/arm-world.js';
import { ArmError } from '../errors.js';
import type { Json, JsonObject, ResourceProvider } from '../provider.js';
import { parseResourceId } from '../resource-id.js';
import { makeResource, ResourceDocuments } from '../resource-documents.js';
import { createMemoryMetadataStore } from '../../storage/memory-metadata-store.js';
import { systemClock } from '../../base/clock.js';

const GROUP = '/resourceGroups/rg';
const DEPLOYMENTS = `${GROUP}/providers/Microsoft.Resources/deployments`;

/** A type whose writes do what their properties say: `refuse`, `fail`, `hold`. */
class Gadgets implements ResourceProvider {
  readonly type = 'Contoso.Test/gadgets';
  readonly held: (() => void)[] = [];
  readonly writes: string[] = [];
  running = 0;
  mostRunning = 0;
  readonly #documents = new ResourceDocuments(createMemoryMetadataStore(), this.type);

  get: ResourceProvider['get'] = (id) => this.#documents.get(id);
  list: ResourceProvider['list'] = (scope) => this.#documents.list(scope);
  delete: ResourceProvider['delete'] = (id) => this.#documents.delete(id);

  put: ResourceProvider['put'] = async (id, body, context) => {
    const properties = (body['properties'] ?? {}) as JsonObject;
    if (properties['refuse'] === true) throw refusal('GadgetRefused', 400);
    const existing = await this.#documents.get(id);
    const common = { id, type: this.type, body, existing, properties, context, clock: systemClock };
    const resource = makeResource(common);
    this.writes.push(resource.name);
    await this.#documents.put(resource);
    return { created: existing === undefined, resource, pending: this.#finish(properties) };
  };

  async #finish(properties: JsonObject): Promise<void> {
    this.running += 1;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    if (properties['hold'] === true) await new Promise<void>((go) => this.held.push(go));
    else await new Promise((go) => setImmediate(go));
    this.running -= 1;
    if (properties['fail'] === true) throw refusal('GadgetBroke', 400);
  }
}

function refusal(code: string, status: number): ArmError {
  return new ArmError({ code, status, message: `${code}, says the provider.` });
}

const gadgets = new Gadgets();
let arm: ServedArm;
beforeAll(async () => {
  arm = await serveArm({ providers: [gadgets] });
  await arm.call('PUT', arm.subscription + GROUP, { location: 'eastus' });
});
afterAll(() => arm.close());

function template(resources: Json, more: JsonObject = {}): JsonObject {
  return {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    resources,
    ...more,
  };
}

function gadget(name: string, properties: JsonObject = {}, dependsOn: string[] = []): JsonObject {
  return {
    type: 'Contoso.Test/gadgets',
    apiVersion: '2025-01-01',
    name,
    location: 'eastus',
    properties,
    dependsOn,
  };
}

const put = (name: string, content: JsonObject, more: JsonObject = {}): Promise<Answer> =>
  arm.call('PUT', `${arm.subscription}${DEPLOYMENTS}/${name}`, {
    properties: { mode: 'Incremental', template: content, ...more },
  });
const show = (name: string): Promise<Answer> =>
  arm.call('GET', `${arm.subscription}${DEPLOYMENTS}/${name}`);
const propertiesOf = (answer: Answer): JsonObject => answer.body['properties'] as JsonObject;

async function operations(name: string): Promise<JsonObject[]> {
  const answer = await arm.call(
    'GET',
    `${arm.subscription}${GROUP}/deployments/${name}/operations`,
  );
  return (answer.body['value'] as JsonObject[]).map((item) => item['properties'] as JsonObject);
}

describe('a deployment', () => {
  it('writes resources in the order they need, and tells what it did', async () => {
    const content = template([gadget('two', {}, ['one']), gadget('one', { size: 3 })], {
      parameters: { word: { type: 'string', defaultValue: 'hi' }, key: { type: 'securestring' } },
      outputs: {
        size: { type: 'int', value: "[reference('one').size]" },
        word: { type: 'string', value: "[parameters('word')]" },
      },
    });
    const accepted = await put('order', content, { parameters: { key: { value: 'secret' } } });
    expect(accepted.status).toBe(201);
    expect(propertiesOf(accepted)['provisioningState']).toBe('Running');
    expect((await arm.settle(accepted)).body['status']).toBe('Succeeded');
    expect(gadgets.writes.slice(-2)).toEqual(['one', 'two']);
    const done = await show('order');
    expect(propertiesOf(done)).toMatchObject({
      provisioningState: 'Succeeded',
      mode: 'Incremental',
      duration: expect.stringMatching(/^PT[\d.]+S$/) as string,
      outputs: { size: { type: 'Int', value: 3 }, word: { type: 'String', value: 'hi' } },
      outputResources: [{ id: expect.stringContaining('/gadgets/one') as string }, {}],
      dependencies: [{ resourceName: 'two', dependsOn: [{ resourceName: 'one' }] }],
    });
    expect(JSON.stringify(done.body)).not.toContain('secret');
    expect(await operations('order')).toMatchObject([
      { provisioningState: 'Succeeded', statusCode: 'Created' },
      { provisioningState: 'Succeeded', statusCode: 'Created' },
    ]);
    const again = await put('order', content, { parameters: { key: { value: 'x' } } });
    expect(again.status).toBe(201);
    await arm.settle(again);
    expect((await operations('order')).map(({ statusCode }) => statusCode)).toEqual(['OK', 'OK']);
  });

  it('takes the JSONC body of the stock CLI', async () => {
    const path = `${arm.subscription}${DEPLOYMENTS}/jsonc/validate`;
    const text = JSON.stringify(template([gadget('x')]));
    const body = `{"properties": {"mode": "incremental", template:// the template\r\n${text}}}`;
    const answer = await arm.call('POST', path, body);
    expect(answer.status).toBe(200);
    expect(propertiesOf(answer)['validatedResources']).toHaveLength(1);
    expect((await show('jsonc')).body).toMatchObject({ error: { code: 'DeploymentNotFound' } });
  });

  it('runs what does not depend on each other side by side', async () => {
    gadgets.mostRunning = 0;
    const all = Array.from({ length: 30 }, (_, index) => gadget(`side${index}`));
    await arm.settle(await put('wide', template(all)));
    expect(gadgets.mostRunning).toBe(30);
  });

  it('nests the failure of a resource as Azure does, and leaves the rest done', async () => {
    const accepted = await put(
      'broken',
      template([gadget('bad', { fail: true }), gadget('after', {}, ['bad']), gadget('apart')]),
    );
    const status = await arm.settle(accepted);
    const tree = {
      code: 'DeploymentFailed',
      target: expect.stringMatching(/\/deployments\/broken$/) as string,
      details: [
        {
          code: 'ResourceDeploymentFailure',
          target: expect.stringMatching(/\/gadgets\/bad$/) as string,
          message:
            "The resource write operation failed to complete successfully, because it reached terminal provisioning state 'Failed'.",
          details: [{ code: 'GadgetBroke', message: 'GadgetBroke, says the provider.' }],
        },
      ],
    };
    expect(status.body).toMatchObject({ status: 'Failed', error: tree });
    expect(propertiesOf(await show('broken'))).toMatchObject({
      provisioningState: 'Failed',
      error: tree,
    });
    expect(gadgets.writes).not.toContain('after');
    expect(gadgets.writes).toContain('apart');
    expect(await operations('broken')).toContainEqual(
      expect.objectContaining({
        provisioningState: 'Failed',
        statusCode: 'Conflict',
        statusMessage: {
          status: 'Failed',
          error: { code: 'GadgetBroke', message: 'GadgetBroke, says the provider.' },
        },
      }),
    );
  });

  it('tells a refusal of the provider as it is', async () => {
    const status = await arm.settle(
      await put('refused', template([gadget('no', { refuse: true })])),
    );
    const detail = { code: 'GadgetRefused', message: 'GadgetRefused, says the provider.' };
    expect(status.body).toMatchObject({ error: { code: 'DeploymentFailed', details: [detail] } });
    expect(await operations('refused')).toMatchObject([
      { statusCode: 'BadRequest', statusMessage: { error: detail } },
    ]);
  });

  it('runs nested deployments, and nests their failures', async () => {
    const nested = (name: string, content: JsonObject): JsonObject => ({
      type: 'Microsoft.Resources/deployments',
      apiVersion: '2025-04-01',
      name,
      properties: {
        mode: 'Incremental',
        expressionEvaluationOptions: { scope: 'inner' },
        template: content,
      },
    });
    const inner = template([gadget('inside')], { outputs: { answer: { type: 'int', value: 42 } } });
    const outputs = {
      answer: { type: 'int', value: "[reference('inner').outputs.answer.value]" },
    };
    await arm.settle(await put('outer', template([nested('inner', inner)], { outputs })));
    expect(propertiesOf(await show('outer'))['outputs']).toEqual({
      answer: { type: 'Int', value: 42 },
    });
    expect(propertiesOf(await show('inner'))['provisioningState']).toBe('Succeeded');
    const bad = template([nested('inner', template([gadget('inside', { fail: true })]))]);
    expect((await arm.settle(await put('outer', bad))).body['error']).toMatchObject({
      code: 'DeploymentFailed',
      details: [
        {
          code: 'ResourceDeploymentFailure',
          details: [
            {
              code: 'DeploymentFailed',
              details: [{ code: 'ResourceDeploymentFailure', details: [{ code: 'GadgetBroke' }] }],
            },
          ],
        },
      ],
    });
  });

  it('in complete mode deletes what the template does not have', async () => {
    const group = `${arm.subscription}/resourceGroups/rg-complete`;
    await arm.call('PUT', group, { location: 'eastus' });
    const deploy = (resources: Json): Promise<Answer> =>
      arm.call('PUT', `${group}/providers/Microsoft.Resources/deployments/d`, {
        properties: { mode: 'Complete', template: template(resources) },
      });
    await arm.settle(await deploy([gadget('kept'), gadget('dropped')]));
    await arm.settle(await deploy([gadget('kept')]));
    const left = await arm.call('GET', `${group}/resources`);
    expect((left.body['value'] as JsonObject[]).map(({ name }) => name)).toEqual(['kept']);
  });

  it('at subscription scope makes groups and deploys into them', async () => {
    const path = `${arm.subscription}/providers/Microsoft.Resources/deployments/sub`;
    const content = template([
      {
        type: 'Microsoft.Resources/resourceGroups',
        apiVersion: '2024-11-01',
        name: 'rg-made',
        location: 'westeurope',
      },
      {
        type: 'Microsoft.Resources/deployments',
        apiVersion: '2025-04-01',
        name: 'into',
        resourceGroup: 'rg-made',
        dependsOn: ['rg-made'],
        properties: { mode: 'Incremental', template: template([gadget('in-made')]) },
      },
    ]);
    const body = { location: 'westeurope', properties: { mode: 'Incremental', template: content } };
    const status = await arm.settle(await arm.call('PUT', path, body));
    expect(status.body).toMatchObject({ status: 'Succeeded' });
    const gadgetPath = `${arm.subscription}/resourceGroups/rg-made/providers/Contoso.Test/gadgets/in-made`;
    expect((await arm.call('GET', gadgetPath)).status).toBe(200);
    const unplaced = { properties: body.properties };
    expect((await arm.call('PUT', path, unplaced)).body).toMatchObject({
      error: { code: 'LocationRequired' },
    });
  });

  it('can be canceled, once, and not be replaced while it runs', async () => {
    const content = template([gadget('slow', { hold: true }), gadget('later', {}, ['slow'])]);
    const accepted = await put('slow', content);
    expect(accepted.status).toBe(201);
    await expect.poll(() => gadgets.held.length).toBe(1);
    const replaced = await put('slow', content);
    expect(replaced.body).toMatchObject({ error: { code: 'DeploymentActive' } });
    const cancel = `${arm.subscription}${DEPLOYMENTS}/slow/cancel`;
    expect((await arm.call('POST', cancel)).status).toBe(204);
    expect(propertiesOf(await show('slow'))['provisioningState']).toBe('Canceled');
    expect((await arm.settle(accepted)).body['status']).toBe('Canceled');
    expect(gadgets.writes).not.toContain('later');
    const again = await arm.call('POST', cancel);
    expect(again.body).toMatchObject({ error: { code: 'DeploymentCannotBeCancelled' } });
    gadgets.held.pop()?.();
  });

  it('is deleted with its operations, but not what it deployed', async () => {
    await arm.settle(await put('passing', template([gadget('staying')])));
    const deleted = await arm.call('DELETE', `${arm.subscription}${DEPLOYMENTS}/passing`);
    expect(deleted.status).toBe(202);
    await arm.settle(deleted);
    expect((await show('passing')).status).toBe(404);
    const path = `${arm.subscription}${GROUP}/providers/Contoso.Test/gadgets/staying`;
    expect((await arm.call('GET', path)).status).toBe(200);
  });
});

describe('what-if', () => {
  const whatIf = async (resources: Json, more: JsonObject = {}): Promise<JsonObject[]> => {
    const path = `${arm.subscription}/resourceGroups/rg-what/providers/Microsoft.Resources/deployments/w`;
    const answer = await arm.call('POST', `${path}/whatIf`, {
      properties: { mode: 'Incremental', template: template(resources), ...more },
    });
    return propertiesOf(answer)['changes'] as JsonObject[];
  };
  const kinds = (changes: JsonObject[]): string[] =>
    changes.map(({ resourceId, changeType }) =>
      [(resourceId as string).split('/').at(-1), changeType as string].join(' '),
    );

  beforeAll(async () => {
    const group = `${arm.subscription}/resourceGroups/rg-what`;
    await arm.call('PUT', group, { location: 'eastus' });
    const content = template([
      gadget('same', { size: 1, list: [1, { a: 1 }] }),
      gadget('changed', { size: 1, list: ['a', 'b'] }),
      gadget('other'),
    ]);
    const path = `${group}/providers/Microsoft.Resources/deployments/first`;
    const body = { properties: { mode: 'Incremental', template: content } };
    await arm.settle(await arm.call('PUT', path, body));
  });

  it('tells what would be created, modified and left alone, and does nothing', async () => {
    const before = gadgets.writes.length;
    const changes = await whatIf([
      { ...gadget('same', { size: 1, list: [1, { a: 1 }] }), location: 'East US' },
      gadget('changed', { size: 2, list: ['a', 'c'], color: 'red' }),
      gadget('new', { size: 1 }),
    ]);
    expect(kinds(changes)).toEqual([
      'same NoChange',
      'changed Modify',
      'new Create',
      'other Ignore',
    ]);
    expect(changes[1]!['delta']).toMatchObject([
      { path: 'properties.size', propertyChangeType: 'Modify', before: 1, after: 2 },
      {
        path: 'properties.list',
        propertyChangeType: 'Array',
        children: [{ path: '1', propertyChangeType: 'Modify', before: 'b', after: 'c' }],
      },
      { path: 'properties.color', propertyChangeType: 'Create', after: 'red' },
    ]);
    expect(gadgets.writes).toHaveLength(before);
  });

  it('tells what complete mode would delete', async () => {
    const changes = await whatIf([gadget('same')], { mode: 'Complete' });
    expect(kinds(changes)).toEqual(['same NoChange', 'changed Delete', 'other Delete']);
  });

  it('tells the ids alone to whoever wants no more', async () => {
    const only = { whatIfSettings: { resultFormat: 'ResourceIdOnly' } };
    const changes = await whatIf([gadget('same'), gadget('changed', { size: 9 })], only);
    expect(kinds(changes)).toEqual(['same Deploy', 'changed Deploy', 'other Ignore']);
    for (const { before, after, delta } of changes) {
      expect([before, after, delta]).toEqual([null, null, null]);
    }
  });

  it('looks into nested deployments, and past what is not there yet', async () => {
    const changes = await whatIf([
      {
        type: 'Microsoft.Resources/deployments',
        apiVersion: '2025-04-01',
        name: 'inner',
        properties: { mode: 'Incremental', template: template([gadget('deep')]) },
      },
      gadget('first'),
      gadget('second', { size: "[reference('first').size]" }),
    ]);
    expect(kinds(changes).slice(0, 3)).toEqual(['deep Create', 'first Create', 'second Create']);
  });

  it('shows no secret', async () => {
    const path = `${arm.subscription}/resourceGroups/rg-what/providers/Microsoft.Resources/deployments/w`;
    const content = template([gadget('new', { key: "[parameters('key')]" })], {
      parameters: { key: { type: 'securestring' } },
    });
    const properties = { template: content, parameters: { key: { value: 'hunter2' } } };
    const answer = await arm.call('POST', `${path}/whatIf`, { properties });
    expect(answer.status).toBe(200);
    expect(JSON.stringify(answer.body)).not.toContain('hunter2');
  });
});

describe('a deployment that is refused', () => {
  const cases: { name: string; body: JsonObject; code: string; status?: number }[] = [
    { name: 'without properties', body: {}, code: 'InvalidRequestContent' },
    { name: 'without a template', body: { properties: {} }, code: 'InvalidRequestContent' },
    {
      name: 'in another mode',
      body: { properties: { mode: 'Sideways', template: template([]) } },
      code: 'InvalidRequestContent',
    },
    {
      name: 'with a parameter that is no object',
      body: { properties: { template: template([]), parameters: { a: 1 } } },
      code: 'InvalidRequestContent',
    },
    {
      name: 'with a parameter the template has not',
      body: { properties: { template: template([]), parameters: { a: { value: 1 } } } },
      code: 'InvalidTemplate',
    },
    {
      name: 'without a parameter the template needs',
      body: { properties: { template: template([], { parameters: { a: { type: 'string' } } }) } },
      code: 'InvalidTemplate',
    },
    {
      name: 'with a circle',
      body: {
        properties: { template: template([gadget('a', {}, ['b']), gadget('b', {}, ['a'])]) },
      },
      code: 'InvalidTemplate',
    },
    {
      name: 'with a type nobody has',
      body: {
        properties: {
          template: template([{ type: 'No.Such/things', apiVersion: '2020-01-01', name: 'x' }]),
        },
      },
      code: 'NoRegisteredProviderFound',
    },
    {
      name: 'from a link',
      body: { properties: { templateLink: { uri: 'https://example.com/t.json' } } },
      code: 'NotImplemented',
      status: 501,
    },
    {
      name: 'with a link beside its template',
      body: {
        properties: { template: template([]), templateLink: { uri: 'https://a.example/t' } },
      },
      code: 'InvalidRequestContent',
    },
    {
      name: 'from a link that is none',
      body: { properties: { templateLink: { uri: 'file:///etc/passwd' } } },
      code: 'InvalidRequestContent',
    },
  ];
  it.each(cases)('$name', async ({ body, code, status }) => {
    for (const [method, path] of [
      ['PUT', `${DEPLOYMENTS}/refused`],
      ['POST', `${DEPLOYMENTS}/refused/validate`],
      ['POST', `${DEPLOYMENTS}/refused/whatIf`],
    ] as const) {
      const answer = await arm.call(method, arm.subscription + path, body);
      expect(answer.body).toMatchObject({ error: { code } });
      expect(answer.status).toBe(status ?? 400);
    }
  });

  it('by its name', async () => {
    const answer = await put('a b', template([]));
    expect(answer.body).toMatchObject({ error: { code: 'InvalidDeploymentName' } });
  });
});

describe('after a restart', () => {
  it('a deployment that was running is failed, and its operation settled', async () => {
    const metadata = createMemoryMetadataStore();
    const first = await serveArm({ metadata, providers: [gadgets] });
    const group = `${first.subscription}/resourceGroups/rg-again`;
    await first.call('PUT', group, { location: 'eastus' });
    const path = `${group}/providers/Microsoft.Resources/deployments/cut`;
    const body = { properties: { template: template([gadget('cut', { hold: true })]) } };
    await first.call('PUT', path, body);
    await expect.poll(() => gadgets.held.length).toBe(1);
    const before = await first.manager.resources.get(parseResourceId(path)!, {
      caller: '',
      correlationId: '',
      apiVersion: '2024-11-01',
      baseUrl: '',
    });
    expect(before.properties['provisioningState']).toBe('Running');
    const second = await serveArm({ metadata });
    await second.recover();
    const [entry] = await metadata.list<JsonObject>('arm.resource.microsoft.resources/deployments');
    expect(entry?.value['properties']).toMatchObject({
      provisioningState: 'Failed',
      error: { details: [{ code: 'DeploymentInterrupted' }] },
    });
    gadgets.held.pop()?.();
    await first.close();
    await second.close();
  });
});
