/** Fields of a log line. Values that may hold a secret pass through `redact` first. */
export type LogFields = Record<string, unknown>;

/** Structured log: a constant message and fields, never a message built from values. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  child(fields: LogFields): Logger;
}

/** Discards everything; the default of constructors that take a logger. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
