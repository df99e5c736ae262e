import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { connect, createServer as createNetServer, type Server as NetServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { PassThrough, type Duplex } from 'node:stream';
import { ContainerStartError } from '../../src/runtime/runtime.js';
import type {
  Container,
  ContainerRuntime,
  ContainerSpec,
  ContainerUsage,
  ExecSpec,
  Execution,
  ExitStatus,
  ImageSource,
  ListenPlace,
  RuntimeInfo,
  Sandbox,
  SandboxSpec,
  TerminalSize,
  UnpackedImage,
} from '../../src/runtime/runtime.js';

/** What a fake program does; named by the first word of the image's entry point. */
export interface FakeProgram {
  /** Port it listens on as soon as it is started. */
  port?: number;
  /** Ends by itself with this code right after its start. */
  exitCode?: number;
  outOfMemory?: boolean;
  startError?: { reason: ContainerStartError['reason']; message: string };
  output?: string;
  /** Cannot be measured when left out. */
  usage?: () => ContainerUsage;
  answer?: (request: IncomingMessage, response: ServerResponse) => void;
}

/** Runs programs as objects; their ports are real ones on loopback. */
export class FakeRuntime implements ContainerRuntime {
  readonly info: RuntimeInfo;
  readonly programs: Record<string, FakeProgram>;
  readonly sandboxes = new Map<string, FakeSandbox>();
  /** Every sandbox that was ever made. */
  created = 0;

  constructor(programs: Record<string, FakeProgram>, options: { ownNetwork?: boolean } = {}) {
    this.programs = programs;
    this.info = {
      driver: 'embedded',
      isolation: options.ownNetwork === false ? 'process' : 'oci',
      reason: 'fake',
      ownNetwork: options.ownNetwork ?? true,
      network: { egress: 'none', reason: 'fake' },
      limits: { cpu: true, memory: true },
    };
  }

  async unpack(image: ImageSource): Promise<UnpackedImage> {
    const { manifestDigest, config } = image;
    return { manifestDigest, config, layerPaths: [], size: 33_554_432 };
  }

  async createSandbox(spec: SandboxSpec): Promise<Sandbox> {
    this.created += 1;
    const sandbox = new FakeSandbox(spec.id, this);
    this.sandboxes.set(spec.id, sandbox);
    return sandbox;
  }

  prune(): Promise<number> {
    return Promise.resolve(0);
  }

  async close(): Promise<void> {
    await Promise.all([...this.sandboxes.values()].map((sandbox) => sandbox.remove()));
  }

  /** Containers that run, by image program. */
  running(): string[] {
    return [...this.sandboxes.values()].flatMap(({ containers }) =>
      [...containers.values()].map(({ program }) => program),
    );
  }
}

export class FakeSandbox implements Sandbox {
  readonly id: string;
  readonly containers = new Map<string, FakeContainer>();
  /** What was opened for the programs inside, by what was asked for: `'gateway:80'`. */
  readonly ports = new Map<string, NetServer | DatagramSocket>();
  readonly #runtime: FakeRuntime;

  constructor(id: string, runtime: FakeRuntime) {
    this.id = id;
    this.#runtime = runtime;
  }

  async run(spec: ContainerSpec): Promise<Container> {
    const name = spec.argv[0] ?? '';
    const program = this.#runtime.programs[name];
    if (!program) throw new ContainerStartError('ENOENT', `exec: "${name}": no such file`);
    if (program.startError) {
      throw new ContainerStartError(program.startError.reason, program.startError.message);
    }
    const container = new FakeContainer(spec, name, program, () => {
      this.containers.delete(spec.name);
    });
    await container.listen();
    this.containers.set(spec.name, container);
    container.begin();
    return container;
  }

  async dial(port: number): Promise<Duplex> {
    const container = [...this.containers.values()].find(({ port: open }) => open === port);
    const address = container?.server?.address() as AddressInfo | null | undefined;
    if (!address) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    const socket = connect(address.port, '127.0.0.1');
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return socket;
  }

  async listen(at: ListenPlace, port: number): Promise<NetServer> {
    const listening = createNetServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => listening.once('listening', resolve));
    this.ports.set(`${at}:${port}`, listening);
    return listening;
  }

  async bind(port: number): Promise<DatagramSocket> {
    const bound = createSocket('udp4').bind(0, '127.0.0.1');
    await new Promise((resolve) => bound.once('listening', resolve));
    this.ports.set(`datagrams:${port}`, bound);
    return bound;
  }

  async listeningPorts(): Promise<number[]> {
    return [...this.containers.values()].flatMap(({ port }) => (port === undefined ? [] : [port]));
  }

  async remove(): Promise<void> {
    await Promise.all([...this.containers.values()].map((container) => container.stop()));
    for (const port of this.ports.values()) port.close();
    this.#runtime.sandboxes.delete(this.id);
  }
}

