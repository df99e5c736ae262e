import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram, foldersOf, isExecutable } from '../../src/base/programs.js';
import { clientEnvironment, writeAzureProfile } from '../../src/server/azure-profile.js';
import { CertificateAuthority } from '../../src/server/certificate-authority.js';
import { bicepScript } from '../../src/server/connection-files.js';
import { Listener } from '../../src/server/listener.js';
import { ARM_AUDIENCE, makeArmWorld, type ArmWorld, type ArmWorldOptions } from './arm-world.js';

/** The Azure CLI itself: `$LAZURITE_STOCK_AZ`, `/opt/az/bin/az` or `az` on PATH. */
export function findStockAz(): string | undefined {
  const named = [process.env['LAZURITE_STOCK_AZ'] ?? '', '/opt/az/bin/az'].find(isExecutable);
  return named ?? findProgram('az', foldersOf(process.env['PATH'] ?? ''));
}

export interface CommandResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** The control plane behind TLS and a stock CLI that is configured for it. */
export interface StockAz {
  world: ArmWorld;
  origin: string;
  directory: string;
  environment: NodeJS.ProcessEnv;
  az(...args: string[]): Promise<CommandResult>;
  /** Runs, expects exit code 0, reads the JSON it prints. */
  json(...args: string[]): Promise<unknown>;
  close(): Promise<void>;
}

export async function startStockAz(
  executable: string,
  options: ArmWorldOptions = {},
): Promise<StockAz> {
  const directory = mkdtempSync(join(tmpdir(), 'lazurite-az-'));
  const world = makeArmWorld(options);
  const authority = await CertificateAuthority.open(join(directory, 'ca'));
  const listener = await Listener.open({
    host: '127.0.0.1',
    port: 0,
    authority,
    onRequest: (request, response) => {
      const url = new URL(request.url ?? '/', `https://${request.headers.host ?? 'localhost'}`);
      if (process.env['LAZURITE_TRACE']) console.error(request.method, url.pathname + url.search);
      void (async () => {
        for (const plane of world.planes) if (await plane.handle(request, response, url)) return;
        response.writeHead(404).end();
      })();
    },
  });
  const origin = `https://localhost:${listener.port}`;
  const connection = {
    gateway: origin,
    ca: authority.bundleFile,
    armAudience: ARM_AUDIENCE,
    tokenEndpoint: `${origin}/adfs/oauth2/v2.0/token`,
    subscriptionName: 'Lazurite',
    ...world.principal,
  };
  const profile = join(directory, 'azure');
  writeAzureProfile(profile, connection, bicepScript());
  const environment = {
    ...process.env,
    ...clientEnvironment(directory, connection, authority.certificateFile),
    AZURE_CONFIG_DIR: profile,
  };
  const az = (...args: string[]): Promise<CommandResult> => run(executable, args, environment);
  return {
    world,
    origin,
    directory,
    environment,
    az,
    async json(...args) {
      const result = await az(...args, '--output', 'json');
      if (result.exitCode !== 0) throw new Error(`az ${args.join(' ')}\n${result.stderr}`);
      return JSON.parse(result.stdout === '' ? 'null' : result.stdout) as unknown;
    },
    async close() {
      await world.manager.idle();
      await listener.close();
      world.dispose();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function run(file: string, args: string[], env: NodeJS.ProcessEnv): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile(file, args, { env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ exitCode, stdout, stderr });
    });
  });
}
