import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as othersTurn } from 'node:timers/promises';
import { codeOf } from '../../../base/failure.js';
import { BuildError, type BuildRequest } from '../../image-builder.js';
import {
  fileIdentity,
  FileTree,
  newDirectory,
  type DirectoryNode,
  type TreeNode,
} from '../tree/file-tree.js';
import { parseIgnoreRules, type IgnoreRules } from './dockerignore.js';

/** The directory that COPY and ADD read from. */
export interface BuildContext {
  /** The files that are not ignored, owned by root; read from the disk once. */
  tree(): Promise<FileTree>;
}

/** Files in one context; beyond this something is wrong with the directory. */
const MAX_FILES = 1_000_000;
/** Listing without waiting is ten times as fast; a server must not be deaf for longer than this takes. */
const FILES_A_TURN = 500;

export async function openContext(request: BuildRequest): Promise<BuildContext> {
  const { contextDirectory } = request;
  const root = await realpath(contextDirectory).catch((error: unknown) => {
    const code = codeOf(error) ?? '';
    throw new BuildError(`unable to prepare context: path "${contextDirectory}": ${code}`);
  });
  const rules = await readIgnoreRules(root, request);
  let scanned: Promise<FileTree> | undefined;
  return {
    tree: () => (scanned ??= scan(root, rules)),
  };
}

/** A file named after the Dockerfile goes before the common one. */
async function readIgnoreRules(
  root: string,
  { dockerfile, dockerfileDirectory = root }: BuildRequest,
): Promise<IgnoreRules> {
  const places: [string, string][] = [
    [dockerfileDirectory, `${dockerfile}.dockerignore`],
    [root, '.dockerignore'],
  ];
  for (const [directory, name] of places) {
    const text = await readContextFile(directory, name).catch(() => undefined);
    if (text !== undefined) return parseIgnoreRules(text);
  }
  return parseIgnoreRules('');
}

/**
 * Reads a text file of the context, refusing one that a link leads out of it.
 *
 * @throws BuildError, or the error of the file system
 */
export async function readContextFile(root: string, name: string): Promise<string> {
  const base = await realpath(root);
  const file = await realpath(path.resolve(base, name));
  if (file !== base && !file.startsWith(base + path.sep)) {
    throw new BuildError(`forbidden path outside the build context: ${name}`);
  }
  return readFile(file, 'utf8');
}

async function scan(root: string, rules: IgnoreRules): Promise<FileTree> {
  const tree = new FileTree();
  const pending: { directory: DirectoryNode; relative: string }[] = [
    { directory: tree.root, relative: '' },
  ];
  let count = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { directory, relative } = next;
    for (const name of readdirSync(path.join(root, relative))) {
      if (++count > MAX_FILES)
        throw new BuildError(`build context has more than ${MAX_FILES} files`);
      if (count % FILES_A_TURN === 0) await othersTurn();
      const where = relative === '' ? name : `${relative}/${name}`;
      const excluded = rules.excludes(where);
      if (excluded && !rules.hasExceptions) continue;
      const node = readNode(`${root}/${where}`);
      if (node === undefined || (excluded && node.type !== 'directory')) continue;
      directory.children.set(name, node);
      if (node.type === 'directory') pending.push({ directory: node, relative: where });
    }
  }
  if (rules.hasExceptions) dropEmptyExcluded(tree.root, '', rules);
  return tree;
}

/** Excluded directories were kept only for what an exception might take in below them. */
function dropEmptyExcluded(directory: DirectoryNode, relative: string, rules: IgnoreRules): void {
  for (const [name, node] of directory.children) {
    if (node.type !== 'directory') continue;
    const where = relative === '' ? name : `${relative}/${name}`;
    dropEmptyExcluded(node, where, rules);
    if (node.children.size === 0 && rules.excludes(where)) directory.children.delete(name);
  }
}

function readNode(file: string): TreeNode | undefined {
  const stats = lstatSync(file);
  const mtime = Math.floor(stats.mtimeMs / 1000);
  const attributes = { mode: stats.mode & 0o7777, uid: 0, gid: 0, mtime };
  if (stats.isDirectory()) return newDirectory(attributes);
  if (stats.isSymbolicLink()) return { type: 'symlink', ...attributes, target: readlinkSync(file) };
  if (!stats.isFile()) return undefined; // sockets and devices are no part of a context
  const content = { file, offset: 0 };
  const { size } = stats;
  return { type: 'file', ...attributes, size, content, identity: fileIdentity(stats) };
}
