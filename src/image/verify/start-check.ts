import path from 'node:path/posix';
import type { ImageConfig } from '../../oci/image-config.js';
import { formatPlatform, type Platform } from '../../oci/platform.js';
import { acceptablePlatforms } from '../../oci/platform/matching.js';
import type { Program } from '../../oci/program/program.js';
import type { Finding } from './finding.js';
import type { FoundFile, ImageFiles } from './image-files.js';

/** What is known of an image's programs without running them. */
export interface StartCheck {
  /** The program that the entry point or the command names, where it was found. */
  program?: { path: string; machine?: string };
  /** How many programs there are for each machine, among those that can be started by name. */
  machines: Record<string, number>;
  findings: Finding[];
}

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** Interpreters of interpreters: Linux gives up sooner. */
const MAX_CHAIN = 5;
/** More would not be read. */
const SHOWN = 8;

/**
 * Whether an image could start on a platform: its program is there, can be executed, and is for the machine;
 * so are the interpreters and loaders that it asks for, and the other programs on its PATH.
 */
export function checkStart(files: ImageFiles, config: ImageConfig, declared: Platform): StartCheck {
  return new StartChecker(files, config, declared).check();
}

class StartChecker {
  readonly #files: ImageFiles;
  readonly #config: ImageConfig;
  readonly #declared: Platform;
  readonly #runnable: ReadonlySet<string>;
  readonly #findings: Finding[] = [];
  /** Paths of the programs that were looked at. */
  readonly #seen = new Set<string>();
  readonly #machines: Record<string, number> = {};
  readonly #foreign = new Map<string, string>();

  constructor(files: ImageFiles, config: ImageConfig, declared: Platform) {
    this.#files = files;
    this.#config = config;
    this.#declared = declared;
    this.#runnable = new Set(acceptablePlatforms(declared, true).map(machineOf));
  }

