import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createReadStream } from 'node:fs';
import { DocumentError } from '../../oci/document.js';
import type { CopyInstruction, TextInstruction } from './dockerfile/instructions.js';
import { WordError } from './dockerfile/words.js';
import type { Execution } from './execution.js';
import type { StageState } from './stage-state.js';
import { fetchRemoteFile, type RemoteFile } from './context/remote-file.js';
import { decompressWith } from './context/external-decompress.js';
import { copyInto, CopyError, type CopyOptions } from './tree/copy.js';
import { FileTree, newDirectory, walkTree, type FileNode } from './tree/file-tree.js';
import { applyLayer } from './tree/layer-reader.js';
import type { LayerDraft } from './tree/layer-writer.js';
import { headOf } from './tree/read-content.js';
import { findOwner, type Owner } from './tree/users.js';
import { expandWord, type Lookup } from './dockerfile/expand.js';

const REMOTE = /^(?:https?|git|ssh):\/\/|^git@/i;

/** COPY and ADD. @throws CopyError, WordError, TreePathError */
export async function copyFiles(
  execution: Execution,
  state: StageState,
  instruction: CopyInstruction,
  lookup: Lookup,
): Promise<LayerDraft> {
  const { escape } = execution.dockerfile;
  const expand = (text: string): string => expandWord(text, { lookup, escape });
  const image = await state.tree();
  // A linked copy stands on its own: it follows no link of the image and replaces what is in its way.
  const target = instruction.link ? new FileTree() : image;
  const destination = destinationPath(expand(instruction.destination), state);
  const options = await copyOptions(execution, instruction, image, expand);
  const inline = instruction.heredocs.map((heredoc) => heredoc.name);
  const words = instruction.sources.filter((source) => !isHeredocWord(source, inline)).map(expand);
  const isRemote = (word: string): boolean => instruction.keyword === 'ADD' && REMOTE.test(word);
  const sources = words.filter((word) => !isRemote(word));
  const nodes: LayerDraft['nodes'] = new Map();
  const add = (draft: LayerDraft): void => {
    for (const [where, node] of draft.nodes) nodes.set(where, node);
  };
  if (instruction.heredocs.length > 0) {
    const tree = await heredocTree(execution, instruction, lookup);
    const names = [...tree.root.children.keys()];
    add(copyInto(target, tree, names, destination, options));
  }
  for (const address of words.filter(isRemote)) {
    const remote = await fetchRemote(execution, instruction, address);
    add(copyInto(target, remote.tree, [remote.name], destination, options));
  }
  if (sources.length === 0) return linked(instruction, image, nodes);
  const source = await sourceTree(execution, instruction, expand);
  const { archives, plain } = await splitArchives(instruction, source, sources);
  for (const archive of archives) {
    const unpacked = await unpack(execution, archive);
    add(copyInto(target, unpacked, ['/'], `${destination}/`, { ...options, confined: false }));
  }
  if (plain.length > 0) add(copyInto(target, source, plain, destination, options));
  return linked(instruction, image, nodes);
}

function linked(
  { link }: CopyInstruction,
  image: FileTree,
  nodes: LayerDraft['nodes'],
): LayerDraft {
  for (const [where, node] of link ? nodes : []) {
    const existing = image.lookup(where);
    if (node.type === 'directory' && existing?.type === 'directory') {
      Object.assign(existing, { ...node, children: existing.children });
    } else image.set(where, node);
  }
  return { nodes };
}

function isHeredocWord(source: string, names: readonly string[]): boolean {
  const name = /^<<-?["']?([^"']+)["']?$/.exec(source)?.[1];
  return name !== undefined && names.includes(name);
}

/** Absolute, with the trailing slash that says "a directory". */
function destinationPath(text: string, state: StageState): string {
  const base = state.execution.WorkingDir ?? '/';
  const joined = path.posix.resolve(base, text);
  return /(?:^|\/)\.{0,2}$/.test(text) && joined !== '/' ? `${joined}/` : joined;
}

async function copyOptions(
  execution: Execution,
  instruction: CopyInstruction,
  target: FileTree,
  expand: (text: string) => string,
): Promise<CopyOptions> {
  const owner = instruction.chown === undefined ? undefined : expand(instruction.chown);
  const mode = instruction.chmod === undefined ? undefined : expand(instruction.chmod);
  return {
    ...(owner !== undefined && { owner: await requireOwner(target, owner) }),
    ...(mode !== undefined && { mode: parseMode(mode) }),
    exclude: instruction.exclude.map(expand),
    parents: instruction.parents,
    confined: instruction.from === undefined,
    now: execution.now,
  };
}

async function requireOwner(target: FileTree, text: string): Promise<Owner> {
  const owner = await findOwner(target, text);
  if (owner === undefined) {
    throw new CopyError(
      `unable to convert uid/gid chown string to host mapping: can't find "${text}"`,
    );
  }
  return owner;
}

function parseMode(text: string): number {
  if (!/^[0-7]{1,5}$/.test(text)) {
    throw new WordError(`--chmod must be octal like 0755, not "${text}"`);
  }
  return parseInt(text, 8) & 0o7777;
}

