import { Failure } from '../base/failure.js';
import { readBody } from '../http/body.js';
import type { CopyEvent } from '../image/copy/copy-event.js';
import type { Mirror, MirrorAddition } from '../mirror/mirror.js';
import { isRecord, optionalString, parseJsonObject } from '../oci/document.js';
import { answering, failureBody, type LocalCall, type LocalEndpoints } from './local-api.js';

const MAX_BODY_BYTES = 64 * 1024;
/** A command that hears nothing for longer takes the server for dead. */
const HEARTBEAT_MS = 10_000;

/** What `lazurite mirror` asks for. */
export function mirrorEndpoints(mirror: Mirror): LocalEndpoints {
  return {
    '/lazurite/mirror': {
      GET: answering(() => mirror.list()),
      POST: (call) => addImage(mirror, call),
      DELETE: answering(({ url }) => mirror.remove(requireQuery(url, 'reference'))),
    },
  };
}

/** A line of JSON for each step of a long answer; the last one, without a line end, is the answer itself. */
async function addImage(mirror: Mirror, { request, response }: LocalCall): Promise<void> {
  const addition = parseAddition(await readBody(request, MAX_BODY_BYTES));
  const gone = new AbortController();
  response.once('close', () => {
    gone.abort(new Error('the command went away'));
  });
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const silence = setInterval(() => response.write('{"event":"working"}\n'), HEARTBEAT_MS);
  try {
    const entry = await mirror.add({
      ...addition,
      signal: gone.signal,
      onEvent: (event) => {
        if (event.kind === 'bytes') return;
        response.write(`${JSON.stringify(describeEvent(event))}\n`);
      },
    });
    response.end(JSON.stringify(entry));
  } catch (error) {
    response.end(JSON.stringify(failureBody(error)));
  } finally {
    clearInterval(silence);
  }
}

/** What `lazurite mirror add` shows of its progress. */
export interface MirrorProgress {
  event: 'blob' | 'manifest';
  digest: string;
  /** Bytes; of blobs only. */
  size?: number;
  outcome: string;
}

function describeEvent(event: Exclude<CopyEvent, { kind: 'bytes' }>): MirrorProgress {
  if (event.kind === 'manifest-done') {
    return { event: 'manifest', digest: event.digest, outcome: event.outcome };
  }
  const { digest, size } = event.blob;
  const outcome = event.kind === 'blob-done' ? event.outcome : 'found';
  return { event: 'blob', digest, size, outcome };
}

function parseAddition(body: Buffer): Pick<MirrorAddition, 'reference' | 'from' | 'credentials'> {
  const document = parseJsonObject(body, 'request', MAX_BODY_BYTES);
  const reference = optionalString(document, 'reference', 'request') ?? '';
  const from = optionalString(document, 'from', 'request');
  const given = document['credentials'];
  if (!isRecord(given)) return { reference, from };
  const username = optionalString(given, 'username', 'credentials') ?? '';
  const password = optionalString(given, 'password', 'credentials') ?? '';
  return { reference, from, credentials: { username, password } };
}

function requireQuery(url: URL, name: string): string {
  const value = url.searchParams.get(name);
  if (value !== null && value !== '') return value;
  throw new Failure(`the query has no "${name}"`, { exitCode: 2 });
}
