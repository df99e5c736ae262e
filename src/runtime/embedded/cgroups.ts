import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf, messageOf } from '../../base/failure.js';

type Controller = 'cpu' | 'memory';
const CONTROLLERS: readonly Controller[] = ['cpu', 'memory'];
const CPU_PERIOD_US = 100_000;
const MIN_QUOTA_US = 1_000;

export interface CgroupMount {
  version: 1 | 2;
  path: string;
  /** Of version 1: what this hierarchy controls. */
  controllers: string[];
}

/** A hierarchy with a folder of ours in it, and what it limits. */
interface Hierarchy {
  version: 1 | 2;
  base: string;
  controllers: Controller[];
}

export interface Limits {
  cpu?: number;
  memoryBytes?: number;
}

/** The cgroup hierarchies in the text of `/proc/self/mounts`. */
export function parseCgroupMounts(text: string): CgroupMount[] {
  return text.split('\n').flatMap((line): CgroupMount[] => {
    const [, path = '', type, options = ''] = line.split(' ');
    if (type === 'cgroup2') return [{ version: 2, path, controllers: [] }];
    return type === 'cgroup' ? [{ version: 1, path, controllers: options.split(',') }] : [];
  });
}

/** Where this process is in each hierarchy: `'memory'` → `'/user.slice'`, `''` for version 2. */
export function parseOwnCgroups(text: string): Map<string, string> {
  const own = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^\d+:([^:]*):(.*)$/.exec(line);
    for (const controller of match?.[1]?.split(',') ?? []) own.set(controller, match?.[2] ?? '/');
  }
  return own;
}

/** Limits by cgroups, version 1, 2 or both, in folders whose name is this runtime's own. */
export class Cgroups {
  readonly info: { cpu: boolean; memory: boolean; reason?: string };
  readonly #hierarchies: Hierarchy[];
  readonly #name: string;
  readonly #mounts: CgroupMount[];

  private constructor(
    name: string,
    mounts: CgroupMount[],
    hierarchies: Hierarchy[],
    reasons: string[],
  ) {
    this.#name = name;
    this.#mounts = mounts;
    this.#hierarchies = hierarchies;
    const has = (controller: Controller) =>
      hierarchies.some(({ controllers }) => controllers.includes(controller));
    const reason = reasons.join('; ');
    this.info = { cpu: has('cpu'), memory: has('memory'), ...(reason && { reason }) };
  }

  /**
   * Finds what can be limited here, and kills and removes what an earlier run with the same name left.
   *
   * @param name e.g. `'lazurite-3f9c0a1b2c'`
   */
  static async open(name: string): Promise<Cgroups> {
    const [mounts, own] = await Promise.all([
      readFile('/proc/self/mounts', 'utf8').then(parseCgroupMounts, () => []),
      readFile('/proc/self/cgroup', 'utf8').then(parseOwnCgroups, () => new Map<string, string>()),
    ]);
    for (const mount of mounts) {
      for (const base of basesIn(mount, name, own)) await removeLeftovers(base);
    }
    const found: Hierarchy[] = [];
    const reasons: string[] = [];
    for (const controller of CONTROLLERS) {
      try {
        found.push(await claim(controller, name, mounts, own));
      } catch (error) {
        reasons.push(`${controller}: ${messageOf(error)}`);
      }
    }
    return new Cgroups(name, mounts, joined(found), reasons);
  }

