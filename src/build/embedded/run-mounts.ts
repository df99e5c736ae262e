import { createHash, randomUUID } from 'node:crypto';
import { chmod, lchown, lstat, mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../../base/failure.js';
import type { MountSpec, RunInstruction } from './dockerfile/instructions.js';
import { WordError } from './dockerfile/words.js';
import type { Execution } from './execution.js';
import type { StageState } from './stage-state.js';
import { copyInto } from './tree/copy.js';
import { digestDraft } from './tree/draft-digest.js';
import { cleanPath, FileTree } from './tree/file-tree.js';
import type { LayerDraft } from './tree/layer-writer.js';
import { writeDraft } from './tree/root-directory.js';

/** A `--mount` that has been understood. */
export interface PlannedMount {
  /** Without links, as the tree resolves it. */
  target: string;
  /** What the outcome of the command may depend on; contents of caches and secrets are left out. */
  identity: unknown;
  content:
    | { type: 'cache'; id: string; mode: number; uid: number; gid: number }
    | { type: 'files'; draft: LayerDraft }
    | { type: 'secret'; value: string; mode: number; uid: number; gid: number }
    | { type: 'empty' };
}

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  cache: ['id', 'sharing', 'mode', 'uid', 'gid', 'readonly', 'ro'],
  bind: ['source', 'src', 'from', 'rw', 'readwrite', 'readonly', 'ro'],
  secret: ['id', 'required', 'mode', 'uid', 'gid'],
  tmpfs: ['size'],
};

/** Reads the mounts of a RUN. @throws WordError for what is malformed or not implemented */
export async function planMounts(
  execution: Execution,
  state: StageState,
  instruction: RunInstruction,
): Promise<PlannedMount[]> {
  const planned: PlannedMount[] = [];
  for (const mount of instruction.mounts) {
    const one = await planMount(execution, state, mount);
    if (one) planned.push(one);
  }
  return planned;
}

async function planMount(
  execution: Execution,
  state: StageState,
  mount: MountSpec,
): Promise<PlannedMount | undefined> {
  const type = mount.get('type') ?? 'bind';
  const allowed = FIELDS[type];
  if (allowed === undefined) throw new WordError(`RUN --mount=type=${type} is not implemented`);
  for (const field of mount.keys()) {
    const common = ['type', 'target', 'dst', 'destination'].includes(field);
    if (!common && !allowed.includes(field)) {
      throw new WordError(`unexpected key '${field}' in --mount of type ${type}`);
    }
  }
  const target = await targetOf(state, mount, type);
  switch (type) {
    case 'cache': {
      const id = mount.get('id') ?? target;
      return {
        target,
        identity: ['cache', target, id],
        content: { type, id, ...accessOf(mount, 0o755) },
      };
    }
    case 'secret':
      return planSecret(execution, mount, target);
    case 'tmpfs':
      return { target, identity: ['tmpfs', target], content: { type: 'empty' } };
    default:
      return planBind(execution, mount, target);
  }
}

async function targetOf(state: StageState, mount: MountSpec, type: string): Promise<string> {
  const given = mount.get('target') ?? mount.get('dst') ?? mount.get('destination');
  const fallback = type === 'secret' ? `/run/secrets/${mount.get('id') ?? ''}` : undefined;
  const text = given ?? fallback;
  if (text === undefined) throw new WordError(`--mount of type ${type} needs a target`);
  const absolute = path.posix.resolve(state.execution.WorkingDir ?? '/', text);
  const target = (await state.tree()).resolve(cleanPath(absolute));
  if (target === '/') throw new WordError('--mount cannot cover the root directory');
  return target;
}

function accessOf(mount: MountSpec, defaultMode: number) {
  const number = (field: string, base: number, fallback: number): number => {
    const text = mount.get(field);
    if (text === undefined) return fallback;
    if (!/^[0-9]{1,6}$/.test(text))
      throw new WordError(`--mount: ${field} is not a number: ${text}`);
    return parseInt(text, base);
  };
  return {
    mode: number('mode', 8, defaultMode) & 0o7777,
    uid: number('uid', 10, 0),
    gid: number('gid', 10, 0),
  };
}

function planSecret(
  { request }: Execution,
  mount: MountSpec,
  target: string,
): PlannedMount | undefined {
  const id = mount.get('id') ?? path.posix.basename(target);
  const value = request.secrets?.get(id);
  if (value === undefined) {
    if (mount.get('required') === 'true') throw new WordError(`secret ${id}: not found`);
    return undefined;
  }
  const content = { type: 'secret' as const, value, ...accessOf(mount, 0o400) };
  return { target, identity: ['secret', target, id], content };
}

async function planBind(
  execution: Execution,
  mount: MountSpec,
  target: string,
): Promise<PlannedMount> {
  const from = mount.get('from');
  const image = from === undefined ? undefined : await execution.imageNamed(from);
  if (from !== undefined && image === undefined) throw new WordError(`--mount: no stage ${from}`);
  const source = image ? await image.tree() : await execution.context.tree();
  const name = mount.get('source') ?? mount.get('src') ?? '/';
  const options = { confined: image === undefined, now: execution.now };
  const draft = copyInto(new FileTree(), source, [name], target, options);
  return {
    target,
    identity: ['bind', target, await digestDraft(draft)],
    content: { type: 'files', draft: { nodes: onlyBelow(draft, target) } },
  };
}