let nextPid = 1000;

export class FakeContainer implements Container {
  readonly name: string;
  readonly pid = nextPid++;
  readonly startedAt = new Date();
  readonly exited: Promise<ExitStatus>;
  readonly program: string;
  readonly port: number | undefined;
  readonly spec: ContainerSpec;
  server: Server | undefined;
  readonly executions: FakeExecution[] = [];
  readonly #behaviour: FakeProgram;
  readonly #ended: () => void;
  #exit: (status: ExitStatus) => void = () => undefined;

  constructor(spec: ContainerSpec, program: string, behaviour: FakeProgram, ended: () => void) {
    this.name = spec.name;
    this.spec = spec;
    this.program = program;
    this.port = behaviour.port;
    this.#behaviour = behaviour;
    this.#ended = ended;
    this.exited = new Promise((resolve) => (this.#exit = resolve));
  }

  async listen(): Promise<void> {
    if (this.#behaviour.port === undefined) return;
    const answer =
      this.#behaviour.answer ??
      ((_request: IncomingMessage, response: ServerResponse): void => {
        response.end(this.program);
      });
    const server = createServer(answer);
    this.server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }

  begin(): void {
    const { output, exitCode, outOfMemory = false } = this.#behaviour;
    if (output !== undefined) this.spec.onOutput?.('stdout', Buffer.from(output));
    if (exitCode !== undefined) this.end({ code: exitCode, outOfMemory });
  }

  end(status: ExitStatus): void {
    this.server?.closeAllConnections();
    this.server?.close();
    this.#ended();
    this.#exit(status);
  }

  async stop(): Promise<ExitStatus> {
    const status = { code: 143, outOfMemory: false };
    this.end(status);
    return status;
  }

  usage(): Promise<ContainerUsage | undefined> {
    return Promise.resolve(this.#behaviour.usage?.());
  }

  /** `sh` is the one program there is. */
  async exec(spec: ExecSpec): Promise<Execution> {
    const [name = ''] = spec.argv;
    if (name !== 'sh') {
      const message = `exec: "${name}": executable file not found in $PATH`;
      throw new ContainerStartError('ENOENT', message);
    }
    const execution = new FakeExecution(spec);
    this.executions.push(execution);
    return execution;
  }
}

/** Shows what is typed, and ends at `exit CODE` and a carriage return. */
export class FakeExecution implements Execution {
  readonly spec: ExecSpec;
  readonly sizes: TerminalSize[];
  readonly input = new PassThrough();
  readonly output = new PassThrough();
  readonly exited: Promise<{ code: number }>;
  #end: (status: { code: number }) => void = () => undefined;

  constructor(spec: ExecSpec) {
    this.spec = spec;
    this.sizes = [spec.terminal];
    this.exited = new Promise((resolve) => (this.#end = resolve));
    let typed = '';
    this.input.on('data', (chunk: Buffer) => {
      this.output.write(chunk);
      typed += chunk.toString();
      const code = /exit (\d+)\r$/.exec(typed)?.[1];
      if (code !== undefined) this.end(Number(code));
    });
  }

  end(code: number): void {
    this.output.end();
    this.#end({ code });
  }

  resize(size: TerminalSize): void {
    this.sizes.push(size);
  }

  kill(): void {
    this.end(137);
  }
}
