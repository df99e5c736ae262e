/** How the latest requests to one revision went. */
export interface RevisionTraffic {
  /** Of the latest requests, at most {@link REMEMBERED}. */
  answers: number;
  /** How many of them were answered with a 5xx status. */
  failures: number;
  /** How long the request waited that last woke the revision from zero replicas, in milliseconds. */
  coldStartMs?: number;
}

interface Remembered {
  failed: boolean[];
  coldStartMs?: number;
}

const REMEMBERED = 100;
const MAX_REVISIONS = 1000;

/** What the ingress saw of revisions since the process started, for the diagnosis of apps. */
export class TrafficRecord {
  /** By revision, the one heard of last at the end. */
  readonly #revisions = new Map<string, Remembered>();

  answered(revisionKey: string, status: number): void {
    const { failed } = this.#touch(revisionKey);
    failed.push(status >= 500);
    if (failed.length > REMEMBERED) failed.shift();
  }

  woken(revisionKey: string, waitedMs: number): void {
    this.#touch(revisionKey).coldStartMs = waitedMs;
  }

  of(revisionKey: string): RevisionTraffic {
    const { failed, coldStartMs } = this.#revisions.get(revisionKey) ?? { failed: [] };
    return {
      answers: failed.length,
      failures: failed.filter(Boolean).length,
      ...(coldStartMs !== undefined && { coldStartMs }),
    };
  }

  #touch(revisionKey: string): Remembered {
    const known = this.#revisions.get(revisionKey) ?? { failed: [] };
    this.#revisions.delete(revisionKey);
    this.#revisions.set(revisionKey, known);
    const [oldest] = this.#revisions.keys();
    if (this.#revisions.size > MAX_REVISIONS && oldest !== undefined) {
      this.#revisions.delete(oldest);
    }
    return known;
  }
}
