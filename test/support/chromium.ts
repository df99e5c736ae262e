import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The browser that is installed. */
export function findChromium(): string | undefined {
  return NAMES.find((name) => spawnSync(name, ['--version']).status === 0);
}

type Answer = Record<string, unknown>;
interface Message {
  id?: number;
  method?: string;
  params?: Answer;
  result?: Answer;
  error?: { message: string };
}

/** A headless Chromium, spoken to in its DevTools protocol over a pipe. */
export class Chromium {
  readonly #child: ChildProcess;
  readonly #profile: string;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #count = 0;
  #session = '';
  /** What the page wrote to its console, and what went wrong in it. */
  readonly complaints: string[] = [];
  #onLoad: (() => void) | undefined;

  private constructor(binary: string) {
    this.#profile = mkdtempSync(join(tmpdir(), 'chromium-test-'));
    this.#child = spawn(
      binary,
      [
        ...[
          '--headless',
          '--no-sandbox',
          '--disable-gpu',
          '--disable-dev-shm-usage',
          '--no-first-run',
        ],
        ...['--hide-scrollbars', `--user-data-dir=${this.#profile}`, '--remote-debugging-pipe'],
      ],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
    );
    let rest = '';
    (this.#child.stdio[4] as Readable).on('data', (chunk: Buffer) => {
      const parts = (rest + chunk.toString('utf8')).split('\0');
      rest = parts.pop() ?? '';
      for (const part of parts) this.#take(JSON.parse(part) as Message);
    });
  }

  static async start(binary: string): Promise<Chromium> {
    const browser = new Chromium(binary);
    const { targetId } = await browser.#send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await browser.#send('Target.attachToTarget', { targetId, flatten: true });
    browser.#session = String(sessionId);
    for (const domain of ['Page', 'Runtime', 'Log', 'Network'])
      await browser.#send(`${domain}.enable`);
    return browser;
  }

  /** Opens a page in a window of this size, and waits until it is loaded. */
  async open(url: string, width: number, height: number): Promise<void> {
    const size = { width, height, deviceScaleFactor: 1, mobile: width < 600 };
    await this.#send('Emulation.setDeviceMetricsOverride', size);
    const loaded = new Promise<void>((done) => (this.#onLoad = done));
    await this.#send('Page.navigate', { url });
    await loaded;
  }

  /** The value of an expression in the page. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result } = await this.#send('Runtime.evaluate', { expression, returnByValue: true });
    return (result as { value: T }).value;
  }

  /** The whole page as PNG. */
  async screenshot(): Promise<Buffer> {
    const { data } = await this.#send('Page.captureScreenshot', { captureBeyondViewport: true });
    return Buffer.from(String(data), 'base64');
  }

  async close(): Promise<void> {
    const ended = new Promise((done) => this.#child.once('exit', done));
    this.#child.kill('SIGTERM');
    await ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  async #send(method: string, params: Answer = {}): Promise<Answer> {
    this.#count += 1;
    const id = this.#count;
    const session = this.#session === '' ? {} : { sessionId: this.#session };
    const answered = new Promise<Message>((done) => this.#waiting.set(id, done));
    (this.#child.stdio[3] as Writable).write(
      JSON.stringify({ id, method, params, ...session }) + '\0',
    );
    const { result = {}, error } = await answered;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  #take({ id, method, params, ...message }: Message): void {
    if (id !== undefined) {
      this.#waiting.get(id)?.(message);
      this.#waiting.delete(id);
    } else if (method === 'Page.loadEventFired') this.#onLoad?.();
    else if (
      [
        'Runtime.exceptionThrown',
        'Runtime.consoleAPICalled',
        'Log.entryAdded',
        'Network.loadingFailed',
      ].includes(method ?? '')
    ) {
      this.complaints.push(JSON.stringify({ method, params }));
    }
  }
}