  /** Makes the cgroups of one container. A limit that cannot be enforced is left out, as `info` says. */
  async create(id: string, limits: Limits): Promise<ContainerCgroup> {
    const folders: string[] = [];
    for (const hierarchy of this.#hierarchies) {
      const folder = join(hierarchy.base, id);
      await makeBelow(hierarchy, folder);
      folders.push(folder);
      for (const [file, value] of limitFiles(hierarchy, limits)) {
        await writeFile(join(folder, file), value);
      }
    }
    return new ContainerCgroup(folders, this.#bases());
  }

  /** What `cgroupsPath` of an OCI bundle is to be, so that the cgroups it makes are found again. */
  ociPath(id: string): string {
    return `/${this.#name}/${id}`;
  }

  /** The cgroups that an OCI runtime makes at `ociPath`, in whichever hierarchies it uses. */
  ofOciRuntime(id: string): ContainerCgroup {
    const folders = this.#mounts.map(({ path }) => join(path, this.#name, id));
    return new ContainerCgroup(folders, this.#bases());
  }

  /** The `cgroup.procs` files of our cgroups that a process is in, for a further process beside it. */
  async filesAround(pid: number): Promise<string[]> {
    const text = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
    const of = parseOwnCgroups(text);
    return this.#mounts.flatMap(({ version, path, controllers }) => {
      const known = version === 2 ? [''] : controllers;
      const cgroup = known.map((controller) => of.get(controller)).find(Boolean);
      return cgroup?.includes(`/${this.#name}/`) ? [join(path, cgroup, 'cgroup.procs')] : [];
    });
  }

