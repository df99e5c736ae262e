import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { runAz } from '../../src/az/main.js';
import type { Json, JsonObject } from '../../src/base/json.js';
import { readBody } from '../../src/http/body.js';
import { CertificateAuthority } from '../../src/server/certificate-authority.js';

export const SUBSCRIPTION = '11111111-2222-3333-4444-555555555555';

/** The peer of a file's tests, with nothing scripted at the start of each, and a folder for their files. */
export function useScriptedAzure(): { azure: ScriptedAzure; folder: string } {
  const azure = new ScriptedAzure();
  const folder = join(azure.directory, 'files');
  mkdirSync(folder);
  beforeAll(() => azure.start());
  afterAll(() => azure.close());
  beforeEach(() => {
    azure.reset();
  });
  return { azure, folder };
}

/** One answer; `body` is sent as JSON unless it is text or bytes. */
export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: Json | Buffer;
  text?: string;
}

export interface SeenRequest {
  /** `'GET /subscriptions/…?api-version=…'` */
  line: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

export interface AzOutcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** A peer over TLS that answers from a script, and the `az` that speaks to it. */
export class ScriptedAzure {
  readonly directory = mkdtempSync(join(tmpdir(), 'scripted-azure-'));
  readonly requests: SeenRequest[] = [];
  /** Of the commands, e.g. `DOCKER_COMMAND`. */
  readonly environment: Record<string, string> = {};
  readonly #answers = new Map<string, Answer[]>();
  #server: Server | undefined;
  #port = 0;

  async start(): Promise<void> {
    const authority = await CertificateAuthority.open(join(this.directory, 'ca'));
    const server = createServer(authority.defaultOptions, (request, response) => {
      void (async () => {
        const body = (await readBody(request, 64 * 1024 * 1024)).toString('latin1');
        const url = decodeURIComponent(request.url ?? '');
        const line = `${request.method ?? ''} ${url}`;
        if (!url.startsWith('/token')) this.requests.push({ line, headers: request.headers, body });
        const answer = this.#next(line);
        const text = answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body));
        const bytes = Buffer.isBuffer(answer.body) ? answer.body : Buffer.from(text);
        response.writeHead(answer.status ?? 200, {
          'content-type': 'application/json',
          'content-length': bytes.length,
          ...answer.headers,
        });
        response.end(request.method === 'HEAD' ? undefined : bytes);
      })();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    mkdirSync(join(this.directory, 'run'));
    writeFileSync(
      join(this.directory, 'run', 'connection.json'),
      JSON.stringify({
        gateway: this.origin,
        ca: authority.bundleFile,
        armAudience: 'https://management.azure.com/',
        tokenEndpoint: `${this.origin}/token`,
        tenantId: 'tenant',
        subscriptionId: SUBSCRIPTION,
        subscriptionName: 'Lazurite',
        clientId: 'client',
        clientSecret: 'secret',
      }),
    );
  }

  get origin(): string {
    return `https://localhost:${this.#port}`;
  }

  /** Without scheme, as a login server is written. */
  get host(): string {
    return `localhost:${this.#port}`;
  }

  /** The JSON of the first request whose line contains these words; null without one. */
  bodyOf(words: string): JsonObject {
    const found = this.requests.find(({ line }) => line.includes(words));
    return JSON.parse(found?.body ?? 'null') as JsonObject;
  }

  /**
   * Adds answers to requests whose line contains `request`; they are given in turn, the last one again and
   * again.
   */
  on(request: string, ...answers: Answer[]): this {
    this.#answers.set(request, answers);
    return this;
  }

  reset(): void {
    this.#answers.clear();
    this.requests.length = 0;
  }

  /** The lines of the requests so far, without api-versions. */
  get lines(): string[] {
    return this.requests.map(({ line }) => line.replace(/[?&]api-version=[^&]*/, ''));
  }

  async az(...argv: string[]): Promise<AzOutcome> {
    const outcome = { code: -1, stdout: '', stderr: '' };
    outcome.code = await runAz(argv, {
      stdout: (text) => (outcome.stdout += text),
      stderr: (text) => (outcome.stderr += text),
      colour: false,
      environment: { ...this.environment, LAZURITE_HOME: this.directory },
    });
    return outcome;
  }

  async close(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise<void>((done) => {
      this.#server?.close(() => {
        done();
      });
    });
    rmSync(this.directory, { recursive: true, force: true });
  }

  #next(line: string): Answer {
    if (line.startsWith('POST /token')) {
      return { body: { access_token: 'arm-token', expires_in: 3600, token_type: 'Bearer' } };
    }
    for (const [request, answers] of this.#answers) {
      if (!line.includes(request)) continue;
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer) return answer;
    }
    return {
      status: 404,
      body: { error: { code: 'NotScripted', message: `no answer for ${line}` } },
    };
  }
}
