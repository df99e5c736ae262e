import type { Json } from '../base/json.js';
import { isJsonObject, textOf } from '../base/json.js';
import type { Phase } from './definition.js';
import { objectOf, objects } from './document-values.js';
import { manifestMetadata, platformName } from './image-platforms.js';
import type { RunResult } from './run-result.js';

/** A row of the system log that some command of the run printed. */
export interface LogEvent {
  /** Milliseconds since the epoch. */
  at: number;
  revision: string;
  reason: string;
  message: string;
  isWarning: boolean;
}

/** The platforms of an index or an image that some command of the run printed. */
export interface PlatformRow {
  phase: Phase;
  /** The command that showed it. */
  command: string;
  /** e.g. `['linux/amd64', 'unknown/unknown']` */
  platforms: string[];
}

/** The rows of the system log in the evidence and in another log, each once, oldest first. */
export function logEvents(run: RunResult, log = ''): LogEvent[] {
  const found = new Map<string, LogEvent>();
  for (const text of [...run.steps.map(({ outcome }) => outcome.stdout), log]) {
    for (const line of text.split('\n')) {
      const event = line.startsWith('{') ? eventOf(parse(line)) : undefined;
      if (event) found.set(JSON.stringify(event), event);
    }
  }
  return [...found.values()].sort((a, b) => a.at - b.at);
}

/** Every index, and every image that a registry told the platform of, in the order in which they were seen. */
export function platformRows(run: RunResult): PlatformRow[] {
  return run.steps.flatMap(({ phase, command, outcome }) => {
    const value = parse(outcome.stdout);
    const index = objects(objectOf(value)['manifests']).map(({ platform }) =>
      platformName(objectOf(platform)),
    );
    const images = objects(value).flatMap((one) => manifestMetadata(one)?.platform ?? []);
    const rows = [index, ...images.map((platform) => [platform])];
    return rows
      .filter((platforms) => platforms.length > 0)
      .map((platforms) => ({ phase, command, platforms }));
  });
}

function eventOf(row: Json | undefined): LogEvent | undefined {
  if (!isJsonObject(row)) return undefined;
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d{1,3})?)/.exec(
    textOf(row['TimeStamp']),
  );
  const reason = textOf(row['Reason']);
  if (!match || reason === '') return undefined;
  const at = Date.parse(`${match[1] ?? ''}T${match[2] ?? ''}Z`);
  const revision = textOf(row['RevisionName']);
  const message = textOf(row['Msg']);
  return { at, revision, reason, message, isWarning: row['Type'] === 'Warning' };
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json; // JSON.parse answers JSON by definition
  } catch {
    return undefined;
  }
}
