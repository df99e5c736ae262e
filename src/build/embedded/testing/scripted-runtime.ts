import {
  ContainerStartError,
  type ContainerRuntime,
  type ContainerSpec,
  type ExitStatus,
  type SandboxSpec,
} from '../../../runtime/runtime.js';

/** What a command does in its root. @returns its exit code */
export type Program = (root: string, spec: ContainerSpec) => Promise<number>;

/** Runs programs of this test in place of processes; what they do to the files is real. */
export class ScriptedRuntime implements ContainerRuntime {
  readonly info = {
    driver: 'embedded' as const,
    isolation: 'process' as const,
    reason: 'test',
    ownNetwork: true,
    network: { egress: 'host' as const, reason: 'test' },
    limits: { cpu: false, memory: false },
  };
  readonly specs: ContainerSpec[] = [];
  readonly programs = new Map<string, Program>();
  readonly networks: (string | undefined)[] = [];
  open = 0;

  async unpack(): Promise<never> {
    throw new Error('builds do not unpack through the runtime');
  }

  async createSandbox({ id, network }: SandboxSpec) {
    this.open++;
    this.networks.push(network);
    return {
      id,
      run: (spec: ContainerSpec) => this.#run(spec),
      dial: () => Promise.reject(new Error('not here')),
      listen: () => Promise.reject(new Error('not here')),
      bind: () => Promise.reject(new Error('not here')),
      listeningPorts: async () => [],
      remove: async () => {
        this.open--;
      },
    };
  }

  prune(): Promise<number> {
    return Promise.resolve(0);
  }

  async close(): Promise<void> {
    await Promise.resolve();
  }

  async #run(spec: ContainerSpec) {
    this.specs.push(spec);
    const program = this.programs.get(spec.argv.at(-1) ?? '');
    if (program === undefined || !('directory' in spec.rootfs)) {
      throw new ContainerStartError('ENOENT', 'no such file or directory');
    }
    const code = await program(spec.rootfs.directory, spec);
    const exited: ExitStatus = { code, outOfMemory: false };
    return {
      name: spec.name,
      pid: 1,
      startedAt: new Date(),
      exited: Promise.resolve(exited),
      stop: async () => exited,
      usage: async () => undefined,
      exec: () => Promise.reject(new Error('not here')),
    };
  }
}
