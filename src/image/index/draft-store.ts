import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf, Failure, messageOf } from '../../base/failure.js';
import { DocumentError } from '../../oci/document.js';
import { formatReference, type Reference } from '../../oci/reference.js';
import { claimOwnership, type Ownership } from '../../base/owner-file.js';
import { formatDraft, parseDraft, type IndexDraft } from './index-draft.js';

const LOCK_WAIT_MS = 10_000;
const LOCK_RETRY_MS = 20;

/**
 * Drafts of indexes in a folder, one file a target. Several processes may work on them at once: a file is
 * replaced whole, and edits of one draft take turns.
 */
export class DraftStore {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** @throws Failure when the file is damaged */
  async load(target: Reference): Promise<IndexDraft | undefined> {
    return readDraft(this.#file(target), `the draft of ${formatReference(target)}`);
  }

  /**
   * Every draft, in the order of their references.
   *
   * @throws Failure when a file is damaged
   */
  async list(): Promise<IndexDraft[]> {
    const names = await readdir(this.directory).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    });
    const files = names.filter((name) => name.endsWith('.json'));
    const drafts = await Promise.all(
      files.map((name) => readDraft(path.join(this.directory, name), 'a draft')),
    );
    return drafts
      .filter((draft) => draft !== undefined)
      .sort((a, b) => (formatReference(a.target) < formatReference(b.target) ? -1 : 1));
  }

  /** Replaces a draft by what `edit` makes of it; nobody else changes it meanwhile. */
  async update(
    target: Reference,
    edit: (draft: IndexDraft | undefined) => IndexDraft,
  ): Promise<IndexDraft> {
    return this.#locked(target, async () => {
      const edited = edit(await this.load(target));
      await this.#write(this.#file(target), formatDraft(edited));
      return edited;
    });
  }

  /** @returns whether there was one */
  async remove(target: Reference): Promise<boolean> {
    return this.#locked(target, () => this.#remove(target));
  }

  /** Removes the draft unless it has been edited since. @returns whether it was removed */
  async removeUnchanged(draft: IndexDraft): Promise<boolean> {
    return this.#locked(draft.target, async () => {
      const current = await this.load(draft.target);
      if (current === undefined || formatDraft(current) !== formatDraft(draft)) return false;
      return this.#remove(draft.target);
    });
  }

  async #remove(target: Reference): Promise<boolean> {
    try {
      await rm(this.#file(target));
      return true;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false;
      throw error;
    }
  }

  /** References are longer than file names may be. */
  #file(target: Reference): string {
    const name = createHash('sha256').update(formatReference(target)).digest('hex');
    return path.join(this.directory, `${name}.json`);
  }

  async #write(file: string, text: string): Promise<void> {
    const temporary = `${file}.${randomUUID()}`;
    try {
      const handle = await open(temporary, 'wx', 0o600);
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, file);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async #locked<T>(target: Reference, work: () => Promise<T>): Promise<T> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    const ownership = await claimInTurn(`${this.#file(target)}.owner`, formatReference(target));
    try {
      return await work();
    } finally {
      ownership.release();
    }
  }
}

async function readDraft(file: string, what: string): Promise<IndexDraft | undefined> {
  try {
    return parseDraft(await readFile(file));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (!(error instanceof DocumentError)) throw error;
    throw new Failure(`${what} cannot be read`, {
      why: `${file}: ${error.message}`,
      help: `remove ${file} and create the index again`,
      cause: error,
    });
  }
}

async function claimInTurn(file: string, target: string): Promise<Ownership> {
  const deadline = Date.now() + LOCK_WAIT_MS;
  for (;;) {
    try {
      return claimOwnership(file);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (Date.now() > deadline) {
        throw new Failure(`the draft of ${target} is being edited by someone else`, {
          why: messageOf(error),
          help: 'try again when that has ended',
          cause: error,
        });
      }
    }
    await delay(LOCK_RETRY_MS);
  }
}
