import { createServer } from 'node:net';

/** Below the ports that the kernel gives to clients. */
let ports = 10_000 + (process.pid % 1_000) * 20;

/** A port of this machine that nobody listens on, and that no other test gets. */
export async function freeHostPort(): Promise<number> {
  for (;;) {
    const port = ++ports;
    const free = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen({ port, exclusive: true }, () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}
