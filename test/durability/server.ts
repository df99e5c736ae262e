import { createStandaloneRegistry } from '../../src/registry/standalone-registry.js';

// A registry in a process of its own, to be killed. Prints its address once it serves.
const [dataDirectory = ''] = process.argv.slice(2);
const access = { kind: 'anonymous' } as const;
createStandaloneRegistry({ dataDirectory, port: 0, access }).then(
  ({ url }) => {
    process.stdout.write(`${url}\n`);
  },
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  },
);
