import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '../peers.js';
import {
  ENGINES,
  missingFor,
  startEngine,
  type EngineName,
} from '../../test/support/container-engines.js';
import { firstAnswer } from './world.js';

const run = promisify(execFile);

/** A container engine to compare with, with the image loaded. */
export interface Peer {
  /** e.g. `'docker run'` */
  name: string;
  version: string;
  /** Starts a container as people do; resolves with its id when it answers. */
  start(port: number, message: string): Promise<string>;
  remove(ids: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Those that can be started here, each with a daemon of its own. */
export async function openPeers(directory: string): Promise<Peer[]> {
  const archive = join(directory, 'hello.tar');
  // The folder that the image of Lazurite's registry was built from.
  execFileSync('tar', ['-C', join(directory, 'context'), '-cf', archive, 'hello']);
  const usable = ENGINES.filter((name) => missingFor(name).length === 0 && findProgram(name));
  const peers: Peer[] = [];
  for (const name of usable) peers.push(await openPeer(name, directory, archive));
  return peers;
}

async function openPeer(name: EngineName, directory: string, archive: string): Promise<Peer> {
  const engine = await startEngine(name, join(directory, name));
  const client = [...engine.client];
  const [program = name, ...flags] = client;
  const options = { env: { ...process.env, ...engine.env } };
  const command = async (...words: string[]): Promise<string> =>
    (await run(program, [...flags, ...words], options)).stdout.trim();
  const image = await command('import', '--change', 'ENTRYPOINT ["/hello"]', archive);
  return {
    name: `${name} run -d`,
    version: (await command('--version')).split('\n')[0] ?? '',
    async start(port, message) {
      const publish = ['--publish', `127.0.0.1:${port}:8000`, '--env', `MESSAGE=${message}`];
      const started = command('run', '--detach', ...publish, image);
      const url = new URL(`http://127.0.0.1:${port}/`);
      const [id] = await Promise.all([started, started.then(() => firstAnswer(url, message))]);
      return id;
    },
    remove: async (ids) => {
      await command('rm', '--force', ...ids);
    },
    close: () => engine.close(),
  };
}
