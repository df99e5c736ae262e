import { formatPlatform, type Platform } from '../../oci/platform.js';
import type { ArgInstruction } from './dockerfile/instructions.js';
import { expandWord, type Lookup } from './dockerfile/expand.js';

/** Known to RUN without an ARG, and kept out of the history. */
const PROXY_ARGUMENTS = ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY', 'ALL_PROXY'];

/** The arguments of a build: what the caller gave, what the platforms say, what ARG declares before FROM. */
export class BuildArguments {
  readonly #given: ReadonlyMap<string, string>;
  readonly #global: Map<string, string>;
  readonly #used = new Set<string>();
  readonly #escape: string;

  constructor(options: {
    given: ReadonlyMap<string, string>;
    target: Platform;
    build: Platform;
    targetStage: string;
    escape: string;
  }) {
    this.#given = options.given;
    this.#escape = options.escape;
    this.#global = new Map([
      ...platformArguments('BUILD', options.build),
      ...platformArguments('TARGET', options.target),
      ['TARGETSTAGE', options.targetStage],
    ]);
  }

  /** ARG in front of the first FROM. */
  declareGlobal(instruction: ArgInstruction): void {
    for (const { name, value } of instruction.args) {
      const effective = this.#take(name) ?? this.#expand(value, (one) => this.#global.get(one));
      if (effective !== undefined) this.#global.set(name, effective);
    }
  }

  /** For the variables of FROM. */
  readonly lookupGlobal: Lookup = (name) => this.#global.get(name);

  /** ARG in a stage: the caller's value, else the default written there, else the global one. */
  declare(instruction: ArgInstruction, scope: Map<string, string>, lookup: Lookup): void {
    for (const { name, value } of instruction.args) {
      const given = this.#take(name) ?? this.#expand(value, lookup) ?? this.#global.get(name);
      if (given !== undefined) scope.set(name, given);
    }
  }

  /** Proxy settings the caller gave: RUN sees them without an ARG. */
  proxies(): [string, string][] {
    return PROXY_ARGUMENTS.flatMap((name) => [name, name.toLowerCase()]).flatMap((name) => {
      const value = this.#given.get(name);
      return value === undefined ? [] : [[name, value] as [string, string]];
    });
  }

  /** Arguments the caller gave that nothing declares. */
  unused(): string[] {
    const known = new Set(PROXY_ARGUMENTS.flatMap((name) => [name, name.toLowerCase()]));
    return [...this.#given.keys()].filter((name) => !this.#used.has(name) && !known.has(name));
  }

  #take(name: string): string | undefined {
    const value = this.#given.get(name);
    if (value !== undefined) this.#used.add(name);
    return value;
  }

  #expand(value: string | undefined, lookup: Lookup): string | undefined {
    return value === undefined ? undefined : expandWord(value, { lookup, escape: this.#escape });
  }
}

function platformArguments(prefix: string, platform: Platform): [string, string][] {
  return [
    [`${prefix}PLATFORM`, formatPlatform(platform)],
    [`${prefix}OS`, platform.os],
    [`${prefix}ARCH`, platform.architecture],
    [`${prefix}VARIANT`, platform.variant ?? ''],
  ];
}
