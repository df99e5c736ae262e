import { portMismatch } from './diagnosis.js';
import type { Trouble } from './trouble.js';
import type { RevisionStatus } from './documents.js';

/** How long a revision may take to become ready before it is called Degraded, as a Deployment's deadline. */
export const PROGRESS_DEADLINE_MS = 600_000;

export interface ReplicaObservation {
  ready: boolean;
  stopping: boolean;
  trouble?: { container: string; trouble: Trouble };
}

export interface RevisionObservation {
  active: boolean;
  desiredReplicas: number;
  maxReplicas: number;
  replicas: readonly ReplicaObservation[];
  /** Whether all replicas once were ready since it was last activated or restarted. */
  everReady: boolean;
  /** Milliseconds since it was created, activated or restarted. */
  ageMs: number;
}

type States = Omit<RevisionStatus, 'replicas' | 'diagnosis'>;

/** A revision's states as Azure words them, from what its replicas do. */
export function revisionStatus(observation: RevisionObservation): States {
  const { active, desiredReplicas, replicas } = observation;
  if (!active) {
    const runningState = replicas.length > 0 ? 'Deprovisioning' : 'Stopped';
    return { provisioningState: 'Provisioned', healthState: 'None', runningState };
  }
  if (desiredReplicas === 0) {
    return {
      provisioningState: 'Provisioned',
      healthState: 'Healthy',
      runningState: 'ScaledToZero',
    };
  }
  const current = replicas.filter(({ stopping }) => !stopping);
  const ready = current.filter((replica) => replica.ready).length;
  if (ready > 0) return serving(observation, ready);
  const troubled = current.filter((replica) => replica.trouble !== undefined);
  const first = troubled[0]?.trouble;
  if (first === undefined) return silent(observation);
  const share = `${troubled.length}/${Math.max(current.length, 1)}`;
  return failing(observation, first.trouble, first.container, share);
}

function serving(observation: RevisionObservation, ready: number): States {
  const { desiredReplicas, maxReplicas, replicas } = observation;
  const troubled = replicas.filter(({ stopping, trouble }) => !stopping && trouble).length;
  if (ready < desiredReplicas && troubled > 0 && observation.everReady) {
    return {
      provisioningState: 'Provisioned',
      healthState: 'Unhealthy',
      runningState: 'Degraded',
      runningStateDetails: `${ready}/${desiredReplicas} replicas ready.`,
    };
  }
  const atMax = desiredReplicas >= maxReplicas && ready >= desiredReplicas;
  return {
    provisioningState: 'Provisioned',
    healthState: 'Healthy',
    runningState: atMax ? 'RunningAtMaxScale' : 'Running',
  };
}

function failing(
  observation: RevisionObservation,
  trouble: Trouble,
  container: string,
  share: string,
): States {
  switch (trouble.kind) {
    case 'pull':
      return failed('Pending:ImagePullBackOff on legion', share);
    case 'start':
    case 'exit':
      return failed(`Container crashing: ${container}`, share);
    case 'probe':
      return trouble.restarted
        ? failed(`Container crashing: ${container}`, share)
        : silent(observation);
    case 'port':
      return unready(observation, portMismatch(trouble.targetPort, trouble.listening));
    case 'port-in-use':
      return unready(observation, `Port ${trouble.targetPort} is held by ${trouble.holder}.`);
  }
}

function failed(provisioningError: string, share: string): States {
  return {
    provisioningState: 'Failed',
    healthState: 'Unhealthy',
    runningState: 'Failed',
    runningStateDetails: `${share} ${provisioningError}`,
    provisioningError,
  };
}

/** Nothing wrong that can be named: it takes its time, or stopped passing its readiness probe. */
function silent(observation: RevisionObservation): States {
  if (observation.everReady || observation.ageMs >= PROGRESS_DEADLINE_MS) {
    return unready(observation, undefined);
  }
  return { provisioningState: 'Provisioned', healthState: 'None', runningState: 'Activating' };
}

function unready(observation: RevisionObservation, why: string | undefined): States {
  const { ageMs, desiredReplicas, everReady } = observation;
  const late = ageMs >= PROGRESS_DEADLINE_MS && !everReady;
  const deadline = `Deployment Progress Deadline Exceeded. 0/${desiredReplicas} replicas ready.`;
  const details = [late ? deadline : undefined, why].filter((part) => part !== undefined).join(' ');
  return {
    provisioningState: 'Provisioned',
    healthState: 'Unhealthy',
    runningState: late || everReady ? 'Degraded' : 'Activating',
    ...(details !== '' && { runningStateDetails: details }),
  };
}
