import type { ImageExecution } from '../oci/image-config.js';
import type { Platform } from '../oci/platform.js';

/** A built-in image in the place of a public one. */
export interface StandIn {
  /** Canonical, e.g. `'docker.io/library/hello-world:latest'`. */
  reference: string;
  /** As the original has them, of those that the sample program is built for. */
  platforms: readonly Platform[];
  /** Whether the tag names an index; else the image of the one platform. */
  index: boolean;
  execution: ImageExecution;
}

const AMD64: Platform = { os: 'linux', architecture: 'amd64' };
const ARM64: Platform = { os: 'linux', architecture: 'arm64', variant: 'v8' };
const ARM_V7: Platform = { os: 'linux', architecture: 'arm', variant: 'v7' };
const WINDOWS: Platform = { os: 'windows', architecture: 'amd64', 'os.version': '10.0.20348.2700' };

/** Serves a page on port 80. */
function page(repository: string): StandIn {
  const reference = `${repository}:latest`;
  return {
    reference,
    platforms: [AMD64],
    index: false,
    execution: {
      Entrypoint: ['/hello'],
      Env: ['PORT=80', `MESSAGE=Hello from Lazurite: this stands in for ${reference}`],
      ExposedPorts: { '80/tcp': {} },
    },
  };
}

/** Says a line and ends, as the originals do. */
function greeting(repository: string, platforms: readonly Platform[]): StandIn {
  return {
    reference: `${repository}:latest`,
    platforms,
    index: true,
    execution: { Cmd: ['/hello'], Env: ['EXIT_CODE=0'] },
  };
}

/** The images that Azure's documents name, for machines that can't reach where they are. */
export const STAND_INS: readonly StandIn[] = [
  page('mcr.microsoft.com/azuredocs/containerapps-helloworld'),
  page('mcr.microsoft.com/k8se/quickstart'),
  greeting('mcr.microsoft.com/mcr/hello-world', [AMD64, ARM64, WINDOWS]),
  greeting('docker.io/library/hello-world', [AMD64, ARM_V7, ARM64, WINDOWS]),
  greeting('docker.io/arm64v8/alpine', [ARM64]),
];

/** @param reference canonical */
export function findStandIn(reference: string): StandIn | undefined {
  return STAND_INS.find((standIn) => standIn.reference === reference);
}
