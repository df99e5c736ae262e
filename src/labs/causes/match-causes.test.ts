import { describe, expect, it } from 'vitest';
import { allLabs, LABS_FOLDER } from '../catalogue.js';
import { describeMatches } from './describe-matches.js';
import { knownCauses } from './known-causes.js';
import { matchCauses, type Match } from './match-causes.js';

const CAUSES = knownCauses(allLabs(), LABS_FOLDER);

function matchesOf(text: string): Match[] {
  return matchCauses(text, CAUSES);
}

/** A row as the log stream prints it. */
function row(Reason: string, Msg: string, RevisionName = 'ca-shop--0000002'): string {
  const row = { TimeStamp: '2026-06-26 12:40:54.7869523 +0000 UTC', Type: 'Warning' };
  return JSON.stringify({ ...row, ContainerAppName: 'ca-shop', RevisionName, Msg, Reason });
}

/** A row as Log Analytics answers it. */
function analytics(reason: string, log: string): object {
  return {
    TimeGenerated: '2026-06-26T12:40:54Z',
    ContainerAppName_s: 'ca-shop',
    RevisionName_s: 'ca-shop--0000002',
    Reason_s: reason,
    Log_s: log,
    Type_s: 'Warning',
  };
}

/** What the deployment of an app with a bad image answers, in the words of mid-2026. */
function refused(reason: string, image = 'acrshop.azurecr.io/shop/web:v2'): string {
  return `Failed to provision revision for container app 'ca-shop'. Error details: The following field(s) are either invalid or missing. Field 'template.containers.web.image' is invalid with details: 'Invalid value: "${image}": ${reason}';..`;
}

const MISSING = 'GET https:: MANIFEST_UNKNOWN: manifest tagged by "v2" is not found; map[Tag:v2]';

/** One entry of `az deployment operation group list`. */
function operation(message: string): object {
  return {
    operationId: 'BBFDF165D6059A01',
    properties: {
      provisioningState: 'Failed',
      targetResource: { resourceType: 'Microsoft.App/containerApps', resourceName: 'ca-shop' },
      statusMessage: {
        status: 'Failed',
        error: { code: 'ContainerAppOperationError', message, details: null, target: null },
      },
    },
  };
}

const DEPLOYMENT_FAILED = JSON.stringify({
  status: 'Failed',
  error: {
    code: 'DeploymentFailed',
    message: 'At least one resource deployment operation failed.',
    details: [
      {
        code: 'ResourceDeploymentFailure',
        message: "it reached terminal provisioning state 'Failed'.",
        details: [{ code: 'ContainerAppOperationError', message: refused(MISSING) }],
      },
    ],
  },
});

const ACTIVITY = JSON.stringify([
  {
    operationName: { localizedValue: 'Create or Update Container App' },
    properties: {
      statusMessage: JSON.stringify({
        status: 'Failed',
        error: {
          code: 'ResourceOperationFailure',
          message: "The resource operation completed with terminal provisioning state 'Failed'.",
          details: [{ code: 'ContainerAppOperationError', message: refused(MISSING) }],
        },
      }),
    },
  },
]);

const WRONG_PORT_REVISION = JSON.stringify([
  {
    name: 'ca-shop--0000001',
    properties: { healthState: 'Healthy', runningState: 'Running' },
  },
  {
    name: 'ca-shop--0000002',
    properties: {
      healthState: 'Unhealthy',
      runningState: 'Degraded',
      runningStateDetails:
        'Deployment Progress Deadline Exceeded. 0/1 replicas ready. The TargetPort 80 does not match the listening port 8080.',
    },
  },
]);

const PULLING = row('PullingImage', "Pulling image 'acrshop.azurecr.io/shop/web:v2'");
const PULL_FAILURE = row(
  'ContainerTerminated',
  "Container 'web' was terminated with exit code '' and reason 'ImagePullFailure'",
);
const STARTED = row('ContainerStarted', "Started container 'web'");
const EXITED = (code: number): string =>
  row(
    'ContainerTerminated',
    `Container 'web' was terminated with exit code '${code}' and reason 'ProcessExited'`,
  );

/** What every lab with an image for another platform is refused with. */
const OTHER_PLATFORM =
  'ERROR: (ContainerAppContainersInvalidCpu) image OS/Arc must be linux/amd64 but found linux/arm64';
const NO_CHILD = 'no child with platform linux/amd64 in index acrshop.azurecr.io/shop/web:v2';
const UNKNOWN = { platform: { os: 'unknown', architecture: 'unknown' } };

/** An entry of `az acr manifest list-metadata`. */
function metadata(kind: string, more: object): object {
  const mediaType = `application/vnd.oci.image.${kind}.v1+json`;
  return { digest: 'sha256:0a', mediaType, createdTime: '2026-06-26T12:40:54Z', ...more };
}

