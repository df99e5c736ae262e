import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import type { Clock } from '../../base/clock.js';
import type { Sandbox } from '../../runtime/runtime.js';
import type { ProbeAction } from './probe-plan.js';
import type { ProbeResult } from './probe-state.js';

interface ProbeOptions {
  action: ProbeAction;
  timeoutMs: number;
  clock: Clock;
}

/** Asks once. A port that is shut, an answer that does not come in time and a bad status all fail. */
export async function runProbe(sandbox: Sandbox, options: ProbeOptions): Promise<ProbeResult> {
  const { action, timeoutMs, clock } = options;
  const done = new AbortController();
  const failed = failureOf(action);
  const late = clock.sleep(timeoutMs, done.signal).then(
    () => failed,
    () => failed,
  );
  const asked = (
    action.kind === 'tcp' ? probeTcp(sandbox, action.port) : probeHttp(sandbox, action, done.signal)
  ).catch(() => failed);
  try {
    return await Promise.race([asked, late]);
  } finally {
    done.abort();
  }
}

/** What comes of an action when nobody answers. */
export function failureOf({ kind }: ProbeAction): ProbeResult {
  return { ok: false, code: kind === 'tcp' ? '1' : '' };
}

/** @param port 0 asks whether anything listens at all */
async function probeTcp(sandbox: Sandbox, port: number): Promise<ProbeResult> {
  if (port === 0) {
    const listening = await sandbox.listeningPorts();
    return listening.length > 0 ? { ok: true } : { ok: false, code: '1' };
  }
  const socket = await sandbox.dial(port);
  socket.on('error', () => undefined); // a reset after the connection was made is no concern of ours
  socket.destroy();
  return { ok: true };
}

async function probeHttp(
  sandbox: Sandbox,
  action: Extract<ProbeAction, { kind: 'http' }>,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const plain = await sandbox.dial(action.port);
  const socket = action.secure ? secured(plain) : plain;
  try {
    const status = await requestStatus(socket, action, signal);
    return status >= 200 && status < 400 ? { ok: true } : { ok: false, code: String(status) };
  } finally {
    socket.destroy();
    plain.destroy();
  }
}

/** Kubelet does not check the certificate of what it probes either. */
function secured(socket: Duplex): Duplex {
  return connect({ socket, rejectUnauthorized: false });
}

function requestStatus(
  socket: Duplex,
  action: Extract<ProbeAction, { kind: 'http' }>,
  signal: AbortSignal,
): Promise<number> {
  const { path, port } = action;
  const headers = Object.fromEntries(action.headers.map(({ name, value }) => [name, value]));
  return new Promise((resolve, reject) => {
    const outgoing = request({
      path: path.startsWith('/') ? path : `/${path}`,
      headers: { host: `localhost:${port}`, 'user-agent': 'kube-probe/1.30', ...headers },
      createConnection: () => socket,
      signal,
    });
    outgoing.on('response', (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
