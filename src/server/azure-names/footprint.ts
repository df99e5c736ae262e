import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Home } from '../home.js';
import { distrustRegistry } from './docker-trust.js';
import { writeHostsBlock } from './hosts-file.js';

/** What was changed outside of the home, to be taken back: `<home>/run/azure-names.json`. */
export interface Footprint {
  hostsFile: string;
  dockerCertificates: string;
  /** Registries that docker was told to trust. */
  registries: string[];
  /** The local CA, PEM. */
  certificate: string;
}

export function writeFootprint(home: Home, footprint: Footprint): void {
  writeFileSync(footprintFile(home), JSON.stringify(footprint, null, 2), { mode: 0o600 });
}

/** Takes back what a Lazurite of this home changed, whether it ended well or not. */
export function removeFootprint(home: Home): void {
  const footprint = readFootprint(home);
  if (footprint === undefined) return;
  const { hostsFile, dockerCertificates, registries, certificate } = footprint;
  writeHostsBlock(hostsFile, { owner: ownerOf(home), names: [] });
  for (const host of registries) distrustRegistry(dockerCertificates, host, certificate);
  rmSync(footprintFile(home), { force: true });
}

/** Marks the home's block in the hosts file, e.g. `'3f9a12bc'`. */
export function ownerOf(home: Home): string {
  return createHash('sha256').update(home.directory).digest('hex').slice(0, 8);
}

function readFootprint(home: Home): Footprint | undefined {
  try {
    return JSON.parse(readFileSync(footprintFile(home), 'utf8')) as Footprint;
  } catch {
    return undefined; // there is none, or it broke off before anything was changed
  }
}

function footprintFile(home: Home): string {
  return home.path('run', 'azure-names.json');
}
