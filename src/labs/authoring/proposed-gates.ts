import type { CapturedApp, CapturedRow } from './captured-app.js';

/** A gate on a row of the system log. */
export interface ProposedGate {
  id: string;
  expect: string;
  row: Record<string, string>;
}

const MOST_GATES = 3;
const LONGEST_PATTERN = 100;
/** Rows that say of any failure that it goes on. */
const SAYS_LITTLE = new Set(['BackOff', 'ProbeStarted']);

/**
 * Gates on the rows that show the failure: warnings and refusals, one for each reason. What differs from run to
 * run, such as names of apps and registries, times and addresses, matches anything.
 *
 * @param suffix of the revision that must show them, e.g. `'broken'`
 */
export function proposeGates(app: CapturedApp, suffix: string): ProposedGate[] {
  const telling = app.rows.filter(
    ({ reason, isWarning }) => isWarning || /Unauthorized|^Pending:|Killed/.test(reason),
  );
  const reasons = new Map<string, CapturedRow>();
  for (const row of telling) if (!reasons.has(row.reason)) reasons.set(row.reason, row);
  const rows = [...reasons.values()];
  const better = rows.filter(({ reason }) => !SAYS_LITTLE.has(reason));
  return (better.length > 0 ? better : rows).slice(0, MOST_GATES).map((row) => ({
    id: `${row.reason.replace(/[^A-Za-z]/g, '').toLowerCase()}-${suffix}`,
    expect: `a row ${row.reason}, as it was captured`,
    row: {
      Reason: row.reason,
      Msg: `/${patternOf(row.message, app)}/`,
      RevisionName: `$APP_NAME--${suffix}`,
    },
  }));
}

/** The start of a message as a regular expression that other names agree with. */
export function patternOf(message: string, app: CapturedApp): string {
  const names = [app.failing.name, app.name, ...app.registries.keys(), ...app.registries.values()];
  const parts = [
    ...names.filter((name) => name.length > 2).map(escape),
    '[0-9a-f]{8}-[0-9a-f-]{20,}',
    '\\d+\\.\\d+\\.\\d+\\.\\d+',
    'sha256:[0-9a-f]{64}',
    '\\d+(?:\\.\\d+)?m?s\\b',
  ];
  const [line = ''] = message.split('\n');
  const pieces = line.slice(0, LONGEST_PATTERN).split(new RegExp(`(?:${parts.join('|')})`));
  return pieces.map(escape).join('.*');
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
