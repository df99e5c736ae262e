import {
  accessSync,
  constants,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { codeOf, Failure, messageOf } from '../base/failure.js';
import { identityOf, isAlive, type ProcessIdentity } from './process-identity.js';

/** The folder everything of one Lazurite lives in. */
export class Home {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** `path('ca', 'ca.pem')` → `<home>/ca/ca.pem` */
  path(...segments: string[]): string {
    return join(this.directory, ...segments);
  }

  /** The process that owns the home, if it is alive. */
  owner(): ProcessIdentity | undefined {
    const owner = readOwner(this.path('run', 'owner.json'));
    return owner && isAlive(owner) ? owner : undefined;
  }

  /**
   * Makes this process the owner. Only the owner may write below the home; call `release` at the end.
   *
   * @throws Failure when the folder can't be written, or another live process owns it.
   */
  claim(): void {
    this.#createFolders();
    const file = this.path('run', 'owner.json');
    const content = JSON.stringify(identityOf(process.pid));
    for (let attempt = 0; attempt < 3; attempt += 1) {
      try {
        writeFileSync(file, content, { flag: 'wx', mode: 0o600 });
        return;
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
      }
      const owner = readOwner(file);
      if (owner && isAlive(owner)) throw this.#owned(owner);
      discardStale(file);
    }
    throw new Failure(`could not take over the home ${this.directory}`, {
      why: 'another process takes it over at the same time',
      help: 'lazurite status',
    });
  }

  release(): void {
    for (const name of ['connection.json', 'env.json', 'owner.json']) {
      rmSync(this.path('run', name), { force: true });
    }
  }

  #createFolders(): void {
    try {
      mkdirSync(this.path('run'), { recursive: true, mode: 0o700 });
      accessSync(this.path('run'), constants.W_OK);
    } catch (error) {
      throw new Failure(`can't write to the home folder ${this.directory}`, {
        why: messageOf(error),
        help: 'lazurite up --home DIR   (a folder of yours; or set LAZURITE_HOME)',
        cause: error,
      });
    }
  }

  #owned(owner: ProcessIdentity): Failure {
    return new Failure(`Lazurite already runs in ${this.directory}`, {
      why: `process ${owner.pid} owns this home, and a home has one owner`,
      help: 'lazurite status   (or: lazurite down; or another home: lazurite up --home DIR --port 0)',
    });
  }
}

/** `--home`, else `$LAZURITE_HOME`, else `~/.lazurite`. */
export function homeDirectory(option?: string): string {
  return resolve(option ?? process.env['LAZURITE_HOME'] ?? join(homedir(), '.lazurite'));
}

/** Renames before it deletes, so that of two starters only one removes a given file. */
function discardStale(file: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  const grabbed = readOwner(aside);
  if (grabbed && isAlive(grabbed)) renameSync(aside, file);
  else rmSync(aside, { force: true });
}

function readOwner(file: string): ProcessIdentity | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value !== 'object' || value === null || !('pid' in value)) return undefined;
    if (typeof value.pid !== 'number') return undefined;
    const ticks = 'startTicks' in value ? value.startTicks : undefined;
    return typeof ticks === 'number' ? { pid: value.pid, startTicks: ticks } : { pid: value.pid };
  } catch {
    return undefined; // absent, or torn by a crash while it was written: nobody owns it
  }
}
