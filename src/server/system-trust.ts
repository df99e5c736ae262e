import { execFile } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Failure, messageOf } from '../base/failure.js';

const run = promisify(execFile);

/** How Debian and those that descend from it keep the machine's certificate authorities. */
export interface DebianTrust {
  /** e.g. `'/usr/sbin/update-ca-certificates'` */
  program: string;
  /** Where certificates of one's own go. */
  localDirectory: string;
  /** Options of the program, for a store elsewhere. */
  options?: readonly string[];
}

const DEBIAN: DebianTrust = {
  program: '/usr/sbin/update-ca-certificates',
  localDirectory: '/usr/local/share/ca-certificates',
};

/**
 * Finds the machine's trust store.
 *
 * @throws Failure naming the system when it is of a kind that isn't known here
 */
export function findSystemTrust(store: DebianTrust = DEBIAN): DebianTrust {
  if (process.platform === 'linux' && existsSync(store.program)) return store;
  throw new Failure(`the trust store of ${systemName()} is not one that Lazurite can change`, {
    why: `it has no ${store.program}, which Debian, Ubuntu and their like have`,
    help: 'add <home>/ca/ca.pem by the system’s own means, or use the variables of: lazurite env',
  });
}

/**
 * Makes every program that goes by the system's store trust the CA.
 *
 * @param name of the file, e.g. `'lazurite-3f9a12bc'`
 * @throws Failure when the store may not be changed
 */
export async function installTrust(
  store: DebianTrust,
  name: string,
  certificate: string,
): Promise<void> {
  requireWritable(store);
  writeFileSync(fileOf(store, name), certificate, { mode: 0o644 });
  await update(store);
}

/** @returns whether there was something to take back */
export async function uninstallTrust(store: DebianTrust, name: string): Promise<boolean> {
  if (!existsSync(fileOf(store, name))) return false;
  requireWritable(store);
  rmSync(fileOf(store, name));
  await update(store, '--fresh'); // else the link to it stays
  return true;
}

function fileOf({ localDirectory }: DebianTrust, name: string): string {
  return join(localDirectory, `${name}.crt`);
}

function requireWritable({ localDirectory }: DebianTrust): void {
  try {
    mkdirSync(localDirectory, { recursive: true });
    accessSync(localDirectory, constants.W_OK);
  } catch (error) {
    throw new Failure(`can't change the system's trust store in ${localDirectory}`, {
      why: messageOf(error),
      help: 'run as root: sudo lazurite trust install',
      cause: error,
    });
  }
}

async function update({ program, options = [] }: DebianTrust, ...more: string[]): Promise<void> {
  try {
    await run(program, [...options, ...more]);
  } catch (error) {
    throw new Failure(`${program} failed`, { why: messageOf(error), cause: error });
  }
}

function systemName(): string {
  if (process.platform !== 'linux') return process.platform;
  try {
    const text = readFileSync('/etc/os-release', 'utf8');
    return /^PRETTY_NAME="?([^"\n]+)/m.exec(text)?.[1] ?? 'this Linux';
  } catch {
    return 'this Linux';
  }
}
