import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { forwardedHeaders } from './headers.js';
import { PAGES, refuseUpgrade } from './pages.js';
import type { Upstream } from './proxy.js';
import { requestHead } from './request-head.js';

/** Joins the client's connection with one into the replica, after the replica has agreed. Never throws. */
export async function proxyUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  { replica, port }: Upstream,
): Promise<void> {
  const { upgrade, 'transfer-encoding': coding } = request.headers;
  const asked = requestHead(request, {
    ...forwardedHeaders(request),
    ...{ connection: 'Upgrade', upgrade },
    ...(coding !== undefined && { 'transfer-encoding': coding }), // what follows is passed on as it is
  });
  if (asked === undefined) {
    refuseUpgrade(socket, PAGES.badRequest);
    return;
  }
  let inner: Duplex;
  try {
    inner = await replica.dial(port);
  } catch {
    refuseUpgrade(socket, PAGES.connectFailure);
    return;
  }
  if (socket.destroyed) {
    inner.destroy();
    return;
  }
  const end = (): void => {
    inner.destroy();
    socket.destroy();
  };
  for (const one of [inner, socket]) one.on('error', end).on('close', end);
  inner.write(asked, 'latin1');
  if (head.length > 0) inner.write(head);
  inner.pipe(socket);
  socket.pipe(inner);
  await new Promise<void>((resolve) => {
    socket.once('close', resolve);
  });
}
