import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.js';
import { newRelayToken, portsBehindRelay, untilRelayAnswers, type RelayAddress } from './relay.js';

let server: Server;
const clients = new Set<Socket>();

afterEach(() => {
  for (const client of clients) client.destroy();
  server.close();
});

/** A relay, or an engine's proxy before it, that does this with its first connection, its second, … */
async function relayThat(...answers: ((client: Socket) => void)[]): Promise<RelayAddress> {
  server = createServer({ allowHalfOpen: true }, (client) => {
    clients.add(client.on('error', () => undefined));
    (answers.shift() ?? finish)(client);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { host: '127.0.0.1', port, token: newRelayToken() };
}

const NO_ERROR = Buffer.alloc(4);
const saysNothing = (): void => undefined;
const neverEnds = (client: Socket): void => void client.write(NO_ERROR);
const finish = (client: Socket): void => void client.end(NO_ERROR);

it('is not waited for when it never ends its list of ports', async () => {
  await expect(portsBehindRelay(await relayThat(neverEnds))).rejects.toThrow('silent');
});

it('is asked again on another connection when one is lost', async () => {
  await untilRelayAnswers(await relayThat(saysNothing), systemClock);
  expect(clients.size).toBeGreaterThan(1);
});
