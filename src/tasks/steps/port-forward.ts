import { createServer, type Server } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { Sandbox } from '../../runtime/runtime.js';
import { CommandLineError } from '../commands/words.js';

/** Ports of this machine's loopback that lead into a container. */
export interface ForwardedPorts {
  close(): Promise<void>;
}

const PORT = /^(?:(?:127\.0\.0\.1|localhost|0\.0\.0\.0):)?(\d{1,5}):(\d{1,5})(?:\/tcp)?$/;

/**
 * Opens the `ports` of a step: `8080:80` leads from this machine's 8080 to the container's 80.
 *
 * @param ownNetwork whether the container has a network besides this machine's
 * @throws CommandLineError for what is no pair of ports, and for a port that is taken
 */
export async function forwardPorts(
  ports: readonly string[],
  sandbox: Sandbox,
  ownNetwork: boolean,
): Promise<ForwardedPorts> {
  const servers: Server[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  };
  try {
    for (const text of ports) {
      const [, from, to] = PORT.exec(text) ?? [];
      if (from === undefined || to === undefined) {
        throw new CommandLineError(`'${text}' in 'ports' is not of the form HOST:CONTAINER`);
      }
      // On this machine's own network, a port that stays the same needs nothing.
      if (!ownNetwork && from === to) continue;
      servers.push(await forward(Number(from), Number(to), sandbox));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}

function forward(from: number, to: number, sandbox: Sandbox): Promise<Server> {
  const server = createServer((client) => {
    void sandbox
      .dial(to)
      .then((inside) => Promise.all([pipeline(client, inside), pipeline(inside, client)]))
      .catch(() => client.destroy());
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(new CommandLineError(`port ${from} cannot be opened: ${error.message}`));
    });
    server.listen(from, '127.0.0.1', () => {
      resolve(server);
    });
  });
}
