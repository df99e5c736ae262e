/** Exit codes of the command line: 1 failed or refused, 2 wrong usage. */
export type FailureExitCode = 1 | 2;

/**
 * A failure a person reads, in three parts: what happened, why, and the command that helps.
 * The command line prints it without a stack; servers map it to their protocol's error.
 */
export class Failure extends Error {
  readonly why: string | undefined;
  readonly help: string | undefined;
  readonly exitCode: FailureExitCode;

  constructor(
    what: string,
    options: { why?: string; help?: string; exitCode?: FailureExitCode; cause?: unknown } = {},
  ) {
    super(what, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Failure';
    this.why = options.why;
    this.help = options.help;
    this.exitCode = options.exitCode ?? 1;
  }

  /** `error: what`, then `  why: …` and `  help: …` when known. */
  override toString(): string {
    const lines = [`error: ${this.message}`];
    if (this.why) lines.push(`  why:  ${this.why}`);
    if (this.help) lines.push(`  help: ${this.help}`);
    return lines.join('\n');
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Node's error code (`'ENOENT'`), or undefined. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
