import type { LogEvent } from './timeline.js';

/** The stations that a revision passes on its way to serving. */
export const STATIONS = ['created', 'pulled', 'started', 'ready'] as const;
export type Station = (typeof STATIONS)[number];

/** How far a revision came, by its rows of the system log. */
export interface RevisionCourse {
  revision: string;
  /** Milliseconds since the epoch: of its first and its last row. */
  from: number;
  to: number;
  reached: ReadonlySet<Station>;
  /** The last warning before it was ready; absent of a revision that became ready. */
  stoppedBy?: LogEvent;
}

const STATION_OF: Readonly<Record<string, Station>> = {
  RevisionCreation: 'created',
  AssigningReplica: 'created',
  PulledImage: 'pulled',
  ContainerStarted: 'started',
  RevisionReady: 'ready',
};
/** Words that say that something failed, whatever their type. */
const FAILED = /Unauthorized|^Pending:|Killed/;

/** The course of each revision, in the order in which they were first seen. */
export function revisionCourses(events: readonly LogEvent[]): RevisionCourse[] {
  const revisions = [...new Set(events.map(({ revision }) => revision))].filter(Boolean);
  return revisions.map((revision) => {
    const own = events.filter((event) => event.revision === revision);
    const times = own.map(({ at }) => at);
    const reached = new Set(own.flatMap(({ reason }) => STATION_OF[reason] ?? []));
    const stop = own.findLast((event) => event.isWarning || FAILED.test(event.reason));
    const telling = own.find((event) => isTelling(event)) ?? stop;
    return {
      revision,
      from: Math.min(...times),
      to: Math.max(...times),
      reached,
      ...(!reached.has('ready') && telling && { stoppedBy: telling }),
    };
  });
}

/** Not what only follows: that a container was ended, and tried again later. */
function isTelling({ reason, isWarning }: LogEvent): boolean {
  if (FAILED.test(reason)) return true;
  return isWarning && reason !== 'BackOff' && reason !== 'ProbeFailed';
}
