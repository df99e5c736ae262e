import { insertSorted, removeSorted, upperBound } from '../storage/sorted-keys.js';
import type { TagDocument } from './documents.js';

/** A page of names, and whether more follow. */
export interface Page<T> {
  items: T[];
  more: boolean;
}

/** Sorted names with their pages and, for the common question, the whole answer ready to send. */
export class NameIndex {
  readonly #names: string[];
  readonly #render: (names: readonly string[]) => unknown;
  #whole: Buffer | undefined;

  /** @param names ascending */
  constructor(names: string[], render: (names: readonly string[]) => unknown) {
    this.#names = names;
    this.#render = render;
  }

  get names(): readonly string[] {
    return this.#names;
  }

  add(name: string): void {
    insertSorted(this.#names, name);
    this.#whole = undefined;
  }

  remove(name: string): void {
    removeSorted(this.#names, name);
    this.#whole = undefined;
  }

  /** The JSON text of all names. */
  whole(): Buffer {
    this.#whole ??= this.json(this.#names);
    return this.#whole;
  }

  json(names: readonly string[]): Buffer {
    return Buffer.from(JSON.stringify(this.#render(names)));
  }

  page(last: string | undefined, limit: number): Page<string> {
    const from = last === undefined ? 0 : upperBound(this.#names, last);
    return {
      items: this.#names.slice(from, from + limit),
      more: from + limit < this.#names.length && limit > 0,
    };
  }
}

/** The tags of one repository, held in memory while it is in use. */
export class TagIndex extends NameIndex {
  readonly #documents: Map<string, TagDocument>;
  #byDigest: Map<string, string[]> | undefined;

  /** @param entries ascending by tag */
  constructor(repository: string, entries: readonly { tag: string; document: TagDocument }[]) {
    super(
      entries.map(({ tag }) => tag),
      (tags) => ({ name: repository, tags }),
    );
    this.#documents = new Map(entries.map(({ tag, document }) => [tag, document]));
  }

  get(tag: string): TagDocument | undefined {
    return this.#documents.get(tag);
  }

  set(tag: string, document: TagDocument): void {
    if (!this.#documents.has(tag)) this.add(tag);
    this.#documents.set(tag, document);
    this.#byDigest = undefined;
  }

  delete(tag: string): void {
    if (!this.#documents.delete(tag)) return;
    this.remove(tag);
    this.#byDigest = undefined;
  }

  /** Ascending. */
  tagsOf(digest: string): readonly string[] {
    this.#byDigest ??= this.#group();
    return this.#byDigest.get(digest) ?? [];
  }

  #group(): Map<string, string[]> {
    const groups = new Map<string, string[]>();
    for (const tag of this.names) {
      const digest = this.#documents.get(tag)?.digest ?? '';
      const group = groups.get(digest);
      if (group === undefined) groups.set(digest, [tag]);
      else group.push(tag);
    }
    return groups;
  }
}
