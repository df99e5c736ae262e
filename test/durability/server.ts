import type { RegistryWebhook } from '../../src/registry/registry-host.js';
import { createStandaloneRegistry } from '../../src/registry/standalone-registry.js';

// A registry in a process of its own, to be killed: its folder, and the webhook to tell. Prints its address once it serves.
const [dataDirectory = '', serviceUri] = process.argv.slice(2);
const access = { kind: 'anonymous' } as const;
const webhooks: RegistryWebhook[] =
  serviceUri === undefined
    ? []
    : [{ name: 'hook', serviceUri, actions: ['push', 'delete'], enabled: true }];
createStandaloneRegistry({ dataDirectory, port: 0, access, webhooks }).then(
  ({ url }) => {
    process.stdout.write(`${url}\n`);
  },
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  },
);
