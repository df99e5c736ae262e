import { pino, type Logger as Pino } from 'pino';
import type { Logger } from './logger.js';

/** Names under which secrets travel; their values are replaced in every line. */
const SECRET_FIELDS = ['authorization', 'password', 'secret', 'token', 'clientSecret', 'accessKey'];

const REDACTED = SECRET_FIELDS.flatMap((name) => [name, `*.${name}`]);

/** JSON lines appended to a file. Writing is synchronous, so that the last words before a crash are there. */
export function createFileLogger(file: string, level: string): Logger {
  return adapt(
    pino(
      {
        level,
        base: null,
        timestamp: pino.stdTimeFunctions.isoTime,
        redact: REDACTED,
      },
      pino.destination({ dest: file, mkdir: true, sync: true, mode: 0o600 }),
    ),
  );
}

/** Lines on a stream, for people (`TIME LEVEL MESSAGE {FIELDS}`) or as JSON. */
export function createStreamLogger(stream: LineSink, format: 'text' | 'json'): Logger {
  const sink: LineSink =
    format === 'json' ? stream : { write: (line) => stream.write(readable(line)) };
  return adapt(
    pino(
      {
        base: null,
        timestamp: pino.stdTimeFunctions.isoTime,
        redact: REDACTED,
        messageKey: 'message',
        formatters: { level: (level) => ({ level }) },
      },
      sink,
    ),
  );
}

interface LineSink {
  write(line: string): unknown;
}

function readable(line: string): string {
  const { time, level, message, ...fields } = JSON.parse(line) as Record<string, unknown>;
  return `${String(time)} ${String(level)} ${String(message)} ${JSON.stringify(fields)}\n`;
}

function adapt(logger: Pino): Logger {
  return {
    debug: (fields, message) => {
      logger.debug(fields, message);
    },
    info: (fields, message) => {
      logger.info(fields, message);
    },
    warn: (fields, message) => {
      logger.warn(fields, message);
    },
    error: (fields, message) => {
      logger.error(fields, message);
    },
    child: (fields) => adapt(logger.child(fields)),
  };
}
