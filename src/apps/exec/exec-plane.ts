import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { HttpPlane } from '../../http/plane.js';
import { Router } from '../../http/router.js';
import type { PathParameters } from '../../http/router.js';
import type { TokenAuthority } from '../../identity/token-authority.js';
import type { Container } from '../../runtime/runtime.js';
import type { AppDocument, RevisionDocument } from '../documents.js';
import { streamKey } from '../logs/stream-token.js';
import type { Replica } from '../replica/replica.js';
import { commandWords } from './command-words.js';
import { runExecSession } from './exec-session.js';
import type { ExecTarget } from './exec-session.js';

/** Where containers are found. */
export interface ExecSource {
  app(key: string): AppDocument | undefined;
  revision(appKey: string, name: string): RevisionDocument | undefined;
  replicas(revisionKey: string): Replica[];
}

const CONTAINER =
  '/subscriptions/:subscription/resourceGroups/:group/containerApps/:app/revisions/:revision/replicas/:replica/containers/:container';
/** What is typed at once; pasted text is more than a key. */
const MAX_FRAME_BYTES = 1024 * 1024;

interface Refusal {
  status: 400 | 401 | 404 | 409 | 501;
  code: string;
  message: string;
}

/** The WebSocket that `az containerapp exec` types into. */
export function createExecPlane(options: {
  service: ExecSource;
  tokens: TokenAuthority;
}): HttpPlane {
  const router = new Router<'exec' | 'debug'>()
    .add('GET', `${CONTAINER}/exec`, 'exec')
    .add('GET', `${CONTAINER}/debug`, 'debug');
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES });
  return {
    name: 'container-app-exec',
    handle: async () => false,
    upgrade: async (request, socket, head, url) => {
      const match = router.match('GET', url.pathname);
      if (match.kind !== 'found') return false;
      const found =
        match.handler === 'debug'
          ? notImplemented()
          : find(request, match.parameters, options.service, options.tokens);
      const argv = commandWords(url.searchParams.get('command') ?? 'sh');
      if ('status' in found) refuse(socket, found);
      else if (!argv) refuse(socket, badCommand(url.searchParams.get('command') ?? ''));
      else {
        server.handleUpgrade(request, socket, head, (webSocket) => {
          void runExecSession(webSocket, found.container, argv, found.target);
        });
      }
      return true;
    },
  };
}

function find(
  request: IncomingMessage,
  parameters: PathParameters,
  service: ExecSource,
  tokens: TokenAuthority,
): Refusal | { container: Container; target: ExecTarget } {
  const key = streamKey(request, parameters, tokens);
  if (key === undefined) {
    const message = 'The bearer token of getAuthToken is missing or invalid.';
    return { status: 401, code: 'Unauthorized', message };
  }
  const { app = '', revision = '', replica = '', container = '' } = parameters;
  if (!service.app(key)) return notFound('ContainerApp', app);
  const document = service.revision(key, revision);
  if (!document) return notFound('Revision', revision);
  const running = service.replicas(document.key).find(({ spec }) => spec.name === replica);
  if (!running) return notFound('Replica', replica);
  const managed = [...running.containers, ...running.init].find(({ name }) => name === container);
  if (!managed) return notFound('Container', container);
  if (managed.phase.kind !== 'running') {
    const message = `Container '${container}' of replica '${replica}' is not running.`;
    return { status: 409, code: 'ContainerNotRunning', message };
  }
  return { container: managed.phase.container, target: { revision, replica, container } };
}

function notFound(what: string, name: string): Refusal {
  return { status: 404, code: `${what}NotFound`, message: `${what} '${name}' was not found.` };
}

function badCommand(command: string): Refusal {
  const message = `The command ${JSON.stringify(command)} is empty, or a quote in it is not closed.`;
  return { status: 400, code: 'InvalidCommand', message };
}

function notImplemented(): Refusal {
  const message = "'debug' into a container is not implemented by Lazurite.";
  return { status: 501, code: 'NotImplemented', message };
}

const REASON = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  409: 'Conflict',
  501: 'Not Implemented',
} as const;

function refuse(socket: Duplex, { status, code, message }: Refusal): void {
  const body = JSON.stringify({ error: { code, message } });
  socket.end(
    `HTTP/1.1 ${status} ${REASON[status]}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
