import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.js';
import { BoundedLines } from './bounded-lines.js';

/** Words of the system log's `Reason` column that are written here. */
export type EventReason =
  | 'AssigningReplica'
  | 'BackOff'
  | 'BackoffLimitExceeded'
  | 'Completed'
  | 'ContainerAppFailure'
  | 'ContainerAppReady'
  | 'ContainerCreated'
  | 'ContainerStarted'
  | 'ContainerTerminated'
  | 'DeadlineExceeded'
  | 'FailedGetContainerResourceMetric'
  | 'FailedMount'
  | 'ImagePullFailed'
  | 'ImagePullUnauthorized'
  | 'KEDAScaleTargetActivated'
  | 'KEDAScaleTargetDeactivated'
  | 'KEDAScalersStarted'
  | 'KEDAScalersStopped'
  | 'OOMKilled'
  | 'Pending:PortInUse'
  | 'Pending:PortMismatch'
  | 'ProbeFailed'
  | 'ProbeStarted'
  | 'ProcessExited'
  | 'PulledImage'
  | 'PullingImage'
  | 'RevisionCreation'
  | 'RevisionDeactivating'
  | 'RevisionReady'
  | 'RevisionUpdate'
  | 'RollingRevisionCompleted'
  | 'ScaledObjectDeleted'
  | 'SuccessfulCreate'
  | 'SuccessfulRescale';

/** One row as `az containerapp logs show --type system` prints it. */
export interface SystemLogRow {
  /** `'2026-06-26 12:40:54.7869523 +0000 UTC'`; rows of no replica have whole seconds. */
  TimeStamp: string;
  Type: 'Normal' | 'Warning';
  ContainerAppName: string | null;
  RevisionName: string | null;
  ReplicaName: string | null;
  Msg: string;
  Reason: string;
  EventSource: 'ContainerAppController' | 'KEDA' | 'Scaling';
  /** How often this reason was given with this text for this object, as Kubernetes counts events. */
  Count: number;
}

export interface SystemEvent {
  reason: EventReason;
  message: string;
  warning?: boolean;
  source?: SystemLogRow['EventSource'];
  revision?: string;
  replica?: string;
}

/** Rows kept for one app; older ones go first. */
export const MAX_SYSTEM_ROWS = 1000;

/** The system log of one app: kept in a bounded file, followed live. */
export class SystemLog {
  readonly #appName: string;
  readonly #clock: Clock;
  readonly #lines: BoundedLines;
  readonly #counts = new Map<string, number>();
  readonly #emitter = new EventEmitter();
  #rows: SystemLogRow[] = [];

  constructor(options: { appName: string; directory: string; clock: Clock }) {
    this.#appName = options.appName;
    this.#clock = options.clock;
    this.#lines = new BoundedLines(join(options.directory, 'system.jsonl'), MAX_SYSTEM_ROWS);
    this.#emitter.setMaxListeners(0);
    this.#rows = this.#lines.load().flatMap(parseRow);
    for (const row of this.#rows) this.#counts.set(countKey(row), row.Count);
  }

  append(event: SystemEvent): void {
    const row: SystemLogRow = {
      TimeStamp: goTime(this.#clock.now(), event.replica !== undefined),
      Type: event.warning ? 'Warning' : 'Normal',
      ContainerAppName: this.#appName,
      RevisionName: event.revision ?? null,
      ReplicaName: event.replica ?? null,
      Msg: event.message,
      Reason: event.reason,
      EventSource: event.source ?? 'ContainerAppController',
      Count: 0,
    };
    row.Count = this.#count(row);
    this.#rows.push(row);
    if (this.#rows.length > MAX_SYSTEM_ROWS) this.#rows.shift();
    this.#lines.append(JSON.stringify(row));
    this.#emitter.emit('row', row);
  }

  /** @param tail the newest so many, oldest of them first */
  rows(tail = MAX_SYSTEM_ROWS): SystemLogRow[] {
    return tail <= 0 ? [] : this.#rows.slice(-tail);
  }

  /** @returns how to stop */
  follow(listener: (row: SystemLogRow) => void): () => void {
    this.#emitter.on('row', listener);
    return () => this.#emitter.off('row', listener);
  }

  /** Resolves when every row is in the file. */
  flush(): Promise<void> {
    return this.#lines.flush();
  }

  #count(row: SystemLogRow): number {
    if (row.Reason === 'AssigningReplica') return 0;
    const key = countKey(row);
    const count = (this.#counts.get(key) ?? 0) + 1;
    if (this.#counts.size > 4 * MAX_SYSTEM_ROWS) this.#counts.clear();
    this.#counts.set(key, count);
    return count;
  }
}

/**
 * Time as Go prints it, e.g. `'2026-06-26 12:40:54.7860000 +0000 UTC'`.
 *
 * @param fraction seven digits when true, none when false
 */
export function goTime(date: Date, fraction: boolean): string {
  const iso = date.toISOString();
  const seconds = iso.slice(0, 19).replace('T', ' ');
  return `${seconds}${fraction ? `.${iso.slice(20, 23)}0000` : ''} +0000 UTC`;
}

function countKey(row: SystemLogRow): string {
  return [row.RevisionName, row.ReplicaName, row.Reason, row.Msg].join('\0');
}

function parseRow(line: string): SystemLogRow[] {
  try {
    const row = JSON.parse(line) as SystemLogRow;
    return typeof row.Msg === 'string' && typeof row.Count === 'number' ? [row] : [];
  } catch {
    return []; // the last line of a file that a crash cut off
  }
}