function onlyBelow(draft: LayerDraft, target: string): LayerDraft['nodes'] {
  const inside = [...draft.nodes].filter(
    ([where]) => where === target || where.startsWith(`${target}/`),
  );
  return new Map(inside);
}

/** One user of a cache directory at a time: it is moved into the root and back. */
const cacheUsers = new Map<string, Promise<unknown>>();

/**
 * Puts the mounts into the root directory, lets `use` run, and takes them out again, so that nothing of
 * them can get into the layer. Caches are moved in and back, everything else is a copy.
 */
export async function withMounts<T>(
  execution: Execution,
  root: string,
  mounts: readonly PlannedMount[],
  use: () => Promise<T>,
): Promise<T> {
  const [mount, ...others] = mounts;
  if (mount === undefined) return use();
  const inner = (): Promise<T> => withMounts(execution, root, others, use);
  if (mount.content.type !== 'cache') return withMount(execution, root, mount, inner);
  const directory = cacheDirectory(execution, mount.content.id);
  const turn = (cacheUsers.get(directory) ?? Promise.resolve()).then(() =>
    withMount(execution, root, mount, inner),
  );
  cacheUsers.set(
    directory,
    turn.catch(() => undefined),
  );
  return turn;
}

function cacheDirectory(execution: Execution, id: string): string {
  const name = createHash('sha256').update(id).digest('hex').slice(0, 32);
  return path.join(execution.cacheMountDirectory, name);
}

async function withMount<T>(
  execution: Execution,
  root: string,
  mount: PlannedMount,
  use: () => Promise<T>,
): Promise<T> {
  const place = path.join(root, mount.target);
  const made = await makeParents(root, mount.target);
  const aside = path.join(execution.workDirectory, `aside-${randomUUID()}`);
  const hidden = await moveIfThere(place, aside);
  await fill(execution, root, mount);
  const { ino } = await lstat(place);
  try {
    return await use();
  } finally {
    const intact = await isIntact(root, mount, ino);
    if (intact) {
      await empty(execution, mount, place);
      if (hidden) await rename(aside, place);
      for (const directory of made) await rmdir(path.join(root, directory)).catch(() => undefined);
    } else throwMoved(mount);
  }
}

/** A real mount could not be moved or linked to. Here it could, and its content would get into the layer. */
function throwMoved(mount: PlannedMount): never {
  throw new WordError(`the command moved or replaced what is mounted at ${mount.target}`);
}

async function isIntact(root: string, mount: PlannedMount, ino: number): Promise<boolean> {
  // The command may have put a link in the way; following it would lead out of the root.
  if (!(await leadsStraight(root, path.posix.dirname(mount.target)))) return false;
  const stats = await lstat(path.join(root, mount.target)).catch(() => undefined);
  const linked = mount.content.type === 'secret' && stats !== undefined && stats.nlink > 1;
  return stats?.ino === ino && !linked;
}

/** @returns the directories that were not there, deepest first */
async function makeParents(root: string, target: string): Promise<string[]> {
  const made: string[] = [];
  let where = '';
  for (const name of path.posix.dirname(target).split('/').filter(Boolean)) {
    where += `/${name}`;
    try {
      await mkdir(path.join(root, where), { mode: 0o755 });
      made.unshift(where);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
  return made;
}

async function moveIfThere(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

async function fill(execution: Execution, root: string, mount: PlannedMount): Promise<void> {
  const { content, target } = mount;
  const place = path.join(root, target);
  switch (content.type) {
    case 'cache': {
      const directory = cacheDirectory(execution, content.id);
      await mkdir(path.dirname(directory), { recursive: true });
      if (!(await moveIfThere(directory, place))) {
        await mkdir(place);
        await setAccess(place, content);
      }
      return;
    }
    case 'files':
      await writeDraft(root, content.draft);
      return;
    case 'secret':
      await writeFile(place, content.value, { flag: 'wx', mode: 0o600 });
      await setAccess(place, content);
      return;
    case 'empty':
      await mkdir(place);
  }
}

async function setAccess(
  place: string,
  access: { mode: number; uid: number; gid: number },
): Promise<void> {
  if (process.getuid?.() === 0) await lchown(place, access.uid, access.gid);
  await chmod(place, access.mode);
}

async function empty(execution: Execution, mount: PlannedMount, place: string): Promise<void> {
  const stats = await lstat(place).catch(() => undefined);
  if (mount.content.type === 'cache' && stats?.isDirectory()) {
    await moveIfThere(place, cacheDirectory(execution, mount.content.id));
  } else await rm(place, { recursive: true, force: true });
}

async function leadsStraight(root: string, directory: string): Promise<boolean> {
  let where = root;
  for (const name of directory.split('/').filter(Boolean)) {
    where = path.join(where, name);
    const stats = await lstat(where).catch(() => undefined);
    if (!stats?.isDirectory()) return false;
  }
  return true;
}
