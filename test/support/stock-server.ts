import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AzForkServer, type Outcome } from './az-fork-server.js';
import { startServer } from './lazurite-command.js';

/** What `run/connection.json` of a home tells clients. */
export interface Connection {
  gateway: string;
  ca: string;
  tenantId: string;
  subscriptionId: string;
  clientId: string;
  clientSecret: string;
}

/** A Lazurite in a process of its own, and a stock az that is set up for it. */
export interface StockServer {
  home: string;
  /** For files of the test; gone at the end. */
  directory: string;
  environment: NodeJS.ProcessEnv;
  connection: Connection;
  az(...argv: string[]): Promise<Outcome>;
  /** Must succeed; the JSON that it prints. */
  json(...argv: string[]): Promise<unknown>;
  /** Must succeed; what it prints, of one line. */
  text(...argv: string[]): Promise<string>;
  close(): Promise<void>;
}

export async function startStockServer(
  executable: string,
  { name, options = [] }: { name: string; options?: readonly string[] },
): Promise<StockServer> {
  const directory = mkdtempSync(join(tmpdir(), `lazurite-${name}-`));
  const home = join(directory, 'home');
  const server = await startServer(home, options);
  const read = (file: string): unknown => JSON.parse(readFileSync(join(home, 'run', file), 'utf8'));
  const environment = { ...process.env, ...(read('env.json') as NodeJS.ProcessEnv) };
  const client = new AzForkServer(executable, environment);
  const az = (...argv: string[]): Promise<Outcome> => client.run(argv, directory);
  const done = async (...argv: string[]): Promise<string> => {
    const { code, stdout, stderr } = await az(...argv);
    if (code !== 0) throw new Error(`az ${argv.join(' ')}\n${stdout}${stderr}`);
    return stdout.trim();
  };
  return {
    ...{ home, directory, environment, az },
    connection: read('connection.json') as Connection,
    json: async (...argv) => {
      const stdout = await done(...argv, '--output', 'json');
      return JSON.parse(stdout === '' ? 'null' : stdout) as unknown;
    },
    text: (...argv) => done(...argv, '--output', 'tsv'),
    close: async () => {
      await client.close();
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
