import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ContainerStartError, type ExecSpec } from '../runtime.js';
import { BorrowedRoot } from './borrowed-root.js';
import { DirectoryWalk } from './layers/directory-walk.js';
import { ociConfig } from './oci-config.js';
import { LOG_FILE, PID_FILE } from './oci-engine.js';
import type { Launch } from './launch-spec.js';
import { programKind } from './static-program.js';

/** What the helper is to be told. */
export interface LaunchPlan {
  options: string[];
  argv: string[];
  env: Record<string, string>;
}

export async function planLaunch(launch: Launch): Promise<LaunchPlan> {
  const plan = await planLevel(launch);
  const sweeps = launch.cgroupFolders.map((folder) => `sweep=${folder}`);
  return { ...plan, options: [...plan.options, ...sweeps] };
}

/** A further process beside the one of `pid`, which `launch` made; `cgroups` are files to join. */
export function planExec(
  launch: Launch,
  pid: number,
  { argv, terminal }: ExecSpec,
  cgroups: string[],
): LaunchPlan {
  const changed = { ...launch, spec: { ...launch.spec, argv }, cgroupFiles: cgroups };
  const { level, holderPid, userNamespace } = launch;
  const inside = [`enter=${pid}`, `terminal=${terminal.columns}x${terminal.rows}`];
  const env = { TERM: 'xterm', ...launch.env };
  if (level === 'process') {
    const plan = planProcess(changed);
    return { ...plan, env, options: [...plan.options, ...inside] };
  }
  const options = [
    `level=${level === 'oci' ? 'namespaces' : level}`,
    ...(level === 'chroot' ? [`root=${launch.rootfs.root}`] : []),
    ...(holderPid === undefined ? [] : [`join=${holderPid}`]),
    ...(userNamespace ? ['userns=1'] : []),
    `directory=${launch.spec.workingDir || '/'}`,
    ...userWords(changed),
    ...inside,
  ];
  return { argv, env, options };
}

async function planLevel(launch: Launch): Promise<LaunchPlan> {
  refuseMounts(launch);
  switch (launch.level) {
    case 'oci':
      return planOci(launch);
    case 'namespaces':
      return { ...contained(launch), options: [...rootWords(launch), ...containedWords(launch)] };
    case 'chroot':
      return { ...contained(launch), options: ['level=chroot', ...containedWords(launch)] };
    case 'process':
      return planProcess(launch);
  }
}

/** @throws ContainerStartError where nothing can be mounted but something is to be */
function refuseMounts({ level, spec }: Launch): void {
  if (level === 'oci' || level === 'namespaces' || !spec.mounts?.length) return;
  throw new ContainerStartError(
    'OTHER',
    `isolation level "${level}" cannot show folders of this machine to a container; ` +
      'levels "oci" and "namespaces" can (see `lazurite doctor`)',
  );
}

function contained({ spec, env }: Launch): Pick<LaunchPlan, 'argv' | 'env'> {
  return { argv: spec.argv, env };
}

/** Namespaces to join and the root to mount: what `oci` and `namespaces` have in common. */
function rootWords(launch: Launch): string[] {
  const { overlay } = launch.rootfs;
  return [
    `level=${launch.level}`,
    launch.holderPid === undefined ? `hostname=${launch.hostname}` : `join=${launch.holderPid}`,
    ...(launch.userNamespace ? ['userns=1'] : []),
    ...(overlay ? [`overlay=${overlay.options}`, `layers=${overlay.layers}`] : []),
  ];
}

function containedWords(launch: Launch): string[] {
  return [
    `root=${launch.rootfs.root}`,
    `directory=${launch.spec.workingDir || '/'}`,
    ...userWords(launch),
    ...providedFiles(launch).map(([path, content]) => `file=${path}=${content}`),
    ...(launch.spec.mounts ?? []).map(
      ({ source, target, readOnly }) => `folder=${readOnly ? 'ro' : 'rw'}=${target}=${source}`,
    ),
  ];
}

