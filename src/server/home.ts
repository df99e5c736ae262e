import { accessSync, constants, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Failure, messageOf } from '../base/failure.js';
import {
  claimOwnership,
  isAlive,
  readOwner,
  type Owner,
  type Ownership,
} from '../base/owner-file.js';
import { makeFolder } from '../base/make-folder.js';

/** The folder everything of one Lazurite lives in. */
export class Home {
  readonly directory: string;
  #ownership: Ownership | undefined;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** `path('ca', 'ca.pem')` → `<home>/ca/ca.pem` */
  path(...segments: string[]): string {
    return join(this.directory, ...segments);
  }

  /** The process that owns the home, if it is alive. */
  owner(): Owner | undefined {
    const owner = readOwner(this.#ownerFile);
    return owner && isAlive(owner) ? owner : undefined;
  }

  /**
   * Makes this process the owner. Only the owner may write below the home; call `release` at the end.
   *
   * @throws Failure when the folder can't be written, or another live process owns it.
   */
  claim(): void {
    this.prepare();
    this.#ownership = claimOwnership(this.#ownerFile);
  }

  /**
   * Makes the folders of a home that nobody owns.
   *
   * @throws Failure as `claim` does
   */
  prepare(): void {
    this.refuseSecondOwner();
    this.#createFolders();
  }

  /** @throws Failure when a live process owns the home; changes nothing. */
  refuseSecondOwner(): void {
    const owner = this.owner();
    if (owner) throw this.#owned(owner);
  }

  /** Takes back what tells clients where to find this Lazurite, then the claim. */
  release(): void {
    for (const name of ['connection.json', 'env.json']) {
      rmSync(this.path('run', name), { force: true });
    }
    this.#ownership?.release();
    this.#ownership = undefined;
  }

  get #ownerFile(): string {
    return this.path('run', 'owner.json');
  }

  #createFolders(): void {
    try {
      for (const folder of [this.path('run'), this.path('logs')]) {
        makeFolder(folder);
        accessSync(folder, constants.W_OK);
      }
    } catch (error) {
      throw new Failure(`can't write to the home folder ${this.directory}`, {
        why: messageOf(error),
        help: 'lazurite up --home DIR   (a folder of yours; or set LAZURITE_HOME)',
        cause: error,
      });
    }
  }

  #owned(owner: Owner): Failure {
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
