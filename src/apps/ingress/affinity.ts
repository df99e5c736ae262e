import type { IncomingMessage } from 'node:http';
import { createHash } from 'node:crypto';
import type { Replica } from '../replica/replica.js';

/** The cookie that keeps a client with one replica. */
const AFFINITY_COOKIE = 'acaAffinity';

/** The replica a client was with before, while that is ready. */
export function stickyReplica(
  request: IncomingMessage,
  replicas: readonly Replica[],
): Replica | undefined {
  const token = cookieOf(request);
  if (token === undefined) return undefined;
  return replicas.find((replica) => replica.ready && tokenOf(replica) === token);
}

/** `Set-Cookie` that brings the client back to this replica. */
export function affinityCookie(replica: Replica, secure: boolean): string {
  const flags = secure ? 'Path=/; HttpOnly; Secure; SameSite=None' : 'Path=/; HttpOnly';
  return `${AFFINITY_COOKIE}="${tokenOf(replica)}"; ${flags}`;
}

function cookieOf(request: IncomingMessage): string | undefined {
  const pattern = new RegExp(`(?:^|;\\s*)${AFFINITY_COOKIE}="?([0-9a-f]{16})"?(?:;|$)`);
  return pattern.exec(request.headers.cookie ?? '')?.[1];
}

/** Tells replicas apart without telling their names. */
function tokenOf(replica: Replica): string {
  return createHash('sha256').update(replica.spec.key).digest('hex').slice(0, 16);
}
