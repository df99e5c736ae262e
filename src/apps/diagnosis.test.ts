import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closestTags, diagnose } from './diagnosis.js';
import type { Trouble } from './diagnosis.js';
import type { PullFailureKind } from './image-pull.js';

const subject = {
  app: 'ca',
  resourceGroup: 'rg',
  container: 'app',
  platform: 'linux/amd64',
};
const access = { registryName: 'acrlab', credentials: "user 'u' was used" };

function pull(
  kind: PullFailureKind,
  image = 'acrlab.azurecr.io/team/app:v1',
  tags?: string[],
  principal?: string,
): Trouble {
  const failure = {
    ...{ kind, reason: 'ImagePullFailed' as const, message: 'the row' },
    ...(kind === 'platform' && { available: ['linux/arm64'] }),
  };
  const by = { ...access, ...(principal && { principal }) };
  return { kind: 'pull', image, failure, access: by, ...(tags && { tags }) };
}

describe('diagnose', () => {
  it.each<[string, Trouble, string, string]>([
    [
      'a missing tag, none there',
      pull('missing-tag'),
      'does not exist in its registry',
      'az acr build --registry acrlab --image team/app:v1 .',
    ],
    [
      'a missing tag, others there',
      pull('missing-tag', 'acrlab.azurecr.io/team/app:v1', ['v2', 'latest']),
      'does not exist in its registry',
      'az containerapp update --name ca --resource-group rg --image acrlab.azurecr.io/team/app:v2   # or: az acr build --registry acrlab --image team/app:v1 .',
    ],
    [
      'credentials',
      pull('unauthorized'),
      'acrlab.azurecr.io refused',
      'az containerapp registry set --name ca --resource-group rg --server acrlab.azurecr.io --username USER --password PASSWORD',
    ],
    [
      'an identity without a role',
      pull('unauthorized', undefined, undefined, 'the-principal'),
      'managed identity may not pull from acrlab.azurecr.io',
      'az role assignment create --role AcrPull --assignee-object-id the-principal --assignee-principal-type ServicePrincipal --scope "$(az acr show --name acrlab --query id -o tsv)"',
    ],
    [
      'another platform',
      pull('platform'),
      'not made for linux/amd64; it has linux/arm64',
      'docker buildx build --platform linux/amd64 -t acrlab.azurecr.io/team/app:v1 --push .',
    ],
    [
      'another machine',
      {
        kind: 'start',
        reason: 'ENOEXEC',
        message: 'exec format error',
        image: 'x',
        machine: 'linux/arm64',
      },
      'its program is for linux/arm64 (exec format error)',
      'docker buildx build --platform linux/amd64 -t x --push .',
    ],
    [
      'no such program',
      { kind: 'start', reason: 'ENOENT', message: 'no such file', image: 'x' },
      'could not be started',
      'az containerapp update --name ca --resource-group rg --command PROGRAM   # or correct ENTRYPOINT in the image',
    ],
    [
      'a wrong port',
      { kind: 'port', targetPort: 80, listening: [8080, 9090] },
      'expects port 80, the program listens on 8080, 9090',
      'az containerapp ingress update --name ca --resource-group rg --target-port 8080',
    ],
    [
      'a port that is taken',
      { kind: 'port-in-use', targetPort: 80, holder: 'replica x' },
      'port 80 belongs to replica x',
      'lazurite doctor   # says why replicas have no network of their own; or use another --target-port',
    ],
  ])('%s', (_name, trouble, cause, fix) => {
    const diagnosis = diagnose(trouble, subject);
    expect(diagnosis.cause).toContain(cause);
    expect(diagnosis.fix).toBe(fix);
    expect(diagnosis.evidence.length).toBeGreaterThan(0);
  });

  it('tells which credentials were used', () => {
    expect(diagnose(pull('denied'), subject).evidence).toContain("user 'u' was used");
  });
});

describe('closestTags', () => {
  it('names at most three, the likeliest first', () => {
    expect(closestTags('v1.2.3', ['latest', 'v1.2.4', 'v1.2.30', 'v9'])).toEqual([
      'v1.2.30',
      'v1.2.4',
      'v9',
    ]);
  });

  it('puts the tag itself first wherever it is', () => {
    const tag = fc.stringMatching(/^[a-z0-9.]{1,8}$/);
    fc.assert(
      fc.property(tag, fc.array(tag, { maxLength: 8 }), (wanted, others) => {
        expect(closestTags(wanted, [...others, wanted])[0]).toBe(wanted);
      }),
    );
  });
});
