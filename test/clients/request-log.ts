import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RegistryServer } from './registry-server.js';

/** A way to a registry that notes what is asked for. */
export interface RequestLog {
  address: string;
  url: string;
  /** Digests of the manifests and blobs that were fetched, each once, sorted. */
  fetchedDigests(): string[];
  close(): Promise<void>;
}

/** Passes everything on to a registry over plain HTTP, unchanged. */
export async function startRequestLog({ url }: RegistryServer): Promise<RequestLog> {
  const fetched = new Set<string>();
  const server = createServer((asked, answer) => {
    const { method, headers } = asked;
    const digest = /\/(?:manifests|blobs)\/(sha256:[0-9a-f]{64})$/.exec(asked.url ?? '')?.[1];
    if (method === 'GET' && digest !== undefined) fetched.add(digest);
    const onward = request(`${url}${asked.url}`, { method, headers, agent: false }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.rawHeaders);
      response.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `localhost:${(server.address() as AddressInfo).port}`;
  return {
    address,
    url: `http://${address}`,
    fetchedDigests: () => [...fetched].toSorted(),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
