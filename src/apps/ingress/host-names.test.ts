import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  appInput,
  createWorld,
  ENVIRONMENT,
  template,
  type World,
} from '../../../test/support/app-world.js';
import type { EnvironmentDocument, EnvironmentNetwork } from '../documents.js';

const NETWORK = '/subscriptions/s/resourcegroups/rg/providers/microsoft.network/virtualnetworks/v';
const DOMAIN = 'plum-1.koreacentral.azurecontainerapps.io';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

async function environment(name: string, network?: EnvironmentNetwork): Promise<string> {
  const key = ENVIRONMENT.key.replace(/cae$/, name);
  const made: EnvironmentDocument = { ...ENVIRONMENT, key, name, ...(network && { network }) };
  await world.service.putEnvironment({ ...made, defaultDomain: `${name}.${DOMAIN}` });
  return key;
}

it.each([
  ['an internal environment: its virtual network alone', true, false],
  ['a public one of that network: everyone', false, true],
])('%s reaches an app with external ingress', async (_what, internal, isPublic) => {
  const own = await environment('own', { key: NETWORK, internal });
  const near = await environment('near', { key: NETWORK, internal: false });
  const far = await environment('far', { key: `${NETWORK}2`, internal: false });
  const alone = await environment('alone');
  const input = appInput(template({ image: 'x/y:z' }), { environmentKey: own });
  await world.service.putApp(input);
  const { ingress } = world.service;
  const name = `ca.own.${DOMAIN}`;
  expect(ingress.publicHosts().includes(name)).toBe(isPublic);
  const reaches = (key: string): Promise<boolean> => answers(key, name);
  expect(await Promise.all([own, near, far, alone].map(reaches))).toEqual([
    true,
    true,
    isPublic,
    isPublic,
  ]);
});

/** Whether a call from a replica is led to the app, over HTTPS first, and not to the page of apps that are not there. */
async function answers(environmentKey: string, host: string): Promise<boolean> {
  const plane = world.service.ingress.inside(environmentKey);
  const server = createServer((request, response) => {
    void plane.handle(request, response, new URL(`http://${host}/`));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const sent = get({ port, headers: { host, connection: 'close' } });
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  answer.resume();
  server.close();
  return answer.statusCode === 301;
}