describe('one refusal, told apart by what else is there', () => {
  it.each<[shows: string, refusal: string, evidence: string, cause: string]>([
    [
      'an index of attestations',
      NO_CHILD,
      JSON.stringify({ manifests: [UNKNOWN, UNKNOWN] }),
      'attestation-only-index',
    ],
    [
      'an index with an attestation and another platform',
      NO_CHILD,
      JSON.stringify({
        manifests: [{ platform: { os: 'linux', architecture: 'arm64' } }, UNKNOWN],
      }),
      'multi-arch-image-mismatch',
    ],
    ['nothing', NO_CHILD, '', 'multi-arch-image-mismatch'],
    ['nothing', OTHER_PLATFORM, '', 'tag-overwritten-single-arch'],
    [
      'an index without a tag',
      OTHER_PLATFORM,
      JSON.stringify([metadata('index', { tags: null })]),
      'tag-overwritten-single-arch',
    ],
    [
      'the run that pushed it',
      OTHER_PLATFORM,
      JSON.stringify([{ runId: 'ca2', outputImages: [{ repository: 'web', tag: 'v2' }] }]),
      'task-build-one-platform',
    ],
    [
      'an import by digest',
      OTHER_PLATFORM,
      '+ az acr import --name acrshop --source mcr.microsoft.com/x@sha256:0a --image web:v2',
      'import-missing-platform',
    ],
    [
      'what the registry knows of the image, and no more',
      OTHER_PLATFORM,
      JSON.stringify([metadata('manifest', { tags: ['v2'], os: 'linux', architecture: 'arm64' })]),
      'tag-overwritten-single-arch',
    ],
  ])('%s beside "%s"', (_shows, refusal, evidence, cause) => {
    expect(matchesOf(`${refusal}\n${evidence}`)[0]?.name).toBe(cause);
  });
});