  /** Removes our folders; nothing may run in them any more. */
  async close(): Promise<void> {
    for (const base of this.#bases()) await removeCgroup(base);
  }

  /** Every folder that is ours, or becomes ours when an OCI runtime makes it. */
  #bases(): string[] {
    const bases = this.#hierarchies.map(({ base }) => base);
    return [...new Set([...bases, ...this.#mounts.map(({ path }) => join(path, this.#name))])];
  }
}

/** One container's cgroups. */
export class ContainerCgroup {
  readonly #folders: string[];
  readonly #parents: string[];

  /** @param parents The runtime's own folders, which may hold other containers, too. */
  constructor(folders: string[], parents: string[]) {
    this.#folders = folders;
    this.#parents = parents;
  }

  /** The files that the container's first process is written to. */
  get processFiles(): string[] {
    return this.#folders.map((folder) => join(folder, 'cgroup.procs'));
  }

  /** Where its processes are counted. */
  get usageFolders(): readonly string[] {
    return this.#folders;
  }

  /** Ours and the runtime's own, in the order in which they can be removed. */
  get folders(): string[] {
    return [...this.#folders, ...this.#parents];
  }

  /** How often the kernel killed for want of memory here. */
  async oomKills(): Promise<number> {
    for (const folder of this.#folders) {
      for (const file of ['memory.events', 'memory.oom_control']) {
        const text = await readFile(join(folder, file), 'utf8').catch(() => '');
        const kills = /^oom_kill (\d+)$/m.exec(text)?.[1];
        if (kills !== undefined) return Number(kills);
      }
    }
    return 0;
  }

  async remove(): Promise<void> {
    for (const folder of this.#folders) await removeCgroup(folder);
  }
}

function limitFiles(hierarchy: Hierarchy, limits: Limits): [string, string][] {
  const files: [string, string][] = [];
  const v2 = hierarchy.version === 2;
  if (limits.cpu !== undefined && hierarchy.controllers.includes('cpu')) {
    const quota = Math.max(MIN_QUOTA_US, Math.round(limits.cpu * CPU_PERIOD_US));
    if (v2) files.push(['cpu.max', `${quota} ${CPU_PERIOD_US}`]);
    else files.push(['cpu.cfs_period_us', `${CPU_PERIOD_US}`], ['cpu.cfs_quota_us', `${quota}`]);
  }
  if (limits.memoryBytes !== undefined && hierarchy.controllers.includes('memory')) {
    const bytes = `${Math.floor(limits.memoryBytes)}`;
    files.push([v2 ? 'memory.max' : 'memory.limit_in_bytes', bytes]);
  }
  return files;
}

/** One folder per hierarchy, whichever controllers share it. */
function joined(found: Hierarchy[]): Hierarchy[] {
  const byBase = new Map<string, Hierarchy>();
  for (const hierarchy of found) {
    const known = byBase.get(hierarchy.base);
    if (known) known.controllers.push(...hierarchy.controllers);
    else byBase.set(hierarchy.base, hierarchy);
  }
  return [...byBase.values()];
}

/** Makes our folder where a controller can be used: below our own cgroup, else at the top. */
async function claim(
  controller: Controller,
  name: string,
  mounts: CgroupMount[],
  own: Map<string, string>,
): Promise<Hierarchy> {
  const legacy = mounts.find(
    (mount) => mount.version === 1 && mount.controllers.includes(controller),
  );
  const mount = legacy ?? mounts.find(({ version }) => version === 2);
  if (!mount) throw new Error('no cgroup hierarchy is mounted');
  let failure: unknown;
  for (const base of basesIn(mount, name, own)) {
    try {
      await openFolder(base, mount.version, controller);
      return { version: mount.version, base, controllers: [controller] };
    } catch (error) {
      failure ??= error;
    }
  }
  throw new Error(
    `cgroup v${mount.version} is not writable (${codeOf(failure) ?? messageOf(failure)})`,
  );
}

/** Where our folder could be in a hierarchy: below this process's own cgroup, else at the top. */
function basesIn(mount: CgroupMount, name: string, own: Map<string, string>): string[] {
  const known = mount.version === 2 ? [''] : mount.controllers;
  const ownPath = known.map((controller) => own.get(controller)).find(Boolean) ?? '/';
  const parents = new Set([join(mount.path, ownPath, '.'), join(mount.path, '.')]);
  return [...parents].filter((parent) => existsSync(parent)).map((parent) => join(parent, name));
}

const LIMIT_FILE = {
  1: { cpu: 'cpu.cfs_quota_us', memory: 'memory.limit_in_bytes' },
  2: { cpu: 'cpu.max', memory: 'memory.max' },
} as const;

/** @throws when containers in this folder could not be limited. */
async function openFolder(base: string, version: 1 | 2, controller: Controller): Promise<void> {
  const made = await mkdir(base).then(() => true, ignoreExisting);
  try {
    if (version === 2) {
      await enable(dirname(base), controller);
      await enable(base, controller);
    }
    const trial = join(base, 'trial');
    await mkdir(trial).catch(ignoreExisting);
    const usable = existsSync(join(trial, LIMIT_FILE[version][controller]));
    await removeCgroup(trial);
    if (!usable) throw new Error(`no ${LIMIT_FILE[version][controller]}`);
  } catch (error) {
    if (made) await removeCgroup(base).catch(() => undefined);
    throw error;
  }
}

/** Our own folder is made again when somebody who tidied up took it, as it was empty. */
async function makeBelow({ version, base, controllers }: Hierarchy, folder: string): Promise<void> {
  try {
    await mkdir(folder).catch(ignoreExisting);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    for (const controller of controllers) await openFolder(base, version, controller);
    await mkdir(folder).catch(ignoreExisting);
  }
}

async function enable(folder: string, controller: Controller): Promise<void> {
  const file = join(folder, 'cgroup.subtree_control');
  const enabled = (await readFile(file, 'utf8')).split(/\s+/);
  if (!enabled.includes(controller)) await writeFile(file, `+${controller}`);
}

/** Kills and removes what an earlier run left in a folder of ours. */
async function removeLeftovers(base: string): Promise<void> {
  for (const entry of await readdir(base, { withFileTypes: true }).catch(() => [])) {
    if (!entry.isDirectory()) continue;
    const folder = join(base, entry.name);
    const processes = await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '');
    for (const pid of processes
      .split('\n')
      .map(Number)
      .filter((each) => each > 0)) {
      killQuietly(pid);
    }
    await removeCgroup(folder);
  }
  await removeCgroup(base);
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it ended by itself
  }
}

/** The kernel keeps a cgroup busy for a moment after its last process has died. */
async function removeCgroup(folder: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await rmdir(folder);
      return;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return;
      if (codeOf(error) !== 'EBUSY' || attempt >= 100) throw error;
      await delay(Math.min(attempt + 1, 20));
    }
  }
}

function ignoreExisting(error: unknown): false {
  if (codeOf(error) !== 'EEXIST') throw error;
  return false;
}
