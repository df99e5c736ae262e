import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  SUBSCRIPTION,
  useScriptedAzure,
  type AzOutcome,
} from '../../../test/support/scripted-azure.js';

const REGISTRY = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/acrlab`;

const { azure, folder } = useScriptedAzure();
beforeEach(() => {
  docker('echo 26.1.4, platform linux/amd64');
  azure.on('/resources?', { body: { value: [{ id: REGISTRY, name: 'acrlab' }] } });
  azure.on(`GET ${REGISTRY}?`, {
    body: { id: REGISTRY, sku: { name: 'Basic' }, properties: { loginServer: azure.host } },
  });
  const challenge = `Bearer realm="${azure.origin}/oauth2/token",service="${azure.host}"`;
  azure.on('GET /v2/', { status: 401, headers: { 'www-authenticate': challenge } });
  azure.on('/oauth2/exchange', { body: { refresh_token: 'refresh' } });
  azure.on('/oauth2/token', { body: { access_token: 'access' } });
});

function docker(script: string): void {
  const file = join(folder, 'docker');
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  azure.environment['DOCKER_COMMAND'] = file;
}

const check = (...more: string[]): Promise<AzOutcome> => azure.az('acr', 'check-health', ...more);

describe('acr check-health', () => {
  it('says what works', async () => {
    const { code, stdout, stderr } = await check('-n', 'acrlab', '-y');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr.match(/^WARNING: (.*)$/gm)).toEqual([
      'WARNING: Docker version: 26.1.4, platform linux/amd64',
      'WARNING: Docker daemon status: available',
      "WARNING: Docker pull of 'mcr.microsoft.com/mcr/hello-world:latest' : OK",
      'WARNING: Azure CLI version: 2.91.0',
      expect.stringMatching(/DNS lookup to localhost:\d+ at IP \S+ : OK/) as string,
      `WARNING: Challenge endpoint ${azure.origin}/v2/ : OK`,
      `WARNING: Fetch refresh token for registry '${azure.host}' : OK`,
      `WARNING: Fetch access token for registry '${azure.host}' : OK`,
      'WARNING: ',
    ]);
  });

  it.each<[string, () => void, RegExp]>([
    [
      'docker that is not there',
      () => (azure.environment['DOCKER_COMMAND'] = '/nowhere/docker'),
      /DOCKER_COMMAND_ERROR/,
    ],
    [
      'an engine that does not run',
      () => {
        docker('[ "$1" = version ] && echo 26.1.4 && exit; echo no engine >&2; exit 1');
      },
      /DOCKER_DAEMON_ERROR\n.*\nno engine/,
    ],
    [
      'an image that is not pulled',
      () => {
        docker('[ "$1" = pull ] && exit 1; echo 26.1.4');
      },
      /DOCKER_PULL_ERROR/,
    ],
    [
      'an address that is kept out',
      () => azure.on('GET /v2/', { status: 403 }),
      /CONNECTIVITY_FORBIDDEN_ERROR/,
    ],
    ['no challenge', () => azure.on('GET /v2/', { status: 200 }), /CONNECTIVITY_CHALLENGE_ERROR/],
    [
      'an account that may not enter',
      () => azure.on('/oauth2/exchange', { status: 401 }),
      /CONNECTIVITY_REFRESH_TOKEN_ERROR/,
    ],
    [
      'an account that may see nothing',
      () => azure.on('/oauth2/token', { status: 401 }),
      /CONNECTIVITY_ACCESS_TOKEN_ERROR/,
    ],
  ])('fails on %s, and goes on when told to', async (_what, breakIt, message) => {
    breakIt();
    const { code, stderr } = await check('-n', 'acrlab', '-y');
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
    const on = await check('-n', 'acrlab', '-y', '--ignore-errors');
    expect(on.stderr).toMatch(message);
    expect(on.stderr).toContain('Please refer to https://aka.ms/acr/health-check');
    expect(on.code).toBe(0);
  });

  it('looks at no registry without a name, and pulls nothing without a yes', async () => {
    const { code, stderr } = await check();
    expect(code).toBe(0);
    expect(stderr).toContain('Registry name must be provided');
    expect(stderr).toContain('Skipping pull check');
    expect(azure.requests).toEqual([]);
  });

  it('names a registry that is not there', async () => {
    const { code, stderr } = await check('-n', 'otherlab');
    expect(stderr).toContain("The resource with name 'otherlab'");
    expect(code).toBe(1);
  });
});
