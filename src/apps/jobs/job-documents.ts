import type { Configuration, Workload } from '../documents.js';
import type { Template } from '../template.js';

export type JobTemplate = Pick<Template, 'containers' | 'initContainers' | 'volumes'>;

/**
 * A job as it is stored.
 *
 * @see https://learn.microsoft.com/azure/templates/microsoft.app/2025-01-01/jobs
 */
export interface JobDocument extends Workload {
  subscriptionId: string;
  configuration: JobConfiguration;
  template: JobTemplate;
  createdAt: string;
}

export interface JobConfiguration extends Pick<Configuration, 'registries' | 'secrets'> {
  trigger: JobTrigger;
  /** Seconds that an execution may take. */
  replicaTimeout: number;
  /** Replicas that may fail before the execution does. */
  replicaRetryLimit: number;
}

export interface JobTrigger {
  kind: 'Manual' | 'Schedule';
  /** Five fields, in UTC; only of a schedule. */
  cronExpression?: string;
  /** Replicas side by side. */
  parallelism: number;
  /** Replicas that must end well. */
  replicaCompletionCount: number;
}

/** Azure's words for how an execution does. */
export type ExecutionStatus = 'Running' | 'Succeeded' | 'Failed' | 'Stopped';

export interface ExecutionDocument {
  /** The job's key and `'/executions/' + name`. */
  key: string;
  jobKey: string;
  /** `'nightly-7xk2p9q'` */
  name: string;
  status: ExecutionStatus;
  startTime: string;
  endTime?: string;
  /** What it runs, with what its start changed. */
  template: JobTemplate;
  /** Of its job, when it was started. */
  trigger: JobTrigger;
  replicaTimeout: number;
  replicaRetryLimit: number;
  /** Every replica it ever had, oldest first. */
  replicas: ExecutionReplica[];
}

export interface ExecutionReplica {
  /** `'nightly-7xk2p9q-b2x8d'` */
  name: string;
  createdAt: string;
  /** `'lost'` when Lazurite ended before it did. */
  outcome?: 'succeeded' | 'failed' | 'stopped' | 'lost';
  endedAt?: string;
}
