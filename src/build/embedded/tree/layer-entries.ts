import { DocumentError } from '../../../oci/document.js';
import { cleanPath, newDirectory, type FileTree, type TreeNode } from './file-tree.js';

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

interface EntryAttributes {
  mode: number;
  uid: number;
  gid: number;
  mtime: number;
  /** Extended attributes, name and value. */
  xattrs?: [string, string][];
}

/** What a layer says of one path; contents lie in a file of their own. */
export type LayerEntry = { path: string } & (
  | { type: 'whiteout' }
  | { type: 'link'; target: string }
  | (EntryAttributes &
      (
        | { type: 'directory' }
        | { type: 'file'; size: number; offset: number }
        | { type: 'symlink'; target: string }
        | { type: 'character-device' | 'block-device' | 'fifo'; major: number; minor: number }
      ))
);

/** Where the contents of a layer's files are. */
export interface LayerContent {
  file: string;
  /** See `FileNode`. */
  identity?: string;
}

/** Whether the last name of a path removes something. */
export function isWhiteout(path: string): boolean {
  return path.slice(path.lastIndexOf('/') + 1).startsWith(WHITEOUT);
}

/**
 * Puts the files of a layer onto a tree, whiteouts included.
 *
 * @param content the file that holds the contents, and what says that they are the same another time
 * @throws DocumentError for a hard link that leads nowhere; TreePathError
 */
export function applyEntries(
  tree: FileTree,
  entries: readonly LayerEntry[],
  content: LayerContent,
): void {
  for (const entry of entries) {
    if (entry.type === 'whiteout') applyWhiteout(tree, entry.path);
    else applyEntry(tree, entry, content);
  }
}

function applyWhiteout(tree: FileTree, path: string): void {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const directory = tree.resolve(path.slice(0, path.length - name.length));
  if (name !== OPAQUE) {
    tree.remove(`${directory}/${name.slice(WHITEOUT.length)}`);
    return;
  }
  const node = tree.lookup(directory);
  if (node?.type === 'directory') node.children.clear();
}

function applyEntry(
  tree: FileTree,
  entry: Exclude<LayerEntry, { type: 'whiteout' }>,
  content: LayerContent,
): void {
  const target = tree.resolveParents(entry.path);
  if (entry.type === 'link') {
    const linked = tree.lookup(cleanPath(entry.target));
    if (linked === undefined) throw new DocumentError(`hard link ${entry.path} leads nowhere`);
    tree.set(target, linked);
    return;
  }
  const node = nodeOf(entry, content);
  const existing = target === '/' ? tree.root : tree.lookup(target);
  if (node.type === 'directory' && existing?.type === 'directory') {
    Object.assign(existing, { ...node, children: existing.children });
  } else tree.set(target, node);
}

function nodeOf(
  entry: Exclude<LayerEntry, { type: 'whiteout' | 'link' }>,
  content: LayerContent,
): TreeNode {
  const { mode, uid, gid, mtime, xattrs } = entry;
  const attributes = { mode, uid, gid, mtime, ...(xattrs && { xattrs: new Map(xattrs) }) };
  switch (entry.type) {
    case 'directory':
      return newDirectory(attributes);
    case 'file': {
      const { file, identity } = content;
      return {
        ...{ type: 'file', ...attributes, size: entry.size },
        content: { file, offset: entry.offset },
        ...(identity !== undefined && { identity }),
      };
    }
    case 'symlink':
      return { type: 'symlink', ...attributes, target: entry.target };
    default:
      return { type: entry.type, ...attributes, major: entry.major, minor: entry.minor };
  }
}
