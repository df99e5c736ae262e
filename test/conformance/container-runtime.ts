import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../../src/base/failure.js';
import { digestOf } from '../../src/oci/digest.js';
import { ContainerStartError } from '../../src/runtime/runtime.js';
import type {
  Container,
  ContainerRuntime,
  ContainerSpec,
  ExitStatus,
  Sandbox,
  UnpackedImage,
} from '../../src/runtime/runtime.js';
import {
  ACCOUNTS,
  findBusybox,
  foreignProgram,
  helloProgram,
  imageOf,
  shellImage,
} from './container-runtime-images.js';

import { describeExec } from './container-exec.js';
import { describeOutput } from './container-output.js';
import { describeStacking } from './container-stacking.js';
import { describeWatch } from './container-watch.js';
import { freeHostPort } from './free-host-port.js';

const busybox = findBusybox();

let sandboxes = 0;

export interface RuntimeTraits {
  /** Sandboxes that are started at once; 50 when left out. */
  many?: number;
  /** Whether it says that the memory limit was what killed a program; true when left out. */
  tellsOutOfMemory?: boolean;
}

/** What every container runtime must do, whatever it runs on. */
export function describeContainerRuntime(
  name: string,
  open: () => Promise<{ runtime: ContainerRuntime; dispose: () => Promise<void> }>,
  { many = 50, tellsOutOfMemory = true }: RuntimeTraits = {},
): void {
  describe(`container runtime: ${name}`, () => {
    let runtime: ContainerRuntime;
    let dispose: () => Promise<void>;
    let image: UnpackedImage;

    beforeAll(async () => {
      ({ runtime, dispose } = await open());
      image = await runtime.unpack(
        await imageOf(
          [
            ...ACCOUNTS,
            { name: 'hello', content: helloProgram() },
            { name: 'removed', content: helloProgram() },
            { name: 'hidden/', type: 'directory' },
            { name: 'hidden/below', content: helloProgram() },
            { name: 'replaced/', type: 'directory' },
            { name: 'replaced/below', content: helloProgram() },
          ],
          [
            { name: '.wh.removed' },
            { name: 'hidden/', type: 'directory' },
            { name: 'hidden/.wh..wh..opq' },
            { name: 'hidden/above', content: helloProgram() },
            { name: '.wh.replaced' },
            { name: 'replaced', content: helloProgram() },
            { name: 'usr/bin/', type: 'directory' },
            { name: 'usr/bin/linked', type: 'symlink', linkname: '/hello' },
            { name: 'plain-file', mode: 0o644, content: 'no program' },
            { name: 'foreign', content: foreignProgram() },
          ],
        ),
      );
    });

    afterAll(async () => {
      await dispose();
    });

    const newSandbox = (): Promise<Sandbox> =>
      runtime.createSandbox({ id: `conformance-${process.pid}-${++sandboxes}`, hostname: 'box' });

    const specOf = (env: Record<string, string>, more: Partial<ContainerSpec> = {}) => ({
      name: 'app',
      rootfs: { image },
      argv: ['/hello'],
      env: Object.entries(env).map(([key, value]) => `${key}=${value}`),
      workingDir: '/',
      user: '',
      ...more,
    });

    const withSandbox = async (body: (sandbox: Sandbox) => Promise<void>): Promise<void> => {
      const sandbox = await newSandbox();
      try {
        await body(sandbox);
      } finally {
        await sandbox.remove();
      }
    };

    /** A port that no other test uses, for runtimes whose sandboxes share the host's. */
    const freePort = (): Promise<number> =>
      runtime.info.ownNetwork ? Promise.resolve(8000) : freeHostPort();

    it('runs the program of the image and is reached by dial', () =>
      withSandbox(async (sandbox) => {
        const port = await freePort();
        let output = '';
        const container = await sandbox.run(
          specOf(
            { MESSAGE: 'from "the" test', PORT: `${port}` },
            { onOutput: (_stream, chunk) => (output += chunk.toString()) },
          ),
        );
        const answer = await get(sandbox, port, '/');
        expect(JSON.parse(answer.body)).toMatchObject({ message: 'from "the" test' });
        if (runtime.info.ownNetwork) expect(answer.body).toContain('"hostname":"box"');
        expect(await sandbox.listeningPorts()).toEqual([port]);
        expect(process.kill(container.pid, 0)).toBe(true);
        expect(await container.stop(5000)).toEqual({ code: 0, outOfMemory: false });
        expect(output).toMatch(/listening on port \d+[^]*GET \/ 200\nhello: stopping\n$/);
        expect(await sandbox.listeningPorts()).toEqual([]);
      }));

    it('refuses a connection to a port that nothing listens on', () =>
      withSandbox(async (sandbox) => {
        await expect(sandbox.dial(1)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      }));

    it('listens inside for what runs there, or says that there is no such network', () =>
      withSandbox(async (sandbox) => {
        const opening = sandbox.listen('inside', 42_356);
        if (!runtime.info.ownNetwork) {
          await expect(opening).rejects.toMatchObject({ code: 'ENETUNREACH' });
          return;
        }
        const server = await opening;
        server.on('connection', (client) => client.end('from Lazurite'));
        expect(await text(await sandbox.dial(42_356))).toBe('from Lazurite');
        await expect(sandbox.listen('inside', 42_356)).rejects.toMatchObject({
          code: 'EADDRINUSE',
        });
        server.close();
        await expect(sandbox.dial(42_356)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      }));

    it('takes every port of the gateway for Lazurite', () =>
      withSandbox(async (sandbox) => {
        if (runtime.info.network.gateway === undefined) {
          await expect(sandbox.listen('gateway', 80)).rejects.toMatchObject({
            code: 'ENETUNREACH',
          });
          await expect(sandbox.bind(53)).rejects.toMatchObject({ code: 'ENETUNREACH' });
          return;
        }
        const [web, names] = [await sandbox.listen('gateway', 80), await sandbox.bind(53)];
        expect([web.address(), names.address()]).toMatchObject([{ port: 80 }, { port: 53 }]);
        const closed = new Promise((resolve) => web.once('close', resolve));
        await sandbox.remove();
        await closed;
      }));

    it('tells the exit code', () =>
      withSandbox(async (sandbox) => {
        const container = await sandbox.run(specOf({ EXIT_CODE: '42' }));
        expect(await container.exited).toEqual({ code: 42, outOfMemory: false });
      }));

    it('shows a folder of this machine inside, or says that it cannot', () =>
      withSandbox(async (sandbox) => {
        const folder = await mkdtemp(join(tmpdir(), 'lazurite-shown-'));
        try {
          await writeFile(join(folder, 'hello'), helloProgram(), { mode: 0o755 });
          const mounts = [
            { source: folder, target: '/not/there/yet', readOnly: true },
            { source: join(folder, 'hello'), target: '/a/single/file' },
          ];
          const argv = ['/not/there/yet/hello'];
          const run = sandbox.run(specOf({ EXIT_CODE: '42' }, { argv, mounts }));
          if (['chroot', 'process'].includes(runtime.info.isolation)) {
            await expect(run).rejects.toThrow(/cannot show folders of this machine/);
          } else {
            expect(await (await run).exited).toEqual({ code: 42, outOfMemory: false });
            const single = { argv: ['/a/single/file'], mounts };
            const container = await sandbox.run(specOf({ EXIT_CODE: '43' }, single));
            expect(await container.exited).toEqual({ code: 43, outOfMemory: false });
          }
        } finally {
          await rm(folder, { recursive: true });
        }
      }));

    describeOutput({
      runShell: (body, files) =>
        withSandbox(async (sandbox) => {
          const shell = await runtime.unpack(await shellImage(busybox!, files));
          await body((argv, onOutput) =>
            sandbox.run(specOf({}, { rootfs: { image: shell }, argv, onOutput })),
          );
        }),
    });

    it('kills a program that outlives its grace period', () =>
      withSandbox(async (sandbox) => {
        const port = await freePort();
        const container = await sandbox.run(specOf({ PORT: `${port}` }));
        await get(sandbox, port, '/');
        // A harmless signal in place of SIGTERM: SIGWINCH is ignored by default.
        const exit = await container.stop(100, 'SIGWINCH');
        expect(exit).toEqual({ code: 137, signal: 'SIGKILL', outOfMemory: false });
        expect(await container.stop(100)).toEqual(exit);
      }));

    it('lets two sandboxes listen on one port', async (context) => {
      if (!runtime.info.ownNetwork) context.skip('sandboxes share the network of the host here');
      await withSandbox((first) =>
        withSandbox(async (second) => {
          await first.run(specOf({ MESSAGE: 'first' }));
          await second.run(specOf({ MESSAGE: 'second' }));
          expect((await get(first, 8000, '/')).body).toContain('"first"');
          expect((await get(second, 8000, '/')).body).toContain('"second"');
        }),
      );
    });

    it('lets containers of one sandbox share its network', () =>
      withSandbox(async (sandbox) => {
        const one = await freePort();
        const two = runtime.info.ownNetwork ? 8001 : await freePort();
        await sandbox.run(specOf({ MESSAGE: 'one', PORT: `${one}` }));
        await sandbox.run(specOf({ MESSAGE: 'two', PORT: `${two}` }, { name: 'sidecar' }));
        expect((await get(sandbox, one, '/')).body).toContain('"one"');
        expect((await get(sandbox, two, '/')).body).toContain('"two"');
        expect(await sandbox.listeningPorts()).toEqual([one, two].sort((a, b) => a - b));
      }));

    it.each([
      ['a file that the image does not have', ['/nowhere'], 'ENOENT', /no such file/],
      ['a name that is not on PATH', ['nowhere'], 'ENOENT', /not found in \$PATH/],
      ['a file that a layer removed', ['/removed'], 'ENOENT', /no such file/],
      ['a file in a directory that a layer made opaque', ['/hidden/below'], 'ENOENT', /no such/],
      ['a file that is not executable', ['/plain-file'], 'EACCES', /permission denied/],
      ['a program for another machine', ['/foreign'], 'ENOEXEC', /exec format error/],
    ] as const)('says why it cannot start %s', (_what, argv, reason, message) =>
      withSandbox(async (sandbox) => {
        const failure = await startFailure(sandbox, specOf({}, { argv: [...argv] }));
        expect(failure).toMatchObject({ reason });
        expect(failure.message).toMatch(message);
      }),
    );

    it('says that it does not know the user', () =>
      withSandbox(async (sandbox) => {
        const failure = await startFailure(sandbox, specOf({}, { user: 'nobody-here' }));
        expect(failure.reason).toBe('EUSER');
      }));

    it.each([
      ['on PATH', ['linked'], ['PATH=/usr/bin']],
      ['over a directory that a layer replaced', ['/replaced'], []],
      ['in a directory that a layer made opaque', ['/hidden/above'], []],
    ] as const)('finds a program %s', (_where, argv, env) =>
      withSandbox(async (sandbox) => {
        const spec = specOf({ EXIT_CODE: '7' }, { argv: [...argv] });
        const container = await sandbox.run({ ...spec, env: [...spec.env, ...env] });
        expect((await container.exited).code).toBe(7);
      }),
    );

    it.each(['app', '1000', 'app:extra', '4242:4243'])('runs as user %s', (user) =>
      withSandbox(async (sandbox) => {
        const port = await freePort();
        await sandbox.run(specOf({ PORT: `${port}` }, { user, workingDir: '/made/for/it' }));
        expect((await get(sandbox, port, '/')).status).toBe(200);
      }),
    );

    it('tells what a container uses, where cgroups count it', async (context) => {
      if (!runtime.info.limits.memory) context.skip(`no cgroup: ${runtime.info.limits.reason}`);
      await withSandbox(async (sandbox) => {
        const port = await freePort();
        const container = await sandbox.run(specOf({ PORT: `${port}` }));
        const before = await container.usage();
        expect(before?.memoryBytes).toBeGreaterThan(0);
        let after = before;
        for (const until = Date.now() + 20_000; after!.cpuSeconds <= before!.cpuSeconds;) {
          if (Date.now() > until) throw new Error('it answers, and no time is counted');
          await get(sandbox, port, '/');
          after = await container.usage();
        }
        await container.stop(5000);
        expect(await container.usage()).toBeUndefined();
      });
    });

    it('detects that memory ran out', async (context) => {
      if (!runtime.info.limits.memory)
        context.skip(`no memory limit: ${runtime.info.limits.reason}`);
      await withSandbox(async (sandbox) => {
        const container = await sandbox.run(
          specOf({ ALLOCATE_MIB: '64' }, { limits: { cpu: 0.5, memoryBytes: 16 * 1024 * 1024 } }),
        );
        const told = { code: 137, outOfMemory: tellsOutOfMemory };
        expect(await container.exited).toMatchObject(told);
      });
    });

    it('carries large bodies both ways, and the end of one before the other', () =>
      withSandbox(async (sandbox) => {
        const port = await freePort();
        await sandbox.run(specOf({ ECHO: '1', PORT: `${port}` }));
        const bytes = randomBytes(16 * 1024 * 1024);
        const echoes = [1, 2, 3].map(async () => hashOf(await echo(sandbox, port, bytes)));
        const expected = createHash('sha256').update(bytes).digest('hex');
        expect(await Promise.all(echoes)).toEqual([expected, expected, expected]);
      }));

    it('opens hundreds of connections at once', () =>
      withSandbox(async (sandbox) => {
        const port = await freePort();
        await sandbox.run(specOf({ ECHO: '1', PORT: `${port}` }));
        await dialWhenReady(sandbox, port).then((socket) => socket.destroy());
        const texts = Array.from({ length: 400 }, (_, index) => `connection ${index}`);
        const echoes = texts.map(async (text) => {
          const chunks = await echo(sandbox, port, Buffer.from(text));
          return Buffer.concat(chunks).toString();
        });
        expect(await Promise.all(echoes)).toEqual(texts);
      }));

    it('removes a sandbox whose program runs, twice, and takes its name again', async () => {
      const id = `conformance-${process.pid}-again`;
      for (let round = 0; round < 2; round++) {
        const port = await freePort();
        const sandbox = await runtime.createSandbox({ id, hostname: 'box' });
        const container = await sandbox.run(specOf({ PORT: `${port}` }));
        await get(sandbox, port, '/');
        await Promise.all([sandbox.remove(), sandbox.remove()]);
        await sandbox.remove();
        expect((await container.exited).code).toBe(137);
        expect(() => process.kill(container.pid, 0)).toThrow('ESRCH');
        await expect(sandbox.dial(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      }
    });

    it('starts a container again in the same sandbox', () =>
      withSandbox(async (sandbox) => {
        const port = await freePort();
        for (const message of ['once', 'twice']) {
          const container = await sandbox.run(specOf({ MESSAGE: message, PORT: `${port}` }));
          expect((await get(sandbox, port, '/')).body).toContain(message);
          await container.stop(5000);
        }
      }));

    it(`starts ${many} sandboxes at once`, async () => {
      const started = await Promise.all(
        Array.from({ length: many }, async (_, index) => {
          const port = await freePort();
          const sandbox = await newSandbox();
          await sandbox.run(specOf({ MESSAGE: `number ${index}`, PORT: `${port}` }));
          const { body } = await get(sandbox, port, '/');
          expect(body).toContain(`"number ${index}"`);
          return sandbox;
        }),
      );
      await Promise.all(started.map((sandbox) => sandbox.remove()));
    });

    describeWatch({
      withSandbox,
      withProgram: (body) =>
        withSandbox(async (sandbox) => {
          const port = await freePort();
          await body(sandbox, await sandbox.run(specOf({ PORT: `${port}` })), port);
        }),
    });

    describeExec({
      isolation: () => runtime.info.isolation,
      withShell: (body, more = {}) =>
        withSandbox(async (sandbox) => {
          const port = await freePort();
          const shell = await runtime.unpack(await shellImage(busybox!));
          const env = { PORT: `${port}`, GREETING: 'hi there', PS1: 'ready> ' };
          await body(await sandbox.run(specOf(env, { rootfs: { image: shell }, ...more })));
        }),
    });

    describeStacking({
      runtime: () => runtime,
      async run(more) {
        const exited: ExitStatus[] = [];
        await withSandbox(async (sandbox) => {
          exited.push(await (await sandbox.run(specOf({}, more))).exited);
        });
        return exited[0]?.code;
      },
    });

    it('ends a start that is aborted', () =>
      withSandbox(async (sandbox) => {
        const abort = new AbortController();
        abort.abort(new Error('no longer wanted'));
        await expect(sandbox.run(specOf({}), abort.signal)).rejects.toThrow('no longer wanted');
      }));

    it('unpacks a layer once, however many ask', async () => {
      const source = await imageOf([{ name: `only-${process.pid}-${name}`, content: 'x' }]);
      const unpacked = await Promise.all([1, 2, 3].map(() => runtime.unpack(source)));
      expect(new Set(unpacked.map(({ layerPaths }) => layerPaths.join())).size).toBe(1);
      expect(source.opened).toBe(1);
    });

    it('refuses a layer that is not what the config says', async () => {
      const source = await imageOf([{ name: 'lie', content: `${process.pid}` }]);
      source.config.rootfs.diff_ids = [digestOf('something else')];
      await expect(runtime.unpack(source)).rejects.toThrow(/diff id/);
    });
  });
}

async function startFailure(sandbox: Sandbox, spec: ContainerSpec): Promise<ContainerStartError> {
  let container: Container | undefined;
  try {
    container = await sandbox.run(spec);
  } catch (error) {
    if (error instanceof ContainerStartError) return error;
    throw error;
  }
  throw new Error(`it started, and ended with ${JSON.stringify(await container.exited)}`);
}

/** Waits until the program listens. */
export async function dialWhenReady(sandbox: Sandbox, port: number): Promise<Duplex> {
  for (const started = Date.now(); ;) {
    try {
      return await sandbox.dial(port);
    } catch (error) {
      if (codeOf(error) !== 'ECONNREFUSED' || Date.now() - started > 10_000) throw error;
      await delay(5);
    }
  }
}

export async function get(
  sandbox: Sandbox,
  port: number,
  path: string,
): Promise<{ status: number; body: string }> {
  const socket = await dialWhenReady(sandbox, port);
  return new Promise((resolve, reject) => {
    const call = request({ createConnection: () => socket, path, host: 'box' }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => {
        socket.destroy();
        resolve({ status: response.statusCode ?? 0, body });
      });
    });
    call.on('error', reject).end();
  });
}

/** Sends everything, ends its own side, and reads until the other side ends. */
async function echo(sandbox: Sandbox, port: number, bytes: Buffer): Promise<Buffer[]> {
  const socket = await dialWhenReady(sandbox, port);
  socket.end(bytes);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return chunks;
}

function hashOf(chunks: Buffer[]): string {
  return createHash('sha256').update(Buffer.concat(chunks)).digest('hex');
}