describe('matchCauses', () => {
  it.each<[shape: string, text: string, cause: string]>([
    ['an operation', JSON.stringify([operation(refused(MISSING))], null, 2), 'acr-pull-failure'],
    [
      'the error of a deployment, as az prints it',
      `ERROR: ${DEPLOYMENT_FAILED}`,
      'acr-pull-failure',
    ],
    ['an entry of the activity log', ACTIVITY, 'acr-pull-failure'],
    ['the message alone', refused(MISSING), 'acr-pull-failure'],
    [
      'the message over several lines, in colour',
      `\u001b[31mERROR: (ContainerAppOperationError) ${refused(MISSING).replaceAll('. ', '.\r\n')}\u001b[0m`,
      'acr-pull-failure',
    ],
    [
      'what a registry answers',
      '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest tagged by \\"1.1.2\\" is not found","detail":{"Tag":"1.1.2"}}]}',
      'acr-pull-failure',
    ],
    [
      'a repository that a registry does not know',
      '{"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known to registry","detail":{"name":"library/busybox"}}]}',
      'empty-registry-first-deploy',
    ],
    [
      'an index without the platform, as the API checks it',
      refused('no child with platform linux/amd64 in index acrshop.azurecr.io/shop/web:v2'),
      'multi-arch-image-mismatch',
    ],
    [
      'an index without the platform, as it is documented',
      '(ContainerAppContainersInvalidCpu) no child with platform linux/amd64 found in manifest list for acrshop.azurecr.io/shop/web:v2',
      'multi-arch-image-mismatch',
    ],
    [
      'the same from docker',
      'docker: no matching manifest for linux/amd64 in the manifest list entries: no match for platform in manifest: not found.',
      'multi-arch-image-mismatch',
    ],
    [
      'the same from kubelet',
      'Warning  Failed  2s  kubelet  Failed to pull image "acrshop.azurecr.io/web:v2": no match for platform in manifest: not found',
      'multi-arch-image-mismatch',
    ],
    [
      'an image for another platform',
      refused('image OS/Arc must be linux/amd64 but found linux/arm64'),
      'tag-overwritten-single-arch',
    ],
    [
      'no credentials, when the API checks',
      refused(
        'GET https:?scope=repository%3Ashop%2Fweb%3Apull&service=acrshop.azurecr.io: UNAUTHORIZED: authentication required, visit https://aka.ms/acr/authorization for more information. CorrelationId: 7f6d',
      ),
      'registry-credentials-wrong',
    ],
    [
      'no credentials, in the log stream',
      [
        PULLING,
        row('ImagePullUnauthorized', 'Container pull image failed with unauthorized error.'),
        PULL_FAILURE,
      ].join('\n'),
      'registry-credentials-wrong',
    ],
    [
      'the same from Log Analytics',
      JSON.stringify([
        analytics('PullingImage', "Pulling image 'acrshop.azurecr.io/shop/web:v2'"),
        analytics('ImagePullUnauthorized', 'Container pull image failed with unauthorized error.'),
      ]),
      'registry-credentials-wrong',
    ],
    [
      'the same from its API, as columns and rows',
      JSON.stringify({
        tables: [
          {
            name: 'PrimaryResult',
            columns: [{ name: 'Reason_s' }, { name: 'Log_s' }, { name: 'RevisionName_s' }],
            rows: [['ImagePullUnauthorized', 'Container pull image failed', 'ca-shop--0000002']],
          },
        ],
      }),
      'registry-credentials-wrong',
    ],
    [
      'the same as CSV of the portal',
      'TimeGenerated,RevisionName_s,Reason_s,Log_s\n2026-06-26,ca-shop--0000002,ImagePullUnauthorized,"Container pull image failed"',
      'registry-credentials-wrong',
    ],
    [
      'a crash',
      [
        STARTED,
        EXITED(1),
        row('ProcessExited', "Container 'web' was terminated with exit code '1'"),
      ].join('\n'),
      'crash-loop',
    ],
    [
      'a crash, in a replica',
      '{"properties": {"runningState": "NotRunning", "containers": [{"runningStateDetails": "Container is waiting with reason: CrashLoopBackOff on legion."}]}}',
      'crash-loop',
    ],
    ['too little memory', [STARTED, EXITED(137)].join('\n'), 'out-of-memory'],
    [
      'a probe that is answered with an error',
      [
        STARTED,
        row('ProbeFailed', 'Probe of StartUp failed with status code: 404'),
        row('ProbeFailed', 'Container web failed startup probe, will be restarted'),
        row(
          'ContainerTerminated',
          "Container 'web' was terminated with exit code '' and reason 'ProbeFailure'",
        ),
      ].join('\n'),
      'probe-failure',
    ],
    ['a wrong port, of a revision', WRONG_PORT_REVISION, 'target-port-mismatch'],
    [
      'a wrong port, with the probe that fails for it',
      [
        STARTED,
        row('ProbeFailed', 'Probe of StartUp failed with status code: 1'),
        row('Pending:PortMismatch', 'The TargetPort 8081 does not match the listening port 80.'),
        row(
          'ContainerTerminated',
          "Container 'web' was terminated with exit code '' and reason 'ProbeFailure'",
        ),
      ].join('\n'),
      'target-port-mismatch',
    ],
    [
      'a host that does not exist',
      refused(
        "failed to resolve registry 'nonexistent.azurecr.io': lookup nonexistent.azurecr.io on 100.100.253.162:53: no such host",
      ),
      'registry-unknown-host',
    ],
    [
      'a reference that is none',
      refused('could not parse reference: Shop/Web'),
      'invalid-image-reference',
    ],
    [
      'no way to the registry',
      refused('Get "https://mcr.microsoft.com/v2/": EOF'),
      'registry-unreachable',
    ],
    [
      'a program that is not there',
      row(
        'ContainerTerminated',
        `exit code '1' and reason 'ContainerCreateFailure'. Status(StatusCode="Unknown", Detail="failed to create shim task: OCI runtime create failed: exec: \\"x\\": executable file not found in $PATH")`,
      ),
      'missing-program',
    ],
    [
      'a program for another machine',
      row(
        'ContainerTerminated',
        `exit code '1' and reason 'ContainerCreateFailure'. Status(StatusCode="Unknown", Detail="failed to create shim task: OCI runtime create failed: exec /web: exec format error")`,
      ),
      'platform-lies',
    ],
    [
      'an image that a run built for another platform',
      'web: acrshop.azurecr.io/web:v2 was built for linux/arm64 alone, by run ca3 of registry acrshop.',
      'task-build-one-platform',
    ],
    [
      'an image that was imported for another platform',
      'web: acrshop.azurecr.io/web:v2 was imported for linux/arm64 alone, from acrteam.azurecr.io/web@sha256:0a.',
      'import-missing-platform',
    ],
    [
      'an index of attestations',
      'web: The index behind acrshop.azurecr.io/web:v2 holds no image, only attestations or entries of unknown platforms.',
      'attestation-only-index',
    ],
    [
      'a Windows image',
      refused('image OS/Arc must be linux/amd64 but found windows/amd64'),
      'windows-image-on-linux',
    ],
    [
      'an address that is not let in',
      row(
        'ImagePullFailed',
        "Failed to pull image: denied: client with IP '20.1.2.3' is not allowed access, refer https://aka.ms/acr/firewall to grant access",
      ),
      'registry-network-denied',
    ],
    [
      'a password that has expired',
      [
        row('ImagePullUnauthorized', 'Container pull image failed with unauthorized error.'),
        "web: The password of token 'puller' of registry acrshop.azurecr.io expired at 2026-11-26T16:00:00Z.",
      ].join('\n'),
      'registry-credentials-expired',
    ],
    [
      'an identity without a role',
      'Failed to pull image: unable to pull image using Managed identity system for registry acrshop.azurecr.io',
      'managed-identity-without-acrpull',
    ],
    [
      'a canary that fails',
      "web: Revision 'ca-shop--canary' answers 10 of its last 10 requests with 5xx, while 'ca-shop--stable' beside it is sound.",
      'canary-rollback',
    ],
    [
      'a revision that has scaled to zero',
      '{"name": "ca-shop--v1", "properties": {"healthState": "Healthy", "runningState": "ScaledToZero"}}',
      'scale-to-zero-cold-start',
    ],
    [
      'a limit of Docker Hub',
      row(
        'ImagePullFailed',
        'Image pull for docker.io/library/nginx:latest failed due to registry rate limiting (HTTP 429).',
      ),
      'rate-limited-upstream',
    ],
    [
      'the same from docker',
      'Error response from daemon: toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit',
      'rate-limited-upstream',
    ],
  ])('%s', (_shape, text, cause) => {
    expect(matchesOf(text)[0]?.name).toBe(cause);
  });

  it.each<[string, string]>([
    ['prose', 'it does not work any more, please help'],
    [
      'a revision that is well',
      JSON.stringify({
        name: 'a--1',
        properties: { healthState: 'Healthy', runningState: 'Running' },
      }),
    ],
    [
      'rows of a revision that becomes well, its probe failing while it starts',
      [
        PULLING,
        row('PulledImage', 'Successfully pulled image "x"'),
        STARTED,
        row('ProbeFailed', 'Probe of StartUp failed with status code: 1'),
        row('RevisionReady', 'Successfully provisioned'),
      ].join('\n'),
    ],
    ['numbers', '[1, 2, null, {"a": [true]}]'],
  ])('finds no cause in %s', (_name, text) => {
    expect(matchesOf(text)).toEqual([]);
  });

  it('tells evidence for and against, where it was seen, and the commands with what the text tells', () => {
    const [best] = matchesOf(
      [
        PULLING,
        row(
          'ImagePullFailed',
          'Failed to pull image: manifest unknown: manifest tagged by "v2" is not found',
        ),
      ].join('\n'),
    );
    expect(best).toMatchObject({
      lab: 'acr-pull-failure',
      revision: 'ca-shop--0000002',
      cause: 'the tag v2 is not in its registry',
      confirm: 'az acr repository show-tags --name acrshop --repository shop/web',
      against: [],
    });
    expect(best?.for[0]?.seen).toMatch(/^line 2: ImagePullFailed: Failed to pull image/);
    expect(best?.fix).toContain('az acr build --registry acrshop --image shop/web:v2 .');
  });

  it('looks at each revision by itself: what another one shows speaks neither for nor against', () => {
    const [best] = matchesOf(
      [
        row('PulledImage', 'Successfully pulled image "x"', 'ca-shop--good'),
        row(
          'ImagePullFailed',
          'manifest unknown: manifest tagged by "v2" is not found',
          'ca-shop--bad',
        ),
      ].join('\n'),
    );
    expect(best).toMatchObject({ name: 'acr-pull-failure', revision: 'ca-shop--bad', against: [] });
  });

  it('ranks a cause with something against it lower, and says what', () => {
    const both = [STARTED, EXITED(1), row('OOMKilled', "Container 'web' was killed"), EXITED(137)];
    const [best, second] = matchesOf(both.join('\n'));
    expect(best?.name).toBe('out-of-memory');
    expect(second).toMatchObject({ name: 'crash-loop' });
    expect(second?.against[0]?.shows).toBe('it was killed with exit code 137');
  });
});

describe('describeMatches', () => {
  it('names the likeliest cause with evidence, fix and lab, and the others with what is against them', () => {
    const text = describeMatches(matchesOf(refused(MISSING)), 1);
    expect(text).toMatch(/^likeliest cause: the tag v2 is not in its registry\n {2}for: /);
    expect(text).toContain('lab:     lazurite lab run acr-pull-failure');
    expect(text).toContain('it fits less well, but may be:\n   3  nothing was ever pushed');
  });

  it('says that nothing fits, and what to collect', () => {
    const text = describeMatches([], 3);
    expect(text).toContain('no known cause fits');
    expect(text).toContain('az containerapp logs show --name APP');
  });
});
