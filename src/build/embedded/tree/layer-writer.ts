import { createHash, randomUUID, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import tar from 'tar-stream';
import type { Descriptor } from '../../../oci/descriptor.js';
import type { Digest } from '../../../oci/digest.js';
import type { OciLayout } from '../../../image/layout/oci-layout.js';
import { BuildError, type LayerCompression } from '../../image-builder.js';
import { createCompressor, LAYER_MEDIA_TYPE } from './compressors.js';
import type { FileNode, TreeNode } from './file-tree.js';
import { contentOf } from './read-content.js';

type TarHeader = Partial<tar.Header> & Pick<tar.Header, 'name'>;

/** What one instruction changed: nodes by absolute path, and paths that are gone. */
export interface LayerDraft {
  nodes: Map<string, TreeNode>;
  removed?: ReadonlySet<string>;
}

export interface WrittenLayer {
  descriptor: Descriptor;
  diffId: Digest;
}

export interface LayerOptions {
  compression: LayerCompression;
  /** Every file time later than this becomes it. */
  epoch: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Writes a layer into the layout. The same draft always gives the same bytes: entries are sorted, users
 * go by number only, and compression leaves no time and no name.
 */
export async function writeLayer(
  draft: LayerDraft,
  layout: OciLayout,
  { compression, epoch, signal }: LayerOptions,
): Promise<WrittenLayer> {
  const directory = path.join(layout.directory, 'blobs', 'sha256');
  await mkdir(directory, { recursive: true });
  const temporary = path.join(directory, `.layer-${randomUUID()}`);
  const plain = createHash('sha256');
  const compressed = createHash('sha256');
  const size = { bytes: 0 };
  const pack = tar.pack();
  try {
    await Promise.all([
      pipeline(
        pack,
        tap(plain),
        await createCompressor(compression),
        tap(compressed, size),
        createWriteStream(temporary),
        ...(signal ? [{ signal }] : []),
      ),
      packDraft(pack, draft, epoch).catch((error: unknown) => {
        pack.destroy(error instanceof Error ? error : new Error(String(error)));
        throw error;
      }),
    ]);
    const digest = `sha256:${compressed.digest('hex')}` as Digest;
    await rename(temporary, layout.blobPath(digest));
    return {
      descriptor: { mediaType: LAYER_MEDIA_TYPE[compression], digest, size: size.bytes },
      diffId: `sha256:${plain.digest('hex')}` as Digest,
    };
  } finally {
    await rm(temporary, { force: true });
  }
}

function tap(hash: Hash, size?: { bytes: number }): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      if (size) size.bytes += chunk.length;
      done(null, chunk);
    },
  });
}

async function packDraft(
  pack: tar.Pack,
  draft: LayerDraft,
  epoch: number | undefined,
): Promise<void> {
  const whiteouts = [...(draft.removed ?? [])].map(whiteoutPath);
  const paths = [...draft.nodes.keys(), ...whiteouts].sort();
  const written = new Map<TreeNode, string>();
  for (const where of paths) {
    const node = draft.nodes.get(where);
    const name = where.slice(1);
    if (node === undefined) await whiteout(pack, name, epoch);
    else if (written.has(node)) await hardLink(pack, name, node, written.get(node) ?? '', epoch);
    else {
      if (node.type === 'file') written.set(node, name);
      await packNode(pack, name, node, epoch);
    }
  }
  pack.finalize();
}

function whiteoutPath(removed: string): string {
  return path.posix.join(path.posix.dirname(removed), `.wh.${path.posix.basename(removed)}`);
}

function header(name: string, node: TreeNode, epoch: number | undefined): TarHeader {
  const mtime = epoch === undefined ? node.mtime : Math.min(node.mtime, epoch);
  return {
    name: node.type === 'directory' ? `${name}/` : name,
    mode: node.mode,
    uid: node.uid,
    gid: node.gid,
    mtime: new Date(mtime * 1000),
    ...(node.xattrs && { pax: xattrRecords(node.xattrs) }),
  };
}

function xattrRecords(xattrs: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...xattrs].map(([name, value]) => [`SCHILY.xattr.${name}`, value]));
}

function packNode(
  pack: tar.Pack,
  name: string,
  node: TreeNode,
  epoch: number | undefined,
): Promise<void> {
  const common = header(name, node, epoch);
  switch (node.type) {
    case 'directory':
      return packEmpty(pack, { ...common, type: 'directory' });
    case 'symlink':
      return packEmpty(pack, { ...common, type: 'symlink', linkname: node.target });
    case 'file':
      return packFile(pack, common, node);
    default:
      return packEmpty(pack, {
        ...common,
        type: node.type,
        devmajor: node.major,
        devminor: node.minor,
      });
  }
}

function whiteout(pack: tar.Pack, name: string, epoch: number | undefined): Promise<void> {
  const mtime = new Date((epoch ?? 0) * 1000);
  return packEmpty(pack, { name, mode: 0o644, uid: 0, gid: 0, mtime, type: 'file', size: 0 });
}

function hardLink(
  pack: tar.Pack,
  name: string,
  node: TreeNode,
  linkname: string,
  epoch: number | undefined,
): Promise<void> {
  return packEmpty(pack, { ...header(name, node, epoch), type: 'link', linkname });
}

function packEmpty(pack: tar.Pack, entry: TarHeader): Promise<void> {
  return packWhole(pack, entry, '');
}

function packWhole(pack: tar.Pack, entry: TarHeader, content: Buffer | string): Promise<void> {
  return new Promise((resolve, reject) => {
    pack.entry(entry, content, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

async function packFile(pack: tar.Pack, common: TarHeader, node: FileNode): Promise<void> {
  const header: TarHeader = { ...common, type: 'file', size: node.size };
  let length = 0;
  let large: LargeEntry | undefined;
  for await (const chunk of contentOf(node)) {
    length += chunk.length;
    if (length === node.size && large === undefined) return packWhole(pack, header, chunk);
    large ??= new LargeEntry(pack, header);
    await large.write(chunk);
  }
  if (length !== node.size) throw new BuildError(`${node.content.file} changed while it was read`);
  if (large) await large.end();
  else await packEmpty(pack, header);
}

/** An entry whose content comes in pieces. */
class LargeEntry {
  readonly #entry: NodeJS.WritableStream;
  readonly #done: Promise<void>;

  constructor(pack: tar.Pack, header: TarHeader) {
    let told: (error?: Error | null) => void = () => undefined;
    this.#done = new Promise((resolve, reject) => {
      told = (error) => {
        if (error) reject(error);
        else resolve();
      };
    });
    this.#done.catch(() => undefined); // told to whoever writes
    this.#entry = pack.entry(header, (error) => {
      told(error);
    });
  }

  async write(chunk: Buffer): Promise<void> {
    if (!this.#entry.write(chunk)) await Promise.race([once(this.#entry, 'drain'), this.#done]);
  }

  async end(): Promise<void> {
    this.#entry.end();
    await this.#done;
  }
}
