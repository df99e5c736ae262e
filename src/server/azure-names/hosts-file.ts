import { randomUUID } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { codeOf, Failure, messageOf } from '../../base/failure.js';
import { withHostsBlock, type HostsBlock } from './hosts-block.js';

/** A file that is a mount of its own, as containers have it, can't be replaced, only written. */
const IRREPLACEABLE = new Set(['EBUSY', 'EXDEV', 'EACCES', 'EPERM', 'EROFS']);

/** `$LAZURITE_HOSTS_FILE`, else the system's. */
export function hostsFilePath(): string {
  return process.env['LAZURITE_HOSTS_FILE'] ?? '/etc/hosts';
}

/** @throws Failure when the file isn't there or may not be written */
export function requireWritableHostsFile(file: string): void {
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
  } catch (error) {
    throw new Failure(`can't write the hosts file ${file}`, {
      why: messageOf(error),
      help: 'run as root: sudo lazurite up --azure-names   (or leave --azure-names out; or set LAZURITE_HOSTS_FILE)',
      cause: error,
    });
  }
}

/**
 * Writes a block, or removes it when it has no names. A reader sees the old text or the
 * new one, unless the file can't be replaced: then it is overwritten where it is.
 */
export function writeHostsBlock(file: string, block: HostsBlock): void {
  const before = readFileSync(file, 'latin1');
  const after = withHostsBlock(before, block);
  if (after === before) return;
  const temporary = `${file}.lazurite-${randomUUID()}`;
  try {
    const { mode, uid, gid } = statSync(file);
    writeDurably(temporary, after);
    chmodSync(temporary, mode & 0o7777);
    chownSync(temporary, uid, gid);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    if (!IRREPLACEABLE.has(codeOf(error) ?? '')) throw error;
    writeFileSync(file, after, 'latin1');
  }
}

function writeDurably(file: string, text: string): void {
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    writeFileSync(descriptor, text, 'latin1');
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
