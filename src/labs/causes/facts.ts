import { parseReference } from '../../oci/reference.js';
import type { Observation } from './observation.js';

const IMAGE_PATTERNS = [
  /Invalid value: \\?"([^"\\]+)\\?"/,
  /pulling image ['"]([^'"]+)['"]/i,
  /manifest list for (\S+?)[,.;']*$/m,
  /in index ([^\s';]+)/,
  /Image pull for (\S+) failed/,
  /Failed to pull image ['"]([^'"]+)['"]/,
];
const APP_PATTERNS = [/container app '([^']+)'/i, /containerApps\/([\w-]+)/i];

/** What a pasted text tells of image and app; fills the commands of a fix. */
export function factsOf(observations: readonly Observation[]): Record<string, string> {
  const image = firstMatch(IMAGE_PATTERNS, observations);
  const revision = observations.find((one) => one.revision !== undefined)?.revision;
  const app =
    observations.find((one) => one.row?.['ContainerAppName'])?.row?.['ContainerAppName'] ??
    revision?.split('--')[0] ??
    firstMatch(APP_PATTERNS, observations);
  return {
    ...(app !== undefined && { APP: app }),
    ...(revision !== undefined && { REVISION: revision }),
    ...(image !== undefined && factsOfImage(image)),
  };
}

function factsOfImage(image: string): Record<string, string> {
  const reference = parseReference(image);
  if (!reference) return { IMAGE: image };
  const { registry, repository, tag } = reference;
  return {
    IMAGE: image,
    LOGIN_SERVER: registry,
    // the name of a registry on Azure; a local one has none in its address
    ...(registry.endsWith('.azurecr.io') && { REGISTRY: registry.replace('.azurecr.io', '') }),
    REPOSITORY: repository,
    ...(tag !== undefined && { TAG: tag }),
  };
}

function firstMatch(
  patterns: readonly RegExp[],
  observations: readonly Observation[],
): string | undefined {
  for (const pattern of patterns) {
    for (const { text } of observations) {
      const found = pattern.exec(text)?.[1];
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