/** Where nothing can be mounted over them, files that a lent folder has stay its own. */
function providedFiles(launch: Launch): [string, string][] {
  const { level, spec, rootfs } = launch;
  const files = [...launch.files];
  if (level !== 'chroot' || 'image' in spec.rootfs) return files;
  const lent = new BorrowedRoot(rootfs.root);
  return files.filter(([path]) => !lent.has(path));
}

function userWords({ user, cgroupFiles }: Launch): string[] {
  return [
    `uid=${user.uid}`,
    `gid=${user.gid}`,
    ...(user.groups.length > 0 ? [`groups=${user.groups.join(',')}`] : []),
    ...cgroupFiles.map((file) => `cgroup=${file}`),
  ];
}

/**
 * The program runs straight out of the unpacked tree.
 *
 * @throws ContainerStartError when it would find its loader or interpreter on the host instead.
 */
function planProcess(launch: Launch): LaunchPlan {
  const { rootfs, spec, env } = launch;
  const program = findProgram(launch);
  const kind = programKind(program);
  if (kind.kind === 'dynamic' || kind.kind === 'script') {
    throw new ContainerStartError(
      'OTHER',
      `${String(spec.argv[0])} is ${kind.kind === 'script' ? 'a script' : 'dynamically linked'}: ` +
        'isolation level "process" runs static programs only (see `lazurite doctor` for a stronger level)',
    );
  }
  const parts = (spec.workingDir || '/').split('/').filter((part) => part !== '' && part !== '.');
  const cwd = join(rootfs.root, ...new DirectoryWalk(rootfs.root, () => undefined).resolve(parts));
  const own = process.geteuid?.() ?? 0;
  const user =
    own === 0 ? launch.user : { ...launch.user, uid: own, gid: process.getegid?.() ?? 0 };
  return {
    options: [
      'level=process',
      `directory=${cwd}`,
      `execute=${program}`,
      ...userWords({ ...launch, user }),
    ],
    argv: spec.argv,
    env,
  };
}

/** The host path of `argv[0]`, looked up in the container's PATH when it has no slash. */
function findProgram({ spec, view, env, rootfs }: Launch): string {
  const name = spec.argv[0] ?? '';
  const candidates = name.includes('/')
    ? [name.startsWith('/') ? name : join(spec.workingDir || '/', name)]
    : (env.PATH ?? '').split(':').map((folder) => join('/', folder, name));
  for (const candidate of candidates) {
    const file = view.find(candidate);
    if (!file?.stat.isFile()) continue;
    if ((file.stat.mode & 0o111) === 0) {
      throw new ContainerStartError('EACCES', `exec: ${JSON.stringify(name)}: permission denied`);
    }
    return join(rootfs.root, file.path);
  }
  const why = name.includes('/')
    ? 'no such file or directory'
    : 'executable file not found in $PATH';
  throw new ContainerStartError('ENOENT', `exec: ${JSON.stringify(name)}: ${why}`);
}

/** A bundle for the OCI runtime, which the helper starts in a cell of its own. */
async function planOci(launch: Launch): Promise<LaunchPlan> {
  const { engine, directory, rootfs } = launch;
  if (!engine) throw new Error('no OCI runtime was found');
  const bundle = join(directory, 'bundle');
  await mkdir(bundle, { mode: 0o700 });
  const mounts: { path: string; source: string }[] = [];
  for (const [path, content] of launch.files) {
    const source = join(bundle, path.replaceAll('/', '_'));
    await writeFile(source, content, { mode: 0o644 });
    mounts.push({ path, source });
  }
  const config = ociConfig(launch, mounts);
  await writeFile(join(bundle, 'config.json'), JSON.stringify(config), { mode: 0o600 });
  const words = [...rootWords(launch), `root=${rootfs.root}`];
  const argv = [
    engine.path,
    ...['--root', join(directory, 'oci'), '--log', join(directory, LOG_FILE)],
    ...['--log-format', 'json', 'run', ...(engine.keeps ? ['--keep'] : []), '--bundle', bundle],
    ...['--pid-file', join(directory, PID_FILE), 'container'],
  ];
  return { options: words, argv, env: { PATH: process.env.PATH ?? '' } };
}
