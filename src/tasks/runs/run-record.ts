import type { BaseImageUse } from '../../build/image-builder.js';
import type { Digest } from '../../oci/digest.js';
import type { CommitEvent } from '../triggers/commit-event.js';

export type RunStatus =
  'Queued' | 'Started' | 'Running' | 'Succeeded' | 'Failed' | 'Canceled' | 'Timeout' | 'Error';

/** An image that a run pushed. */
export interface OutputImage {
  /** e.g. `'localhost:5001'` */
  registry: string;
  /** e.g. `'labacr'` */
  repository: string;
  tag?: string;
  digest: Digest;
}

export interface RunPlatform {
  /** e.g. `'linux'` */
  os: string;
  /** e.g. `'amd64'`; a comma list when several were asked for. */
  architecture: string;
  variant?: string;
}

/** An image that a run built on; `isRuntime` for what the last stage of a build starts with. */
export interface UsedBaseImage extends BaseImageUse {
  isRuntime: boolean;
}

/** What started a run of a task by itself; one of these. */
export interface RunTrigger {
  timer?: { name: string; occurrence: string };
  imageUpdate?: { id: string; images: { repository: string; tag: string; digest: string }[] };
  source?: CommitEvent & { id: string };
}

/** One build, as it is stored and shown. Times are RFC 3339. */
export interface Run {
  /** e.g. `'ca1'` */
  runId: string;
  /** Lower-case name of the registry it belongs to. */
  registry: string;
  status: RunStatus;
  runType: 'QuickBuild' | 'QuickRun' | 'AutoBuild' | 'AutoRun';
  createTime: string;
  startTime?: string;
  finishTime?: string;
  lastUpdatedTime: string;
  platform: RunPlatform;
  cpu: number;
  isArchiveEnabled: boolean;
  /** Name of the task it is a run of. */
  task?: string;
  trigger?: RunTrigger;
  agentPool?: string;
  baseImages?: UsedBaseImage[];
  /** Of a git source. */
  commit?: string;
  branch?: string;
  outputImages: OutputImage[];
  /** Why it did not succeed. */
  runErrorMessage?: string;
}

export function isFinished(status: RunStatus): boolean {
  return status !== 'Queued' && status !== 'Started' && status !== 'Running';
}

/** What the log's `Complete` metadata says; clients end their stream on it. */
export function completionOf(status: RunStatus): string | undefined {
  const words: Readonly<Partial<Record<RunStatus, string>>> = {
    Succeeded: 'successful',
    Failed: 'failed',
    Canceled: 'canceled',
    Timeout: 'timedout',
    Error: 'internalerror',
  };
  return words[status];
}
