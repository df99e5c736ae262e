import { messageOf } from '../../base/failure.js';
import type { Logger } from '../../base/logger.js';
import type { LoginServers } from '../../registry/login-servers.js';
import type { Home } from '../home.js';
import { refuseTakenPort } from '../listener.js';
import {
  distrustRegistry,
  dockerCertificatesPath,
  requireDockerCertificates,
  trustRegistry,
} from './docker-trust.js';
import { ownerOf, writeFootprint, type Footprint } from './footprint.js';
import { hostsFilePath, requireWritableHostsFile, writeHostsBlock } from './hosts-file.js';

/** Public registries that clients find here: those that need no credentials, of which images are built in. */
export const PUBLIC_REGISTRIES = ['mcr.microsoft.com'] as const;

/** Apps as far as their names go. */
export interface NamedApps {
  ingress: { publicHosts(): string[] };
  onChange(listener: () => void): void;
}

/** Where clients expect HTTP and HTTPS. */
export const AZURE_PORTS = [80, 443] as const;
export const AZURE_NAMES_HELP =
  'free the port, run as root, or leave --azure-names out: everything then has a port of its own';

/** @throws Failure when a port or one of the machine's files can't be had; nothing has been changed then */
export async function requireAzureNames(): Promise<void> {
  requireWritableHostsFile(hostsFilePath());
  requireDockerCertificates(dockerCertificatesPath());
  for (const port of AZURE_PORTS) await refuseTakenPort('127.0.0.1', port, AZURE_NAMES_HELP);
}

/** Azure's names on this machine: the hosts file sends them here, and docker trusts the registries among them. */
export class AzureNames {
  readonly #home: Home;
  readonly #logger: Logger;
  readonly #footprint: Footprint;
  readonly #registries = new Set<string>(PUBLIC_REGISTRIES);
  #appHosts: () => string[] = () => [];
  #written = '';

  /** @param certificate the local CA, PEM */
  constructor(home: Home, certificate: string, logger: Logger) {
    this.#home = home;
    this.#logger = logger;
    this.#footprint = {
      hostsFile: hostsFilePath(),
      dockerCertificates: dockerCertificatesPath(),
      registries: [],
      certificate,
    };
  }

  /**
   * Azure's names for registries, besides the loopback ports: clients type the one, Lazurite's own pulls
   * and references from before take the other. A name can be used as soon as it is allocated.
   */
  loginServers(ports: LoginServers): LoginServers {
    return {
      allocate: async (registryName) => {
        await ports.allocate(registryName);
        const loginServer = nameOf(registryName);
        this.#registries.add(loginServer);
        this.#apply();
        return loginServer;
      },
      release: async (registryName) => {
        await ports.release(registryName);
        this.#registries.delete(nameOf(registryName));
        this.#apply();
      },
    };
  }

  /** Keeps step with the apps from now on. */
  follow(apps: NamedApps): void {
    this.#appHosts = () => apps.ingress.publicHosts();
    apps.onChange(() => {
      try {
        this.#apply();
      } catch (error) {
        this.#logger.error({ error: messageOf(error) }, 'the hosts file is out of step');
      }
    });
    this.#apply();
  }

  /** What was written is noted first, so that it can be taken back after a crash. */
  #apply(): void {
    const registries = [...this.#registries];
    const names = [...registries, ...this.#appHosts()].sort();
    const text = names.join(' ');
    if (text === this.#written) return;
    const footprint = this.#footprint;
    const { dockerCertificates, certificate } = footprint;
    const gone = footprint.registries.filter((host) => !this.#registries.has(host));
    footprint.registries = [...registries, ...gone];
    writeFootprint(this.#home, footprint);
    for (const host of registries) trustRegistry(dockerCertificates, host, certificate);
    writeHostsBlock(footprint.hostsFile, { owner: ownerOf(this.#home), names });
    for (const host of gone) distrustRegistry(dockerCertificates, host, certificate);
    footprint.registries = registries;
    this.#written = text;
  }
}

function nameOf(registryName: string): string {
  return `${registryName.toLowerCase()}.azurecr.io`;
}