async function fetchRemote(
  { workDirectory, now, signal }: Execution,
  { checksum }: CopyInstruction,
  address: string,
): Promise<RemoteFile> {
  if (!/^https?:/i.test(address) || /\.git(?:#|$)/.test(address)) {
    throw new CopyError(`ADD of a git repository is not implemented: ${address}`);
  }
  const file = path.join(workDirectory, `remote-${randomUUID()}`);
  return fetchRemoteFile(address, file, { ...(checksum && { checksum }), now, signal });
}

async function sourceTree(
  execution: Execution,
  { from }: CopyInstruction,
  expand: (text: string) => string,
): Promise<FileTree> {
  if (from === undefined) return execution.context.tree();
  const name = expand(from);
  const image = await execution.imageNamed(name);
  if (image === undefined)
    throw new CopyError(`--from=${name}: no such stage, and no image reference`);
  return image.tree();
}

async function heredocTree(
  execution: Execution,
  instruction: CopyInstruction,
  lookup: Lookup,
): Promise<FileTree> {
  const { escape } = execution.dockerfile;
  const tree = new FileTree();
  for (const [index, heredoc] of instruction.heredocs.entries()) {
    const text = heredoc.literal
      ? heredoc.content
      : expandWord(heredoc.content, { lookup, escape, keepQuotes: true });
    const content = Buffer.from(text);
    const file = path.join(execution.workDirectory, `heredoc-${instruction.line}-${index}`);
    await writeFile(file, content, { mode: 0o600 });
    const owner = { uid: 0, gid: 0 };
    const attributes = { ...owner, mode: 0o644, mtime: execution.now, size: content.length };
    tree.set(`/${heredoc.name}`, { type: 'file', ...attributes, content: { file, offset: 0 } });
  }
  return tree;
}

/** ADD unpacks a local archive that is named without wildcards. */
async function splitArchives(
  instruction: CopyInstruction,
  source: FileTree,
  sources: readonly string[],
): Promise<{ archives: FileNode[]; plain: string[] }> {
  const archives: FileNode[] = [];
  const plain: string[] = [];
  for (const text of sources) {
    const node = instruction.keyword === 'ADD' ? source.follow(text) : undefined;
    const unpacks = instruction.unpack !== false && node?.type === 'file';
    if (unpacks && (await isArchive(node))) archives.push(node);
    else plain.push(text);
  }
  return { archives, plain };
}

async function isArchive(node: FileNode): Promise<boolean> {
  const head = await headOf(node, 512);
  if (head.subarray(257, 262).toString('latin1') === 'ustar') return true;
  const hex = head.subarray(0, 6).toString('hex');
  return (
    hex.startsWith('1f8b') || hex.startsWith('28b52ffd') || externalDecompressor(hex) !== undefined
  );
}

/** Formats that only programs of the machine read, by the first six bytes in hex. */
function externalDecompressor(hex: string): 'bzip2' | 'xz' | undefined {
  if (hex.startsWith('425a68')) return 'bzip2';
  return hex === 'fd377a585a00' ? 'xz' : undefined;
}

let archiveNumber = 0;

async function unpack(execution: Execution, node: FileNode): Promise<FileTree> {
  const tree = new FileTree();
  const spoolFile = path.join(execution.workDirectory, `archive-${++archiveNumber}`);
  try {
    const { file, offset } = node.content;
    const bytes = createReadStream(file, { start: offset, end: offset + node.size - 1 });
    const head = (await headOf(node, 6)).toString('hex');
    const program = externalDecompressor(head);
    await applyLayer(tree, program ? decompressWith(program, bytes) : bytes, { spoolFile });
  } catch (error) {
    if (error instanceof CopyError) throw error;
    if (error instanceof DocumentError) throw new CopyError(`archive: ${error.message}`);
    throw new CopyError(`archive does not unpack: ${String(error)}`);
  }
  return tree;
}

/** WORKDIR makes the directory when it is not there; a layer is only written then. */
export async function changeDirectory(
  execution: Execution,
  state: StageState,
  instruction: TextInstruction,
  value: string,
): Promise<LayerDraft> {
  if (value === '') throw new WordError(`${instruction.keyword} is empty`);
  const directory = path.posix.resolve(state.execution.WorkingDir ?? '/', value);
  state.execution.WorkingDir = directory;
  const tree = await state.tree();
  const nodes: LayerDraft['nodes'] = new Map();
  const existing = tree.follow(directory);
  if (existing?.type === 'directory') return { nodes };
  if (existing) throw new CopyError(`cannot mkdir: ${directory} is not a directory`);
  const made = new FileTree();
  const user = state.execution.User;
  const owner = user === undefined ? undefined : await findOwner(tree, user);
  made.set(directory, newDirectory({ mtime: execution.now }));
  for (const [, node] of walkTree(made.root)) node.mtime = execution.now;
  const options = { ...(owner && { owner }), confined: false, now: execution.now };
  return copyInto(tree, made, ['/'], '/', options);
}
