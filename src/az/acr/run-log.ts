import { setTimeout as delay } from 'node:timers/promises';
import { AzError } from '../az-error.js';
import { RUNS_API_VERSION } from './upload-source.js';
import type { Session } from '../session.js';
import type { HttpResponse } from '../transport.js';

const CHUNK_BYTES = 256 * 1024;
const PAUSE_FIRST_MS = 50;
const PAUSE_LONGEST_MS = 1_000;
const SILENCE_LIMIT_MS = 3_600_000;

/** Prints the log of a run of the registry at `path`. @throws AzError when there is none */
export async function showRunLog(session: Session, path: string, id: string): Promise<void> {
  const { logLink } = await session.armJson({
    method: 'POST',
    path: `${path}/runs/${encodeURIComponent(id)}/listLogSasUrl`,
    apiVersion: RUNS_API_VERSION,
  });
  if (typeof logLink !== 'string') throw new AzError(`Could not get logs for ID: ${id}`);
  await followRunLog(session, logLink);
}

/**
 * Prints the log blob of a run as it grows, until its metadata says how the run ended.
 *
 * @throws AzError when the run did not succeed
 */
async function followRunLog(session: Session, logLink: string): Promise<void> {
  let offset = 0;
  let pause = PAUSE_FIRST_MS;
  let lastNews = Date.now();
  const printer = new LinePrinter(session);
  for (;;) {
    const head = await session.http.send({ method: 'HEAD', url: logLink });
    if (head.status !== 404 && head.status >= 400) {
      throw new AzError(`The run's log can't be read: ${head.status} ${head.reason}`);
    }
    const size = head.status === 404 ? 0 : Number(head.headers['content-length'] ?? 0);
    const status = head.status === 404 ? undefined : completionOf(head);
    if (size > offset) {
      offset += await printRange(session, logLink, offset, size, printer);
      pause = PAUSE_FIRST_MS;
      lastNews = Date.now();
    } else if (status !== undefined) {
      printer.end();
      conclude(status);
      return;
    } else if (Date.now() - lastNews > SILENCE_LIMIT_MS) {
      printer.end();
      session.warn('Failed to find any new logs. Client will stop polling for additional logs.');
      return;
    } else {
      await delay(pause, undefined, session.io.signal ? { signal: session.io.signal } : {});
      pause = Math.min(pause * 2, PAUSE_LONGEST_MS);
    }
  }
}

async function printRange(
  session: Session,
  logLink: string,
  from: number,
  size: number,
  printer: LinePrinter,
): Promise<number> {
  const to = Math.min(size, from + CHUNK_BYTES) - 1;
  const response = await session.http.send({
    method: 'GET',
    url: logLink,
    headers: { 'x-ms-range': `bytes=${from}-${to}` },
  });
  if (response.status !== 206 && response.status !== 200) {
    throw new AzError(`The run's log can't be read: ${response.status} ${response.reason}`);
  }
  const bytes = response.status === 200 ? response.body.subarray(from) : response.body;
  printer.add(bytes);
  return bytes.length;
}

/** Prints whole lines; bytes of a half one wait for the rest. */
class LinePrinter {
  readonly #session: Session;
  #rest = Buffer.alloc(0);

  constructor(session: Session) {
    this.#session = session;
  }

  add(bytes: Buffer): void {
    const all = Buffer.concat([this.#rest, bytes]);
    const end = all.lastIndexOf(0x0a) + 1;
    this.#print(all.subarray(0, end));
    this.#rest = all.subarray(end);
  }

  end(): void {
    if (this.#rest.length > 0) this.#print(Buffer.concat([this.#rest, Buffer.from('\n')]));
    this.#rest = Buffer.alloc(0);
  }

  #print(bytes: Buffer): void {
    this.#session.io.stdout(bytes.toString('utf8').replaceAll('\r\n', '\n'));
  }
}

function completionOf(head: HttpResponse): string | undefined {
  const value = head.headers['x-ms-meta-complete'];
  return typeof value === 'string' ? value.toLowerCase() : undefined;
}

function conclude(status: string): void {
  if (status === 'failed' || status === 'internalerror') throw new AzError('Run failed');
  if (status === 'timedout') throw new AzError('Run timed out');
  if (status === 'canceled') throw new AzError('Run was canceled');
}
