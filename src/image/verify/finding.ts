/** What `verify` finds; the codes are stable. */
export const FINDING_CODES = [
  'missing-platform',
  'duplicate-platform',
  'platform-differs',
  'windows-os-version-missing',
  'content-missing',
  'content-broken',
  'diff-id-mismatch',
  'layer-unsafe',
  'layer-not-distributed',
  'no-command',
  'program-missing',
  'program-not-executable',
  'program-unknown',
  'interpreter-missing',
  'loader-missing',
  'wrong-machine',
  'run-impossible',
  'run-failed',
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

export interface Finding {
  code: FindingCode;
  /** An error is what would fail. */
  level: 'error' | 'warning';
  message: string;
  /** e.g. paths */
  evidence?: readonly string[];
  /** A command, or what else to do. */
  help?: string;
}
