import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../base/logger.js';
import {
  answerIdentityRequest,
  type HeldIdentity,
  type IdentityAsker,
} from './managed-identity-endpoint.js';
import { createTokenAuthority, type KeyedTokenAuthority } from './token-authority.js';

const HEADER = '5aa2c1de-0000-4000-8000-000000000001';
const RESOURCE = 'https://management.azure.com/';
const APP = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.App/containerApps/ca';
const identity = (name: string, kind: HeldIdentity['kind']): HeldIdentity => ({
  kind,
  clientId: `client-${name}`,
  principalId: `principal-${name}`,
  resourceId: kind === 'system' ? APP : `/subscriptions/s/identities/${name}`,
});
const SYSTEM = identity('system', 'system');
const ONE = identity('one', 'user');
const TWO = identity('two', 'user');

let directory: string;
let tokens: KeyedTokenAuthority;
let server: Server;
let held: HeldIdentity[] | undefined;
let alone = true;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'managed-identity-'));
  tokens = createTokenAuthority({ directory });
  const asker: IdentityAsker = {
    header: HEADER,
    get alone() {
      return alone;
    },
    holder: async () => held && { resourceId: APP, identities: held },
  };
  const options = { tokens, tenantId: 'tenant', logger: silentLogger };
  server = createServer((request, response) => {
    void answerIdentityRequest(options, () => asker, request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true });
});

async function ask(
  path: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<{ status: number; body: Record<string, string> }> {
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

const service = (query: string, header = HEADER, method = 'GET') =>
  ask(`/msi/token?${query}`, header === '' ? {} : { 'x-identity-header': header }, method);
const metadata = (query: string, header: Record<string, string> = { metadata: 'true' }) =>
  ask(`/metadata/identity/oauth2/token?${query}`, header);
const V1 = `api-version=2019-08-01&resource=${RESOURCE}`;
const V2 = `api-version=2018-02-01&resource=${RESOURCE}`;

describe('the endpoint of Container Apps', () => {
  it.each([
    ['the system-assigned identity unless told', [ONE, SYSTEM], '', SYSTEM],
    ['one by client id', [SYSTEM, ONE, TWO], '&client_id=client-two', TWO],
    [
      'one by resource id, in any case',
      [ONE, TWO],
      `&mi_res_id=${ONE.resourceId.toUpperCase()}`,
      ONE,
    ],
    ['one by principal id', [SYSTEM, ONE], '&principal_id=principal-one', ONE],
  ])('gives a token of %s', async (_what, identities, query, expected) => {
    held = identities;
    const { status, body } = await service(V1 + query);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      token_type: 'Bearer',
      resource: RESOURCE,
      client_id: expected.clientId,
      expires_on: expect.stringMatching(/^\d{10}$/) as string,
    });
    expect(tokens.verify(body['access_token']!, RESOURCE)).toMatchObject({
      oid: expected.principalId,
      appid: expected.clientId,
      tid: 'tenant',
      xms_mirid: expected.resourceId,
      xms_az_rid: APP,
    });
  });

  it.each([
    [
      'an identity the app does not have',
      V1 + '&client_id=client-two',
      HEADER,
      400,
      'Unable to load',
    ],
    ['no system-assigned identity', V1, HEADER, 400, 'Unable to load'],
    ['no header', V1, '', 400, 'X-IDENTITY-HEADER'],
    ['a wrong header', V1, 'guess', 401, 'X-IDENTITY-HEADER'],
    ['no resource', 'api-version=2019-08-01', HEADER, 400, "'resource' is missing"],
    ['no api-version', `resource=${RESOURCE}`, HEADER, 400, "'api-version' is missing"],
    ['an old api-version', V1.replace('2019-08', '2017-09'), HEADER, 400, "'2017-09-01' is not"],
  ])('refuses %s', async (_what, query, header, status, message) => {
    held = [ONE];
    const answer = await service(query, header);
    expect(answer).toEqual({
      status,
      body: { statusCode: status, message: expect.stringContaining(message) as string },
    });
  });

  it('refuses an app that is gone, other methods and other paths', async () => {
    held = undefined;
    expect((await service(V1)).status).toBe(400);
    expect((await service(V1, HEADER, 'POST')).status).toBe(405);
    expect((await ask('/msi', {})).status).toBe(404);
  });
});

describe('the metadata service', () => {
  it.each([
    ['the system-assigned identity unless told', [ONE, TWO, SYSTEM], '', SYSTEM],
    ['the only identity unless told', [ONE], '', ONE],
    ['one by object id', [ONE, TWO], '&object_id=principal-two', TWO],
    ['one by resource id', [ONE, TWO], `&msi_res_id=${TWO.resourceId}`, TWO],
  ])('gives a token of %s', async (_what, identities, query, expected) => {
    held = identities;
    const { status, body } = await metadata(V2 + query);
    expect([status, body['client_id'], body['expires_in']]).toEqual([
      200,
      expected.clientId,
      '3599',
    ]);
    expect(Number(body['expires_on']) - Number(body['not_before'])).toBe(3599);
  });

  it.each([
    ['a request without its header', [ONE], V2, {}, 'Required metadata header not specified'],
    [
      'several identities and no choice',
      [ONE, TWO],
      V2,
      undefined,
      'Multiple user assigned identities',
    ],
    [
      'an identity the app does not have',
      [ONE],
      `${V2}&client_id=x`,
      undefined,
      'Identity not found',
    ],
    ['no resource', [ONE], 'api-version=2018-02-01', undefined, 'Required query variables'],
    [
      'a wrong api-version',
      [ONE],
      V2.replace('2018-02-01', 'latest'),
      undefined,
      "'latest' is not",
    ],
  ])('refuses %s', async (_what, identities, query, headers, message) => {
    held = identities;
    expect(await metadata(query, headers)).toEqual({
      status: 400,
      body: {
        error: 'invalid_request',
        error_description: expect.stringContaining(message) as string,
      },
    });
  });

  it('is not there where others could ask in the name of an app', async () => {
    held = [ONE];
    alone = false;
    expect((await metadata(V2)).status).toBe(404);
    alone = true;
  });
});
