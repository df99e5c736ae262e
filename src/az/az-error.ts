/** 1 the request failed, 2 wrong usage, 3 the thing asked for does not exist. */
export type AzExitCode = 1 | 2 | 3;

/** A failure as `az` prints it: `ERROR: ` and the message, then lines of advice, all on stderr. */
export class AzError extends Error {
  readonly exitCode: AzExitCode;
  readonly advice: readonly string[];

  constructor(
    message: string,
    options: { exitCode?: AzExitCode; advice?: readonly string[]; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AzError';
    this.exitCode = options.exitCode ?? 1;
    this.advice = options.advice ?? [];
  }
}

/** Wrong arguments: exit code 2. */
export function usageError(message: string, advice: readonly string[] = []): AzError {
  return new AzError(message, { exitCode: 2, advice });
}
