import { describe, expect, it } from 'vitest';
import type { Credentials, RegistryClient } from '../remote/registry-client.js';
import { FakeRuntime } from '../../test/support/fake-runtime.js';
import type { AppDocument } from './documents.js';
import { ImageAccess } from './image-access.js';

const LOCAL = new Map([
  ['localhost:5001', 'acrlab'],
  ['acrlab.azurecr.io', 'acrlab'],
  ['localhost:5002', 'acrother'],
]);

/** The credentials that an image is asked for with. */
async function credentialsFor(image: string, server: string): Promise<Credentials | undefined> {
  const seen: (Credentials | undefined)[] = [];
  const registryClient: RegistryClient = {
    repository(_registry, _repository, credentials) {
      seen.push(credentials);
      throw new Error('asked');
    },
  };
  const access = new ImageAccess({
    registryClient,
    runtime: new FakeRuntime({}),
    platformOf: () => ({ os: 'linux', architecture: 'amd64' }),
    localRegistry: (host) => LOCAL.get(host),
  });
  const app = {
    configuration: {
      registries: [{ server, username: 'acrlab', passwordSecretRef: 'pw', identity: '' }],
      secrets: [{ name: 'pw', value: 'secret' }],
    },
  } as unknown as AppDocument;
  await access.explain(app, image, {
    ...{ kind: 'missing-tag', reason: 'ImagePullFailed', message: '' },
  });
  expect(seen).toHaveLength(1);
  return seen[0];
}

describe('ImageAccess', () => {
  const known = { username: 'acrlab', password: 'secret' };

  it.each([
    ['the same host', 'localhost:5001/app:v1', 'localhost:5001', known],
    ['a host with a scheme', 'localhost:5001/app:v1', 'https://localhost:5001/', known],
    ['Azure’s name of a local registry', 'acrlab.azurecr.io/app:v1', 'localhost:5001', known],
    ['the port of one named as on Azure', 'localhost:5001/app:v1', 'acrlab.azurecr.io', known],
    ['Docker Hub by its old name', 'alpine:3', 'index.docker.io', known],
    ['another local registry', 'localhost:5002/app:v1', 'localhost:5001', undefined],
    ['a stranger', 'ghcr.io/a/b:v1', 'localhost:5001', undefined],
  ])('uses the credentials stored for %s', async (_name, image, server, expected) => {
    expect(await credentialsFor(image, server)).toEqual(expected);
  });
});
