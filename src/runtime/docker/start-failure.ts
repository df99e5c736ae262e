import { ContainerStartError } from '../runtime.js';
import { EngineError } from './engine.js';

/** What runc and crun say, and what it is. */
const REASONS: readonly (readonly [RegExp, ContainerStartError['reason']])[] = [
  [/unable to find (user|group)|no matching entries in (passwd|group) file/i, 'EUSER'],
  [/exec format error/i, 'ENOEXEC'],
  [/executable file.* not found|no such file or directory/i, 'ENOENT'],
  [/permission denied|is a directory/i, 'EACCES'],
];

/**
 * Turns the engine's refusal to start a container into the reason a person needs, in the words that every
 * runtime uses.
 */
export function startFailure(error: unknown, argv: readonly string[]): unknown {
  if (!(error instanceof EngineError)) return error;
  const reason = REASONS.find(([words]) => words.test(error.message))?.[1] ?? 'OTHER';
  const quoted = JSON.stringify(argv[0] ?? '');
  switch (reason) {
    case 'ENOENT':
      return new ContainerStartError(reason, `exec: ${quoted}: ${missing(argv)}`);
    case 'EACCES':
      return new ContainerStartError(reason, `exec: ${quoted}: permission denied`);
    case 'EUSER':
      return new ContainerStartError(reason, error.message);
    default:
      return new ContainerStartError(reason, `cannot start container: ${error.message}`);
  }
}

function missing(argv: readonly string[]): string {
  return argv[0]?.includes('/')
    ? 'no such file or directory'
    : 'executable file not found in $PATH';
}
