import { describe, expect, it } from 'vitest';
import type { Trouble } from './trouble.js';
import { PROGRESS_DEADLINE_MS, revisionStatus } from './revision-status.js';
import type { ReplicaObservation, RevisionObservation } from './revision-status.js';

const ready: ReplicaObservation = { ready: true, stopping: false };
const starting: ReplicaObservation = { ready: false, stopping: false };

function troubled(trouble: Trouble): ReplicaObservation {
  return { ready: false, stopping: false, trouble: { container: 'app', trouble } };
}

const pull = troubled({
  kind: 'pull',
  image: 'x',
  failure: { kind: 'missing-tag', reason: 'ImagePullFailed', message: 'm' },
  access: { registryName: 'r', credentials: 'c' },
});
const exit = troubled({ kind: 'exit', code: 1, outOfMemory: false, memory: '1Gi', lastLines: [] });
const port = troubled({ kind: 'port', targetPort: 80, listening: [8080] });
const probe = (restarted: boolean): ReplicaObservation =>
  troubled({ kind: 'probe', probe: 'startup', message: 'm', restarted });

const base: RevisionObservation = {
  active: true,
  desiredReplicas: 1,
  maxReplicas: 1,
  replicas: [],
  everReady: false,
  ageMs: 1000,
};
const late = { ageMs: PROGRESS_DEADLINE_MS };

describe('revisionStatus', () => {
  it.each<[string, Partial<RevisionObservation>, string, string | undefined]>([
    ['nothing yet', {}, 'Provisioned/None/Activating', undefined],
    ['starting', { replicas: [starting] }, 'Provisioned/None/Activating', undefined],
    ['at its maximum', { replicas: [ready] }, 'Provisioned/Healthy/RunningAtMaxScale', undefined],
    ['below it', { replicas: [ready], maxReplicas: 3 }, 'Provisioned/Healthy/Running', undefined],
    ['scaled to zero', { desiredReplicas: 0 }, 'Provisioned/Healthy/ScaledToZero', undefined],
    ['deactivated', { active: false }, 'Provisioned/None/Stopped', undefined],
    [
      'on its way out',
      { active: false, replicas: [ready] },
      'Provisioned/None/Deprovisioning',
      undefined,
    ],
    [
      'pull loop',
      { replicas: [pull] },
      'Failed/Unhealthy/Failed',
      '1/1 Pending:ImagePullBackOff on legion',
    ],
    ['crash loop', { replicas: [exit] }, 'Failed/Unhealthy/Failed', '1/1 Container crashing: app'],
    [
      'half of it in a crash loop',
      { replicas: [exit, starting], desiredReplicas: 2 },
      'Failed/Unhealthy/Failed',
      '1/2 Container crashing: app',
    ],
    [
      'restarted by its probe',
      { replicas: [probe(true)] },
      'Failed/Unhealthy/Failed',
      '1/1 Container crashing: app',
    ],
    ['slow', { replicas: [probe(false)] }, 'Provisioned/None/Activating', undefined],
    [
      'too slow',
      { replicas: [probe(false)], ...late },
      'Provisioned/Unhealthy/Degraded',
      'Deployment Progress Deadline Exceeded. 0/1 replicas ready.',
    ],
    [
      'wrong port',
      { replicas: [port] },
      'Provisioned/Unhealthy/Activating',
      'The TargetPort 80 does not match the listening port 8080.',
    ],
    [
      'wrong port for long',
      { replicas: [port], ...late },
      'Provisioned/Unhealthy/Degraded',
      'Deployment Progress Deadline Exceeded. 0/1 replicas ready. The TargetPort 80 does not match the listening port 8080.',
    ],
    [
      'not ready any more',
      { replicas: [starting], everReady: true, ...late },
      'Provisioned/Unhealthy/Degraded',
      undefined,
    ],
    [
      'one of two gone bad',
      { replicas: [ready, exit], desiredReplicas: 2, maxReplicas: 2, everReady: true },
      'Provisioned/Unhealthy/Degraded',
      '1/2 replicas ready.',
    ],
    [
      'an old replica serving while the new one starts',
      { replicas: [ready, starting], maxReplicas: 3 },
      'Provisioned/Healthy/Running',
      undefined,
    ],
    [
      'only a stopping replica is ready',
      { replicas: [{ ...ready, stopping: true }, pull] },
      'Failed/Unhealthy/Failed',
      '1/1 Pending:ImagePullBackOff on legion',
    ],
  ])('%s', (_name, changes, triple, details) => {
    const status = revisionStatus({ ...base, ...changes });
    const { provisioningState, healthState, runningState, runningStateDetails } = status;
    expect(`${provisioningState}/${healthState}/${runningState}`).toBe(triple);
    expect(runningStateDetails).toBe(details);
  });
});
