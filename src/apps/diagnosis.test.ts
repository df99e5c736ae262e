import { describe, expect, it } from 'vitest';
import { diagnose } from './diagnosis.js';
import type { PullFailureKind } from './image-pull.js';
import type { ImageFacts } from './registry-facts.js';
import type { PullTrouble, Trouble } from './trouble.js';

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

const APP = 'acrlab.azurecr.io/team/app:v1';
const INDEX = `sha256:${'1'.repeat(64)}`;

/** A pull that found the image for other platforms. */
function mismatch(
  source: 'index' | 'image',
  available: string[],
  origin: ImageFacts = {},
): PullTrouble {
  const failure = {
    ...({ kind: 'platform', reason: 'ImagePullFailed', message: 'the row' } as const),
    ...{ available, source },
  };
  return { kind: 'pull', image: APP, failure, access, origin };
}

/** A pull that was not let in. */
function refused(message: string, more: Partial<PullTrouble>, username?: string): PullTrouble {
  const failure = { kind: 'denied', reason: 'ImagePullFailed', message } as const;
  const by = { ...access, ...(username !== undefined && { username }) };
  return { kind: 'pull', image: APP, failure, access: by, ...more };
}

describe('diagnose', () => {
  it.each<[string, Trouble, string, string]>([
    [
      'a missing tag, of which no more is known yet',
      pull('missing-tag'),
      "'acrlab.azurecr.io/team/app:v1' does not exist in its registry",
      'az acr build --registry acrlab --image team/app:v1 .',
    ],
    [
      'a missing tag, none there',
      pull('missing-tag', 'acrlab.azurecr.io/team/app:v1', []),
      "Repository 'team/app' of acrlab.azurecr.io holds no image",
      'az acr build --registry acrlab --image team/app:v1 .',
    ],
    [
      'a missing tag, others there',
      pull('missing-tag', 'acrlab.azurecr.io/team/app:v1', ['v2', 'latest']),
      "Repository 'team/app' of acrlab.azurecr.io has no tag 'v1'",
      'az containerapp update --name ca --resource-group rg --image acrlab.azurecr.io/team/app:v2   # or: az acr build --registry acrlab --image team/app:v1 .',
    ],
    [
      'credentials',
      pull('unauthorized'),
      'acrlab.azurecr.io gives the image to nobody without credentials',
      'az containerapp registry set --name ca --resource-group rg --server acrlab.azurecr.io --username USER --password PASSWORD',
    ],
    [
      'an identity without a role',
      pull('unauthorized', undefined, undefined, 'the-principal'),
      'managed identity may not pull from acrlab.azurecr.io',
      'az role assignment create --role AcrPull --assignee-object-id the-principal --assignee-principal-type ServicePrincipal --scope "$(az acr show --name acrlab --query id -o tsv)"',
    ],
    [
      'a wrong password',
      refused('no', {}, 'acrlab'),
      "acrlab.azurecr.io refused the password of user 'acrlab'",
      'az containerapp registry set --name ca --resource-group rg --server acrlab.azurecr.io --username USER --password PASSWORD',
    ],
    [
      'an expired password',
      refused('no', { passwordExpiredAt: '2026-11-26T16:00:00Z' }, 'puller'),
      "The password of token 'puller' of registry acrlab.azurecr.io expired at 2026-11-26T16:00:00Z",
      'az containerapp registry set --name ca --resource-group rg --server acrlab.azurecr.io --username puller --password "$(az acr token credential generate --registry acrlab --name puller --query \'passwords[0].value\' -o tsv)"',
    ],
    [
      'an address that is not let in',
      refused("denied: client with IP '10.0.0.4' is not allowed access", {}),
      'network rules of registry acrlab.azurecr.io do not let in the address 10.0.0.4',
      'az acr network-rule add --name acrlab --ip-address 10.0.0.4',
    ],
    [
      'another platform',
      mismatch('image', ['linux/arm64']),
      'not made for linux/amd64; it has linux/arm64',
      'docker buildx build --platform linux/amd64 -t acrlab.azurecr.io/team/app:v1 --push .',
    ],
    [
      'an image that was built for another platform',
      mismatch('image', ['linux/arm64'], { builtBy: 'ca3' }),
      'was built for linux/arm64 alone, by run ca3 of registry acrlab',
      'az acr build --registry acrlab --platform linux/amd64 --image team/app:v1 .',
    ],
    [
      'an image that was imported for another platform',
      mismatch('image', ['linux/arm64'], {
        ...{ builtBy: 'ca3', importedFrom: `acrteam.azurecr.io/app@${INDEX}` },
      }),
      'was imported for linux/arm64 alone, from acrteam.azurecr.io/app@',
      'az acr import --name acrlab --image team/app:v1 --force --source acrteam.azurecr.io/app   # by its tag: with every platform',
    ],
    [
      'an overwritten index',
      mismatch('image', ['linux/arm64'], {
        ...{ builtBy: 'ca3', elsewhere: { name: INDEX, kind: 'index' } },
      }),
      'an index with linux/amd64 is still there: the tag was overwritten',
      `az acr import --name acrlab --image team/app:v1 --force --source acrlab.azurecr.io/team/app@${INDEX}`,
    ],
    [
      'a Windows image',
      mismatch('image', ['windows/amd64'], { builtBy: 'ca3' }),
      'is a Windows image (windows/amd64), and what runs here is linux/amd64',
      'docker buildx build --platform linux/amd64 -t acrlab.azurecr.io/team/app:v1 --push .',
    ],
    [
      'an index without the platform',
      mismatch('index', ['linux/arm64']),
      'The index behind acrlab.azurecr.io/team/app:v1 has no image for linux/amd64; it has linux/arm64',
      'docker buildx build --platform linux/arm64,linux/amd64 -t acrlab.azurecr.io/team/app:v1 --push .',
    ],
    [
      'an index without an image that lies beside it',
      mismatch('index', ['linux/arm64'], { elsewhere: { name: 'v1-amd64', kind: 'image' } }),
      'has no image for linux/amd64; it has linux/arm64',
      'docker buildx imagetools create --append -t acrlab.azurecr.io/team/app:v1 acrlab.azurecr.io/team/app:v1-amd64',
    ],
    [
      'an index of attestations',
      mismatch('index', []),
      'holds no image, only attestations',
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
