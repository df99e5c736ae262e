import { describe, expect, it } from 'vitest';
import type {
  Container,
  ContainerSpec,
  Execution,
  IsolationLevel,
} from '../../src/runtime/runtime.js';
import { findBusybox } from './container-runtime-images.js';

export interface ExecSuite {
  /** Asked once the runtime is open. */
  isolation: () => IsolationLevel;
  /** Runs the workload from an image that has a shell. */
  withShell: (
    body: (container: Container) => Promise<void>,
    more?: Partial<ContainerSpec>,
  ) => Promise<void>;
}

/** What every container runtime must do for one more process in a container. */
export function describeExec({ isolation, withShell }: ExecSuite): void {
  describe.skipIf(findBusybox() === undefined)('exec (needs a static busybox)', () => {
    const sh = ['/bin/busybox', 'sh'];
    const terminal = { columns: 91, rows: 17 };

    it('runs at a terminal of the asked size, with the variables, and tells its exit code', () =>
      withShell(async (container) => {
        // Some engines give a terminal its size only when the program runs already.
        const size =
          'until /bin/busybox stty size 2>/dev/null | /bin/busybox grep -v "^0 0"; do :; done';
        const script = `test -t 0 && test -t 1 && ${size}; echo "$GREETING"; exit 7`;
        const execution = await container.exec({ argv: [...sh, '-c', script], terminal });
        expect(await shown(execution)).toBe('17 91\r\nhi there\r\n');
        expect((await execution.exited).code).toBe(7);
        expect(process.kill(container.pid, 0)).toBe(true);
      }));

    it('reads what is typed, takes a new size, and hears Ctrl-C', () =>
      withShell(async (container) => {
        const execution = await container.exec({ argv: sh, terminal });
        const screen = new Screen(execution);
        execution.input.write('echo $((40+2))\r');
        await screen.shows('\r\n42\r\n');
        execution.resize({ columns: 120, rows: 40 });
        // a new size takes its own way to an engine, and may be there later than what is typed
        execution.input.write(
          'until /bin/busybox stty size | /bin/busybox grep "^40 120"; do :; done\r',
        );
        await screen.shows('\r\n40 120\r\n');
        // the job itself says that it is in the foreground
        execution.input.write(
          `/bin/busybox sh -c 'echo asleep $((40+3)); exec /bin/busybox sleep 1000'\r`,
        );
        await screen.shows('asleep 43\r\n');
        execution.input.write('\u0003');
        await screen.shows('ready> ');
        execution.input.write('echo code $?\r');
        await screen.shows('code 130\r\n');
        execution.input.write('exit 3\r');
        expect((await execution.exited).code).toBe(3);
      }));

    it('runs inside, as the same user', () =>
      withShell(
        async (container) => {
          const script =
            'echo $(/bin/busybox id -u):$(/bin/busybox pwd); /bin/busybox cat /only-inside';
          const execution = await container.exec({ argv: [...sh, '-c', script], terminal });
          const text = await shown(execution);
          const inside = isolation() !== 'process';
          if (inside) expect(text).toBe('1000:/tmp\r\nin the image\r\n');
          else expect(text).toMatch(/^\d+:/); // an ordinary user cannot become another there
        },
        { user: 'app', workingDir: '/tmp' },
      ));

    it.each([
      ['nowhere', 'ENOENT', /not found in \$PATH/],
      ['/plain-file', 'EACCES', /permission denied/],
    ])('says why it cannot start %s', (program, reason, message) =>
      withShell(async (container) => {
        const failure = await container.exec({ argv: [program], terminal }).then(
          () => undefined,
          (error: unknown) => error,
        );
        expect(failure).toMatchObject({ reason, message: expect.stringMatching(message) });
      }),
    );

    it('ends with the container, and is refused after', () =>
      withShell(async (container) => {
        const execution = await container.exec({ argv: sh, terminal });
        const text = shown(execution);
        await container.stop(5000);
        expect((await execution.exited).code).toBe(137);
        await text;
        await expect(container.exec({ argv: sh, terminal })).rejects.toThrow('has ended');
      }));

    it('can be ended', () =>
      withShell(async (container) => {
        const execution = await container.exec({ argv: sh, terminal });
        const text = shown(execution);
        execution.kill();
        expect(await execution.exited).toEqual({ code: 137, signal: 'SIGKILL' });
        await text;
      }));
  });
}

async function shown({ output }: Execution): Promise<string> {
  let text = '';
  for await (const chunk of output) text += String(chunk);
  return text;
}

/** What a terminal has shown since it was last asked. */
class Screen {
  #text = '';
  #changed: () => void = () => undefined;

  constructor({ output }: Execution) {
    output.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString();
      this.#changed();
    });
  }

  async shows(text: string): Promise<void> {
    const deadline = AbortSignal.timeout(10_000);
    while (!this.#text.includes(text)) {
      await new Promise<void>((resolve, reject) => {
        this.#changed = resolve;
        deadline.onabort = () =>
          reject(new Error(`no ${JSON.stringify(text)} in ${JSON.stringify(this.#text)}`));
      });
    }
    this.#text = this.#text.slice(this.#text.indexOf(text) + text.length);
  }
}