  check(): StartCheck {
    const { Entrypoint, Cmd } = this.#config.config ?? {};
    const argv = [...(Entrypoint ?? []), ...(Cmd ?? [])];
    const program = this.#checkCommand(argv);
    this.#checkPath();
    this.#reportForeign();
    const machines = this.#machines;
    return { ...(program && { program }), machines, findings: this.#findings };
  }

  #checkCommand(argv: readonly string[]): StartCheck['program'] {
    const [name, ...others] = argv;
    if (name === undefined) {
      this.#warn('no-command', 'the image has neither an entry point nor a command', {
        help: 'a container of it starts only when it is given a command',
      });
      return undefined;
    }
    const found = this.#findProgram(name);
    if (found === undefined) {
      this.#fail('program-missing', `the program ${name} is not in the image`, {
        help: name.includes('/') ? 'correct ENTRYPOINT or CMD' : 'correct ENTRYPOINT, CMD or PATH',
      });
      return undefined;
    }
    this.#follow(found, 0);
    for (const other of others) this.#checkArgument(other);
    const { path: where, program } = found;
    return { path: where, ...(program && { machine: describeProgram(program) }) };
  }

  /** `tini -- /app`: arguments that are programs are started as well. */
  #checkArgument(argument: string): void {
    const found = argument.startsWith('/') ? this.#files.lookUp(argument) : undefined;
    if (found?.type === 'file' && found.executable) this.#count(found);
  }

  #follow(found: FoundFile, depth: number): void {
    if (found.type !== 'file') {
      this.#fail('program-missing', `${found.path} is a directory or a device, not a program`);
      return;
    }
    if (!found.executable) {
      this.#fail('program-not-executable', `${found.path} has no permission to be executed`, {
        help: `RUN chmod +x ${found.path}, or COPY --chmod=755`,
      });
      return;
    }
    this.#count(found);
    if (found.program === undefined) {
      this.#fail('program-unknown', `${found.path} is no program, and no script with a "#!" line`, {
        help: 'begin a script with #!/bin/sh',
      });
    } else if (found.program.kind === 'script' && depth < MAX_CHAIN) {
      this.#followScript(found.path, found.program, depth + 1);
    } else if (found.program.kind === 'binary') {
      this.#requireLoader(found.path, found.program.loader);
    }
  }

  #followScript(script: string, program: Program & { kind: 'script' }, depth: number): void {
    const interpreter = this.#files.lookUp(program.interpreter);
    if (interpreter === undefined) {
      this.#missingInterpreter(script, program.interpreter);
      return;
    }
    this.#follow(interpreter, depth);
    if (path.basename(program.interpreter) !== 'env') return;
    const name = nameGivenToEnv(program.argument);
    const found = name === undefined ? undefined : this.#findProgram(name);
    if (found) this.#follow(found, depth);
    else if (name !== undefined) this.#missingInterpreter(script, name);
  }

  #missingInterpreter(script: string, interpreter: string): void {
    const help = interpreter.endsWith('\r')
      ? 'its lines end as on Windows: convert it with sed -i "s/\\r$//"'
      : 'install the interpreter, or correct the "#!" line';
    const shown = JSON.stringify(interpreter);
    this.#fail('interpreter-missing', `${script} asks for ${shown}, which is not in the image`, {
      help,
    });
  }

  #requireLoader(program: string, loader: string | undefined): void {
    if (!loader || this.#files.lookUp(loader) !== undefined) return;
    this.#fail('loader-missing', `${program} asks for ${loader}, which is not in the image`, {
      help: 'link it statically, or use a base image with the same C library',
    });
  }

  /** All programs that could be started by name. */
  #checkPath(): void {
    for (const directory of this.#searchPath()) {
      for (const file of this.#files.list(directory)) {
        const found = this.#files.lookUp(file);
        if (found?.type === 'file' && found.executable) this.#count(found);
      }
    }
  }

  #count({ path: where, program }: FoundFile): void {
    if (program?.kind !== 'binary' || this.#seen.has(where)) return;
    this.#seen.add(where);
    const machine = machineOf(program.platform);
    this.#machines[machine] = (this.#machines[machine] ?? 0) + 1;
    if (!this.#runnable.has(machine)) this.#foreign.set(where, machine);
  }

  #reportForeign(): void {
    if (this.#foreign.size === 0) return;
    const declared = formatPlatform(this.#declared);
    const shown = [...this.#foreign]
      .slice(0, SHOWN)
      .map(([file, machine]) => `${file}: ${machine}`);
    const more = this.#foreign.size - shown.length;
    const count =
      this.#foreign.size === 1 ? 'one program is' : `${this.#foreign.size} programs are`;
    this.#fail('wrong-machine', `the image says ${declared}, but ${count} for another machine`, {
      evidence: more > 0 ? [...shown, `and ${more} more`] : shown,
      help: `build it for the platform: docker buildx build --platform ${declared} …`,
    });
  }

  #findProgram(name: string): FoundFile | undefined {
    return this.#declared.os === 'windows' ? this.#findOnWindows(name) : this.#findOnUnix(name);
  }

  #findOnUnix(name: string): FoundFile | undefined {
    if (name.includes('/')) {
      return this.#files.lookUp(
        path.join('/', path.isAbsolute(name) ? '' : this.#workingDir(), name),
      );
    }
    const found = this.#searchPath().map((directory) =>
      this.#files.lookUp(path.join(directory, name)),
    );
    const files = found.filter((one) => one?.type === 'file');
    return files.find((one) => one?.executable) ?? files[0];
  }

  #findOnWindows(name: string): FoundFile | undefined {
    const bare = fromWindowsPath(name);
    const isPath = /[\\/]/.test(name);
    const directories = isPath
      ? [isAbsoluteOnWindows(name) ? '/Files' : this.#workingDir()]
      : this.#searchPath();
    const names = ['', '.exe', '.com', '.bat', '.cmd'].map((ending) => `${bare}${ending}`);
    for (const directory of directories) {
      for (const candidate of names) {
        const found = this.#files.lookUp(path.join(directory, candidate));
        if (found?.type === 'file') return found;
      }
    }
    return undefined;
  }

  #workingDir(): string {
    const directory = this.#config.config?.WorkingDir ?? '';
    if (this.#declared.os !== 'windows') return directory === '' ? '/' : directory;
    return path.join('/Files', fromWindowsPath(directory));
  }

  #searchPath(): string[] {
    const isWindows = this.#declared.os === 'windows';
    const prefix = /^PATH=/i;
    const entry = this.#config.config?.Env?.find((one) => prefix.test(one))?.replace(prefix, '');
    if (!isWindows) return (entry ?? DEFAULT_PATH).split(':').map((one) => path.join('/', one));
    const listed = (entry ?? 'C:\\Windows\\System32;C:\\Windows').split(';');
    const system = ['/Files/Windows/System32', '/Files/Windows'];
    const own = listed.map((one) => path.join('/Files', fromWindowsPath(one)));
    return [...new Set([this.#workingDir(), ...own, ...system])];
  }

  #fail(code: Finding['code'], message: string, more: Partial<Finding> = {}): void {
    this.#findings.push({ code, level: 'error', message, ...more });
  }

  #warn(code: Finding['code'], message: string, more: Partial<Finding> = {}): void {
    this.#findings.push({ code, level: 'warning', message, ...more });
  }
}

/** A header says nothing of variants. */
function machineOf({ os, architecture }: Platform): string {
  return `${os}/${architecture}`;
}

function describeProgram(program: Program): string {
  return program.kind === 'binary'
    ? machineOf(program.platform)
    : `script for ${program.interpreter}`;
}

/** `#!/usr/bin/env -S A=b node --flag` names node; without `-S`, all that follows is one name. */
function nameGivenToEnv(argument: string): string | undefined {
  if (!argument.startsWith('-')) return argument === '' ? undefined : argument;
  const split = /^(?:-S|--split-string=?)\s*(.*)$/.exec(argument)?.[1];
  return split
    ?.split(/\s+/)
    .find((word) => word !== '' && !/^\w+=/.test(word) && !word.startsWith('-'));
}

function fromWindowsPath(text: string): string {
  return text
    .replace(/^[A-Za-z]:/, '')
    .replaceAll('\\', '/')
    .replace(/^"|"$/g, '');
}

function isAbsoluteOnWindows(text: string): boolean {
  return /^"?(?:[A-Za-z]:)?[\\/]/.test(text);
}
