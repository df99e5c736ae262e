import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AppDocument, IngressConfiguration } from '../documents.js';
import type { Upstream } from './proxy.js';

export function speaksTcp({ transport }: IngressConfiguration): boolean {
  return transport.toLowerCase() === 'tcp';
}

/**
 * Ports by which programs of an environment reach its apps behind `transport: tcp`; the older app keeps a port that
 * two want.
 *
 * @see https://learn.microsoft.com/azure/container-apps/ingress-overview#tcp
 */
export function tcpPortsOf(apps: readonly AppDocument[]): Map<number, string> {
  const ports = new Map<number, string>();
  for (const { key, configuration } of apps) {
    const { ingress } = configuration;
    if (!ingress || !speaksTcp(ingress)) continue;
    const port = ingress.exposedPort || ingress.targetPort;
    if (port !== 0 && !ports.has(port)) ports.set(port, key);
  }
  return ports;
}

/** Joins a connection with one into a replica until both have ended. Never throws. */
export async function proxyConnection(socket: Socket, { replica, port }: Upstream): Promise<void> {
  socket.allowHalfOpen = true; // a client may be done with asking and still listen
  let inner: Duplex;
  try {
    inner = await replica.dial(port);
  } catch {
    socket.destroy();
    return;
  }
  const end = (): void => {
    inner.destroy();
    socket.destroy();
  };
  const closed = [inner, socket].map(
    (one) => new Promise<void>((resolve) => one.once('close', resolve).on('error', end)),
  );
  if (socket.destroyed) {
    inner.destroy();
    return;
  }
  socket.pipe(inner).pipe(socket);
  // Half of it may end before the other, but nothing is left to say once a side is closed.
  await Promise.race(closed);
  end();
}
