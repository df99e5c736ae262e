import * as fs from 'node:fs';
import { join } from 'node:path';
import type { Header } from 'tar-stream';
import { entryComponents, UnsafeEntryError } from '../../../oci/layer/entry-path.js';
import { whiteoutOf } from '../../../oci/layer/whiteout.js';
import { DirectoryWalk } from './directory-walk.js';

/** What a layer's tar holds besides the files unpacked; all paths without leading slash. */
export interface LayerNotes {
  /** Paths that the layers below lose. */
  whiteouts: string[];
  /** Directories whose content in the layers below is hidden. */
  opaques: string[];
  /** Directories made because an entry lies in them, without an entry of their own. */
  implicit: string[];
  /** Named pipes, to be made by the helper. */
  pipes: { path: string; mode: number }[];
  /** Capabilities of programs, in hex, to be given by the helper. */
  capabilities: { path: string; hex: string }[];
  /** Device nodes, never made: a container gets its devices from the runtime. */
  skippedDevices: number;
}

interface Times {
  path: string;
  mode: number;
  mtime: Date;
}

/** An owner's own access must stay where there is no superuser to override it. */
const OWNER_FILE = 0o400;
const OWNER_DIRECTORY = 0o700;

/**
 * Unpacks tar entries into an empty directory that nothing else touches. File system calls are synchronous:
 * each is short, and one thread's hand-over costs more than the call.
 */
export class LayerExtractor {
  readonly notes: LayerNotes = {
    whiteouts: [],
    opaques: [],
    implicit: [],
    pipes: [],
    capabilities: [],
    skippedDevices: 0,
  };
  readonly #root: string;
  readonly #privileged: boolean;
  readonly #walk: DirectoryWalk;
  readonly #directories = new Map<string, Times>();

  /** @param privileged Whether owners can be set, as the superuser can. */
  constructor(root: string, privileged: boolean) {
    this.#root = root;
    this.#privileged = privileged;
    this.#walk = new DirectoryWalk(root, (path) => this.notes.implicit.push(path.join('/')));
  }

  /**
   * Unpacks one entry and consumes its body.
   *
   * @throws UnsafeEntryError for an entry that would reach outside, or that no directory can hold.
   */
  async add(header: Header, body: AsyncIterable<unknown>): Promise<void> {
    const components = entryComponents(header.name);
    const name = components.at(-1);
    if (name === undefined) return drain(body);
    const parent = this.#walk.resolve(components.slice(0, -1));
    const whiteout = whiteoutOf(name);
    if (whiteout.kind !== 'none') {
      if (whiteout.kind === 'opaque') this.notes.opaques.push(parent.join('/'));
      if (whiteout.kind === 'removes')
        this.notes.whiteouts.push([...parent, whiteout.name].join('/'));
      return drain(body);
    }
    await this.#create([...parent, name], header, body);
  }

  /** Gives directories their modes and times, which writing into them would have disturbed or prevented. */
  finish(): void {
    for (const { path, mode, mtime } of [...this.#directories.values()].reverse()) {
      fs.chmodSync(path, mode);
      fs.utimesSync(path, mtime, mtime);
    }
  }

  async #create(components: string[], header: Header, body: AsyncIterable<unknown>): Promise<void> {
    const path = join(this.#root, ...components);
    const isDirectory = header.type === 'directory';
    this.#makeRoom(path, components, isDirectory);
    switch (header.type) {
      case 'directory':
        this.#directory(path, components, header);
        break;
      case 'symlink':
        fs.symlinkSync(header.linkname, path);
        this.#own(path, header);
        fs.lutimesSync(path, header.mtime, header.mtime);
        break;
      case 'link':
        this.#hardLink(path, header);
        break;
      case 'fifo':
        this.notes.pipes.push({ path: components.join('/'), mode: header.mode });
        break;
      case 'character-device':
      case 'block-device':
        this.notes.skippedDevices += 1;
        break;
      case 'file':
      case 'contiguous-file':
        await this.#file(path, header, body);
        this.#noteCapability(components, header);
        return;
      default:
        throw new UnsafeEntryError(header.name, `its type ${String(header.type)} is not known`);
    }
    await drain(body);
  }

  /** A later entry of the same name replaces an earlier one; only two directories merge. */
  #makeRoom(path: string, components: string[], isDirectory: boolean): void {
    const stat = fs.lstatSync(path, { throwIfNoEntry: false });
    if (!stat || (stat.isDirectory() && isDirectory)) return;
    this.#walk.forget(components);
    for (const known of this.#directories.keys()) {
      if (known === path || known.startsWith(`${path}/`)) this.#directories.delete(known);
    }
    fs.rmSync(path, { recursive: true, force: true });
  }

  #directory(path: string, components: string[], header: Header): void {
    if (!fs.existsSync(path)) fs.mkdirSync(path, 0o700);
    this.#own(path, header);
    const implicit = this.notes.implicit.indexOf(components.join('/'));
    if (implicit >= 0) this.notes.implicit.splice(implicit, 1);
    const mode = header.mode | (this.#privileged ? 0 : OWNER_DIRECTORY);
    this.#directories.set(path, { path, mode, mtime: header.mtime });
  }

  /** @throws UnsafeEntryError when the target is outside, missing or a directory. */
  #hardLink(path: string, header: Header): void {
    const target = entryComponents(header.linkname);
    const name = target.pop();
    if (name === undefined) throw new UnsafeEntryError(header.name, 'it links to nothing');
    const parent = new DirectoryWalk(this.#root).resolve(target);
    const real = join(this.#root, ...parent, name);
    const stat = fs.lstatSync(real, { throwIfNoEntry: false });
    if (!stat || stat.isDirectory()) {
      throw new UnsafeEntryError(
        header.name,
        `it is a hard link to ${JSON.stringify(header.linkname)}, which is no file of this layer`,
      );
    }
    fs.linkSync(real, path);
  }

  async #file(path: string, header: Header, body: AsyncIterable<unknown>): Promise<void> {
    const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = fs.constants;
    const file = fs.openSync(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600);
    try {
      for await (const chunk of body) {
        if (chunk instanceof Uint8Array) writeWhole(file, chunk);
      }
      if (this.#privileged) fs.fchownSync(file, header.uid, header.gid);
      fs.fchmodSync(file, header.mode | (this.#privileged ? 0 : OWNER_FILE));
      fs.futimesSync(file, header.mtime, header.mtime);
    } finally {
      fs.closeSync(file);
    }
  }

  /** The reader takes records for text; what is none is left out, as it is no longer what it was. */
  #noteCapability(components: string[], { pax }: Header): void {
    const text = (pax as Record<string, string> | null)?.['SCHILY.xattr.security.capability'];
    if (!this.#privileged || text === undefined || text.includes('\uFFFD')) return;
    const path = components.join('/');
    this.notes.capabilities.push({ path, hex: Buffer.from(text).toString('hex') });
  }

  #own(path: string, header: Header): void {
    if (this.#privileged) fs.lchownSync(path, header.uid, header.gid);
  }
}

function writeWhole(file: number, chunk: Uint8Array): void {
  for (let at = 0; at < chunk.length;) at += fs.writeSync(file, chunk, at);
}

async function drain(body: AsyncIterable<unknown>): Promise<void> {
  const chunks = body[Symbol.asyncIterator]();
  while (!(await chunks.next()).done);
}
