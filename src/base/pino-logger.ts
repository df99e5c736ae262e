import { pino, type Logger as Pino } from 'pino';
import type { Logger } from './logger.js';

/** Names under which secrets travel; their values are replaced in every line. */
const SECRET_FIELDS = ['authorization', 'password', 'secret', 'token', 'clientSecret', 'accessKey'];

/** JSON lines appended to a file. Writing is synchronous, so that the last words before a crash are there. */
export function createFileLogger(file: string, level: string): Logger {
  return adapt(
    pino(
      {
        level,
        base: null,
        timestamp: pino.stdTimeFunctions.isoTime,
        redact: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`]),
      },
      pino.destination({ dest: file, mkdir: true, sync: true, mode: 0o600 }),
    ),
  );
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
