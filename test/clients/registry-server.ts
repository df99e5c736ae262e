import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueAuthority, issueLeaf } from '../../src/server/certificates.js';
import { ENTRY, lazurite, startServer } from '../support/lazurite-command.js';

export interface Credentials {
  username: string;
  password: string;
}

/** A registry in a process of its own, as users run it. */
export interface RegistryServer {
  /** As clients write it before the first slash, e.g. `'localhost:41234'`. */
  readonly address: string;
  readonly url: string;
  /** Undefined when nobody needs any. */
  readonly credentials: Credentials | undefined;
  /** Folder with `ca.crt` and nothing else; undefined over plain HTTP. */
  readonly certificates: string | undefined;
  /** Scratch space that goes with the registry. */
  readonly directory: string;
  /** A token of the resource manager, for clients that exchange one; only a registry of Azure's shape. */
  armToken?(): Promise<string>;
  /** For clients that insist on TLS: the same port answers HTTPS, signed by this authority (PEM file). */
  authorityFile?: string;
  close(): Promise<void>;
}

export interface StandaloneOptions {
  tls: boolean;
  credentials?: Credentials;
  sparseIndexes?: boolean;
}

/** `lazurite registry serve` on a free port. */
export async function startStandalone(options: StandaloneOptions): Promise<RegistryServer> {
  const directory = mkdtempSync(join(tmpdir(), 'lazurite-registry-'));
  const certificates = options.tls ? await writeCertificates(directory) : undefined;
  const { credentials } = options;
  const argv = ['registry', 'serve', '--port', '0', '--data', join(directory, 'data')];
  if (credentials) argv.push('--user', credentials.username, '--password-stdin');
  else argv.push('--anonymous');
  if (certificates !== undefined) {
    argv.push('--tls-cert', join(directory, 'server.pem'));
    argv.push('--tls-key', join(directory, 'server.key'));
  }
  if (options.sparseIndexes) argv.push('--sparse-indexes');
  const child = spawn(process.execPath, [ENTRY, ...argv], { stdio: 'pipe' });
  child.stdin.end(credentials?.password ?? '');
  const exited = new Promise<void>((done) => child.once('exit', () => done()));
  const { port, protocol } = new URL(await announcedUrl(child));
  return {
    address: `localhost:${port}`,
    url: `${protocol}//localhost:${port}`,
    credentials,
    certificates,
    directory,
    async close() {
      child.kill('SIGTERM');
      await exited;
      rmSync(directory, { recursive: true });
    },
  };
}

/** A whole Lazurite with one registry of Azure's shape, and the passwords that `az` shows for it. */
export async function startAzureShaped(): Promise<RegistryServer> {
  const directory = mkdtempSync(join(tmpdir(), 'lazurite-acr-'));
  const home = join(directory, 'home');
  const server = await startServer(home);
  const az = async (...argv: string[]): Promise<unknown> => {
    const env = { LAZURITE_HOME: home };
    const result = await lazurite(['az', ...argv, '--output', 'json'], { env });
    if (result.code !== 0) throw new Error(`az ${argv.join(' ')}: ${result.stderr}`);
    return JSON.parse(result.stdout) as unknown;
  };
  await az('group', 'create', '--name', 'rg', '--location', 'koreacentral');
  const named = ['--name', 'acrclients', '--resource-group', 'rg'];
  const registry = await az('acr', 'create', ...named, '--sku', 'Basic', '--admin-enabled', 'true');
  const { loginServer } = registry as { loginServer: string };
  const shown = await az('acr', 'credential', 'show', ...named);
  const { username, passwords } = shown as { username: string; passwords: { value: string }[] };
  return {
    address: loginServer,
    url: `http://${loginServer}`,
    credentials: { username, password: passwords[0]!.value },
    certificates: undefined,
    directory,
    authorityFile: join(home, 'ca', 'ca.pem'),
    async armToken() {
      const { accessToken } = (await az('account', 'get-access-token')) as { accessToken: string };
      return accessToken;
    },
    async close() {
      await server.stop();
      rmSync(directory, { recursive: true });
    },
  };
}

async function writeCertificates(directory: string): Promise<string> {
  const authority = await issueAuthority();
  const leaf = await issueLeaf(authority, ['localhost', '127.0.0.1']);
  writeFileSync(join(directory, 'server.pem'), leaf.certificate);
  writeFileSync(join(directory, 'server.key'), leaf.key);
  const folder = join(directory, 'certificates');
  mkdirSync(folder);
  writeFileSync(join(folder, 'ca.crt'), authority.certificate);
  return folder;
}

/** The address in the line with which the command says that it is ready. */
function announcedUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      const url = /listens on (\S+)\n/.exec(stdout)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', (code) => {
      reject(new Error(`registry serve ended with ${code ?? 'a signal'}: ${stderr}`));
    });
  });
}
