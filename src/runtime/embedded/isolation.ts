import { readFile, rename, writeFile } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../base/failure.js';
import { ISOLATION_LEVELS, type IsolationLevel } from '../runtime.js';
import { CellError } from './cell.js';
import { LayerStore } from './layers/layer-store.js';
import type { LayerFormat } from './layers/overlay-nodes.js';
import type { Machine } from './machine.js';
import { NO_CABLES } from './network/network.js';
import { findOciEngines, type OciEngine } from './oci-engine.js';
import { tryMachine } from './trial.js';

/** What every level has in common. */
export type MachineBase = Pick<
  Machine,
  'cell' | 'stateDirectory' | 'sharedDirectory' | 'cgroups' | 'logger' | 'clock'
>;

/** A level that was tried: a machine to run on, or why not. */
export interface LevelTrial {
  level: IsolationLevel;
  machine?: Machine;
  /** e.g. `'runc 1.1.5 works'`, `'only root may change its root directory'` */
  reason: string;
}

/** The strongest level that works, or exactly the one asked for; with every trial on the way. */
export async function tryLevels(
  base: MachineBase,
  wanted?: IsolationLevel,
): Promise<{ machine?: Machine; trials: LevelTrial[] }> {
  const trials: LevelTrial[] = [];
  for (const level of wanted ? [wanted] : ISOLATION_LEVELS) {
    const trial = await tryLevel(base, level);
    trials.push(trial);
    if (trial.machine) return { machine: trial.machine, trials };
  }
  return { trials };
}

export async function tryLevel(base: MachineBase, level: IsolationLevel): Promise<LevelTrial> {
  if (level === 'oci') return tryOci(base);
  if (level === 'chroot' && process.geteuid?.() !== 0) {
    return { level, reason: 'only root may change its root directory' };
  }
  return tryFormats(base, level);
}

async function tryOci(base: MachineBase): Promise<LevelTrial> {
  const engines = await findOciEngines();
  if (engines.length === 0) return { level: 'oci', reason: 'neither crun nor runc is on PATH' };
  const verdicts = await Verdicts.load(base.sharedDirectory);
  const reasons: string[] = [];
  for (const engine of engines) {
    const key = await verdictKey(engine);
    const known = verdicts.get(key);
    if (known?.format) return ociTrial(base, engine, known.format, reasons);
    if (known) {
      reasons.push(known.reason);
      continue;
    }
    const trial = await tryFormats(base, 'oci', engine);
    await verdicts.add(key, { reason: trial.reason, ...formatOf(trial) });
    if (trial.machine) return ociTrial(base, engine, trial.machine.layers.format, reasons);
    reasons.push(trial.reason);
  }
  return { level: 'oci', reason: reasons.join('; ') };
}

function formatOf(trial: LevelTrial): { format?: LayerFormat } {
  return trial.machine ? { format: trial.machine.layers.format } : {};
}

function ociTrial(
  base: MachineBase,
  engine: OciEngine,
  format: LayerFormat,
  failed: string[],
): LevelTrial {
  const reason = [...failed, `${engine.version} works`].join('; ');
  return { level: 'oci', machine: makeMachine(base, 'oci', format, engine), reason };
}

/** Overlay first where mounts can be made at all, then copies. */
async function tryFormats(
  base: MachineBase,
  level: IsolationLevel,
  engine?: OciEngine,
): Promise<LevelTrial> {
  const mounts = level === 'oci' || level === 'namespaces';
  const overlay: LayerFormat = process.geteuid?.() === 0 ? 'trusted' : 'user';
  const label = engine ? `${engine.version}: ` : '';
  const formats: LayerFormat[] = mounts ? [overlay, 'plain'] : ['plain'];
  let notice = '';
  for (const format of formats) {
    const machine = makeMachine(base, level, format, engine);
    try {
      await tryMachine(machine);
      return { level, machine, reason: `${label}works${notice}` };
    } catch (error) {
      if (format === 'plain' || !concernsOverlay(error)) {
        return { level, reason: `${label}${explain(error)}` };
      }
      notice = `, with copied root file systems (${messageOf(error)})`;
    }
  }
  return { level, reason: `${label}nothing to try` };
}

/** The kernel's refusal in words, for those that have one usual cause. */
function explain(error: unknown): string {
  const message = messageOf(error);
  if (!(error instanceof CellError) || error.code !== 'EPERM') return message;
  if (error.step.startsWith('unshare')) {
    return `this process may not make namespaces, as in a default Docker container (${message})`;
  }
  return error.step === 'mount /proc'
    ? `a part of /proc is hidden here, so that no new one may be mounted (${message})`
    : message;
}

function concernsOverlay(error: unknown): boolean {
  const text = error instanceof CellError ? error.step : messageOf(error);
  return /overlay|special files/.test(text);
}

function makeMachine(
  base: MachineBase,
  level: IsolationLevel,
  format: LayerFormat,
  engine?: OciEngine,
): Machine {
  const directory = join(base.sharedDirectory, 'layers');
  const ownNetwork = level === 'oci' || level === 'namespaces';
  return {
    ...base,
    level,
    ...(engine && { engine }),
    userNamespace: ownNetwork && process.geteuid?.() !== 0,
    ownNetwork,
    network: NO_CABLES,
    layers: new LayerStore({ directory, format, cell: base.cell }),
  };
}

interface Verdict {
  /** How root file systems are made, when the engine works. */
  format?: LayerFormat;
  reason: string;
}

/** What was found out about OCI runtimes, kept because finding out takes longer than all other trials. */
class Verdicts {
  readonly #path: string;
  readonly #known: Map<string, Verdict>;

  private constructor(path: string, known: Map<string, Verdict>) {
    this.#path = path;
    this.#known = known;
  }

  static async load(directory: string): Promise<Verdicts> {
    const path = join(directory, 'oci-verdicts.json');
    try {
      const entries = JSON.parse(await readFile(path, 'utf8')) as Record<string, Verdict>;
      return new Verdicts(path, new Map(Object.entries(entries)));
    } catch {
      return new Verdicts(path, new Map()); // none yet, or not readable: found out again
    }
  }

  get(key: string): Verdict | undefined {
    return this.#known.get(key);
  }

  async add(key: string, verdict: Verdict): Promise<void> {
    this.#known.set(key, verdict);
    const whole = `${this.#path}.${process.pid}`; // another process may read it at any time
    await writeFile(whole, JSON.stringify(Object.fromEntries(this.#known)), { mode: 0o600 });
    await rename(whole, this.#path);
  }
}

/** A verdict holds for one engine, user and boot of the machine. */
async function verdictKey(engine: OciEngine): Promise<string> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return [engine.path, engine.version, release(), process.geteuid?.() ?? '', boot.trim()].join('|');
}
