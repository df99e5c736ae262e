import { InvalidArgumentError, type Command } from 'commander';
import { explainFailure } from '../../image/explain.js';
import { userAccess, type UserAccess } from '../../image/user-access.js';
import { parsePlatform, type Platform } from '../../oci/platform.js';
import type { RegistryInventory } from '../../remote/registry-client.js';
import { packageVersion } from '../../server/version.js';

/** How the registries of a command are reached. */
export interface AccessOptions {
  plainHttp?: boolean;
  insecure?: boolean;
  ca?: string;
}

export function addAccessOptions(command: Command): Command {
  return command
    .option('--plain-http', 'no TLS (found out by itself for registries on this machine)')
    .option('--insecure', 'take any certificate')
    .option('--ca <file>', 'certificates to trust besides the public ones, PEM');
}

export function accessOf(options: AccessOptions): UserAccess['openRepository'] {
  const access = accessTo(options);
  return (reference) => access.openRepository(reference);
}

/** The lists of a registry. */
export function inventoryOf(registry: string, options: AccessOptions): Promise<RegistryInventory> {
  return accessTo(options).openInventory(registry);
}

function accessTo(options: AccessOptions): UserAccess {
  return userAccess({
    environment: process.env,
    userAgent: `lazurite/${packageVersion()}`,
    plainHttp: options.plainHttp === true,
    insecure: options.insecure === true,
    ...(options.ca !== undefined && { caFile: options.ca }),
  });
}

/** For options that may be given several times, with commas or without. */
export function collectPlatforms(value: string, before: Platform[] = []): Platform[] {
  const platforms = value.split(',').map((text) => {
    const platform = parsePlatform(text.trim());
    if (platform === undefined) {
      throw new InvalidArgumentError(`"${text}" is no platform; write e.g. linux/arm64`);
    }
    return platform;
  });
  return [...before, ...platforms];
}

/** Runs a command on images: Ctrl-C stops it in order, and its failures are explained. */
export async function runImageCommand(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  const stop = (): void => {
    controller.abort(new Error('stopped'));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    await work(controller.signal);
  } catch (error) {
    if (!controller.signal.aborted) throw explainFailure(error);
    process.stderr.write('stopped\n');
    process.exitCode = 1;
  } finally {
    process.removeListener('SIGINT', stop);
    process.removeListener('SIGTERM', stop);
  }
}
