import { ContainerStartError } from '../runtime.js';
import { CellError } from './cell.js';
import type { RootfsView } from './rootfs-view.js';
import { programKind } from './static-program.js';

/** Turns the helper's refusal into the reason a person needs: which file, and what is wrong with it. */
export function startFailure(error: unknown, argv: readonly string[], view: RootfsView): Error {
  if (!(error instanceof CellError)) {
    return error instanceof Error ? error : new Error(String(error));
  }
  const program = argv[0] ?? '';
  const quoted = JSON.stringify(program);
  if (error.step === 'set user' || error.step === 'set group' || error.step === 'map user') {
    return new ContainerStartError('EUSER', `cannot run as the image's user (${error.message})`);
  }
  if (error.step !== 'exec') {
    return new ContainerStartError('OTHER', `cannot start container: ${error.message}`);
  }
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new ContainerStartError('ENOENT', `exec: ${quoted}: ${missing(program, view)}`);
    case 'EACCES':
    case 'EPERM':
    case 'EISDIR':
      return new ContainerStartError('EACCES', `exec: ${quoted}: permission denied`);
    case 'ENOEXEC':
      return new ContainerStartError(
        'ENOEXEC',
        `exec ${program}: exec format error${wrongMachine(program, view)}`,
      );
    default:
      return new ContainerStartError('OTHER', `exec: ${quoted}: ${error.code}`);
  }
}

function missing(program: string, view: RootfsView): string {
  if (!program.includes('/')) return 'executable file not found in $PATH';
  const file = view.find(program);
  if (!file?.stat.isFile()) return 'no such file or directory';
  const kind = programKind(file.hostPath);
  if (kind.kind === 'script') return `its interpreter ${kind.interpreter} is not in the image`;
  return 'the file is there, but the loader it names is not in the image';
}

function wrongMachine(program: string, view: RootfsView): string {
  const file = program.includes('/') ? view.find(program) : undefined;
  if (!file?.stat.isFile()) return '';
  const kind = programKind(file.hostPath);
  if (kind.kind === 'static' || kind.kind === 'dynamic') {
    return ` (a program for linux/${kind.architecture})`;
  }
  return ' (no program and no script with an interpreter line)';
}
