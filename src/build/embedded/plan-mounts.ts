import { createHash } from 'node:crypto';
import path from 'node:path';
import type { MountSpec, RunInstruction } from './dockerfile/instructions.js';
import { WordError } from './dockerfile/words.js';
import type { Execution } from './execution.js';
import type { StageState } from './stage-state.js';
import { copyInto } from './tree/copy.js';
import { digestDraft } from './tree/draft-digest.js';
import { cleanPath, FileTree } from './tree/file-tree.js';
import type { LayerDraft } from './tree/layer-writer.js';

/** A `--mount` that has been understood. */
export interface PlannedMount {
  /** Without links, as the tree resolves it. */
  target: string;
  /** What the outcome of the command may depend on; contents of caches and secrets are left out. */
  identity: unknown;
  content:
    | ({ type: 'cache'; directory: string; readOnly: boolean } & Access)
    | { type: 'files'; draft: LayerDraft; readOnly: boolean }
    | ({ type: 'text'; value: string | Uint8Array } & Access)
    | { type: 'empty' };
}

interface Access {
  mode: number;
  uid: number;
  gid: number;
}

/** What a RUN sees besides the files of its stage. */
export interface PlannedMounts {
  mounts: PlannedMount[];
  /** Secrets that are asked for as variables, by the variable's name. */
  environment: Map<string, string>;
  /** What the outcome depends on. */
  identity: unknown;
}

const TARGET_FIELDS: readonly string[] = ['target', 'dst', 'destination'];
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  cache: ['id', 'sharing', 'mode', 'uid', 'gid', 'readonly', 'ro'],
  bind: ['source', 'src', 'from', 'rw', 'readwrite', 'readonly', 'ro'],
  secret: ['id', 'env', 'required', 'mode', 'uid', 'gid'],
  tmpfs: ['size'],
};

/** Reads the mounts of a RUN. @throws WordError for what is malformed or not implemented */
export async function planMounts(
  execution: Execution,
  state: StageState,
  instruction: RunInstruction,
): Promise<PlannedMounts> {
  const mounts: PlannedMount[] = [];
  const environment = new Map<string, string>();
  const variables: string[] = [];
  for (const spec of instruction.mounts) {
    const type = checkedType(spec);
    const variable = type === 'secret' ? spec.get('env') : undefined;
    if (variable !== undefined) {
      const value = secretValue(execution, spec, variable);
      if (value !== undefined) environment.set(variable, Buffer.from(value).toString('utf8'));
      variables.push(variable);
      if (!hasTarget(spec)) continue;
    }
    const mount = await planMount(execution, state, { type, spec });
    if (mount) mounts.push(mount);
  }
  refuseDoubles(mounts);
  // What lies deeper is put into what lies above it.
  mounts.sort((one, other) => one.target.length - other.target.length);
  const identity = [...mounts.map((mount) => mount.identity), ...variables];
  return { mounts, environment, identity };
}

function checkedType(spec: MountSpec): string {
  const type = spec.get('type') ?? 'bind';
  const allowed = FIELDS[type];
  if (allowed === undefined) throw new WordError(`RUN --mount=type=${type} is not implemented`);
  for (const field of spec.keys()) {
    if (!TARGET_FIELDS.includes(field) && field !== 'type' && !allowed.includes(field)) {
      throw new WordError(`unexpected key '${field}' in --mount of type ${type}`);
    }
  }
  return type;
}

function refuseDoubles(mounts: readonly PlannedMount[]): void {
  const seen = new Set<string>();
  for (const { target, content } of mounts) {
    const places = content.type === 'cache' ? [target, content.directory] : [target];
    for (const place of places) {
      if (seen.has(place)) throw new WordError(`two mounts of one RUN share ${target}`);
      seen.add(place);
    }
  }
}

async function planMount(
  execution: Execution,
  state: StageState,
  { type, spec }: { type: string; spec: MountSpec },
): Promise<PlannedMount | undefined> {
  const target = await targetOf(state, spec, type);
  switch (type) {
    case 'cache': {
      const id = spec.get('id') ?? target;
      const directory = cacheDirectory(execution, id);
      const readOnly = isSet(spec, 'readonly', 'ro');
      const content = { type: 'cache' as const, directory, readOnly, ...accessOf(spec, 0o755) };
      return { target, identity: ['cache', target, id], content };
    }
    case 'secret':
      return planSecret(execution, spec, target);
    case 'tmpfs':
      return { target, identity: ['tmpfs', target], content: { type: 'empty' } };
    default:
      return planBind(execution, spec, target);
  }
}

function isSet(spec: MountSpec, name: string, shortName: string): boolean {
  const text = spec.get(name) ?? spec.get(shortName);
  return text !== undefined && text !== 'false';
}

function cacheDirectory(execution: Execution, id: string): string {
  const name = createHash('sha256').update(id).digest('hex').slice(0, 32);
  return path.join(execution.cacheMountDirectory, name);
}

async function targetOf(state: StageState, mount: MountSpec, type: string): Promise<string> {
  const given = TARGET_FIELDS.map((field) => mount.get(field)).find(Boolean);
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
  execution: Execution,
  mount: MountSpec,
  target: string,
): PlannedMount | undefined {
  const id = mount.get('id') ?? path.posix.basename(target);
  const value = secretValue(execution, mount, id);
  if (value === undefined) return undefined;
  const content = { type: 'text' as const, value, ...accessOf(mount, 0o400) };
  return { target, identity: ['secret', target, id], content };
}

function secretValue(
  { request }: Execution,
  mount: MountSpec,
  fallbackId: string,
): string | Uint8Array | undefined {
  const id = mount.get('id') ?? fallbackId;
  const value = request.secrets?.get(id);
  if (value === undefined && mount.get('required') === 'true') {
    throw new WordError(`secret ${id}: not found; give it with --secret id=${id},src=FILE`);
  }
  return value;
}

function hasTarget(mount: MountSpec): boolean {
  return TARGET_FIELDS.some((field) => mount.has(field));
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
    identity: ['bind', target, await digestDraft(draft, execution.digests)],
    content: {
      ...{ type: 'files', draft: { nodes: onlyBelow(draft, target) } },
      readOnly: !isSet(mount, 'rw', 'readwrite'),
    },
  };
}

function onlyBelow(draft: LayerDraft, target: string): LayerDraft['nodes'] {
  const inside = [...draft.nodes].filter(
    ([where]) => where === target || where.startsWith(`${target}/`),
  );
  return new Map(inside);
}
