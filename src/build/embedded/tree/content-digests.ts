import { createHash, randomUUID } from 'node:crypto';
import { lstatSync, type Stats } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isRecord } from '../../../oci/document.js';
import { fileIdentity, isLayerIdentity, type FileNode } from './file-tree.js';
import { contentOf } from './read-content.js';

const MAX_REMEMBERED = 200_000;
/**
 * A file that changed this recently may change again without the clock of its file system showing it: that of Linux
 * ticks 100 times a second or more often, some file systems keep every other second.
 */
const SETTLED_MS = 100;
const COARSE_SETTLED_MS = 2_000;
const VERSION = 2;

/**
 * Digests of file contents by what the file system says of the file, kept from process to process, so that
 * a build of a large context reads only what changed. Losing it costs time and nothing else.
 */
export class ContentDigests {
  readonly #file: string;
  readonly #now: () => Date;
  #known: Map<string, string> | undefined;
  #isChanged = false;

  constructor(file: string, now: () => Date) {
    this.#file = file;
    this.#now = now;
  }

  /** Reads what is kept; `known` knows nothing before. */
  async open(): Promise<Map<string, string>> {
    return (this.#known ??= await load(this.#file));
  }

  /** The digest of a file that was listed and is remembered. */
  known(node: FileNode): string | undefined {
    return node.identity === undefined ? undefined : this.#known?.get(keyOf(node.identity, node));
  }

  /** SHA-256 of a file's bytes, in hex. What is known of a file that was just listed costs no look at it. */
  async of(node: FileNode): Promise<string> {
    const known = await this.open();
    const listed = node.identity === undefined ? undefined : keyOf(node.identity, node);
    const digest = this.known(node);
    if (digest !== undefined) return digest;
    const found = await this.#read(known, node);
    if (listed !== undefined && isLayerIdentity(node.identity ?? '')) {
      this.#remember(known, listed, found);
    }
    return found;
  }

  async #read(known: Map<string, string>, node: FileNode): Promise<string> {
    const before = lstatSync(node.content.file);
    const key = keyOf(fileIdentity(before), node);
    const digest = known.get(key);
    if (digest !== undefined) return digest;
    const hash = createHash('sha256');
    for await (const chunk of contentOf(node)) hash.update(chunk);
    const found = hash.digest('hex');
    if (this.#isSettled(before)) this.#remember(known, key, found);
    return found;
  }

  /** Writes what was learned; a process that saves at the same time wins or loses as a whole. */
  async save(): Promise<void> {
    if (!this.#isChanged || this.#known === undefined) return;
    this.#isChanged = false;
    const temporary = `${this.#file}.${randomUUID()}`;
    try {
      await mkdir(path.dirname(this.#file), { recursive: true });
      const digests = Object.fromEntries(this.#known);
      await writeFile(temporary, JSON.stringify({ version: VERSION, digests }), { mode: 0o600 });
      await rename(temporary, this.#file);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  #isSettled({ mtimeMs, ctimeMs }: Stats): boolean {
    const isCoarse = ctimeMs % 1000 === 0;
    const latest = this.#now().getTime() - (isCoarse ? COARSE_SETTLED_MS : SETTLED_MS);
    return ctimeMs < latest && mtimeMs < latest;
  }

  #remember(known: Map<string, string>, key: string, digest: string): void {
    const [oldest] = known.keys();
    if (known.size >= MAX_REMEMBERED && oldest !== undefined) known.delete(oldest);
    known.set(key, digest);
    this.#isChanged = true;
  }
}

function keyOf(identity: string, { content, size }: FileNode): string {
  return `${identity}:${content.offset}:${size}`;
}

async function load(file: string): Promise<Map<string, string>> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (!isRecord(value) || value['version'] !== VERSION || !isRecord(value['digests'])) {
      return new Map();
    }
    const entries = Object.entries(value['digests']);
    return new Map(entries.filter((entry): entry is [string, string] => isDigest(entry[1])));
  } catch {
    return new Map(); // absent or damaged: learned again
  }
}

/** Whether it can be one; all that a wrong one would do is miss the cache. */
function isDigest(value: unknown): boolean {
  return typeof value === 'string' && value.length === 64;
}
