import type { Digest } from '../digest.js';
import { formatPlatform, normalizePlatform, type Platform } from '../platform.js';

/** What nothing was found for. */
export interface NoMatch {
  wanted: Platform;
  /** As the user wrote it, e.g. `'contoso.azurecr.io/app:v1'`. */
  reference: string;
  /** Of the index, where known: oras names it. */
  digest?: Digest;
}

type NoMatchText = (missing: NoMatch) => string;

const docker: NoMatchText = ({ wanted }) =>
  `no matching manifest for ${formatPlatform(wanted)} in the manifest list entries`;
const dockerHost: NoMatchText = (missing) =>
  docker({ ...missing, wanted: withVariant(missing.wanted) });
const containerd: NoMatchText = () => 'no match for platform in manifest: not found';

/**
 * What each ecosystem says when an index has nothing for a platform, to the letter. The key names who
 * speaks; versions as in `test/clients/ecosystem-no-match.test.ts`, which has the stock tools say it.
 */
export const NO_MATCH_TEXT = {
  /** Azure Container Apps as its documents show it. */
  azure: ({ wanted, reference }) =>
    `no child with platform ${formatPlatform(wanted)} found in manifest list for ${reference}`,
  /** crane, and Azure Container Apps since mid-2026, which checks images with crane's library. */
  crane: ({ wanted, reference }) =>
    `no child with platform ${formatPlatform(wanted)} in index ${reference}`,
  /** `docker pull --platform` over graph drivers. */
  docker,
  /** The same without `--platform`, of the engine's own platform. */
  dockerHost,
  /** `docker pull --platform` over containerd's image store; Debian 12's docker 20.10 has none. */
  dockerContainerd: (missing) => `${docker(missing)}: ${containerd(missing)}`,
  /** containerd as kubelet asks it. */
  containerd,
  /** `ctr images pull`. */
  ctr: ({ digest, reference }) =>
    `no match for platform in manifest ${digest ?? reference}: not found`,
  /**
   * `docker run --platform` of an image that is there for another platform. Debian 12's docker 20.10 says:
   * `… was found but does not match the specified platform: wanted linux/arm64, actual: linux/amd64`.
   */
  dockerRun: ({ wanted, reference }) =>
    `image with reference ${reference} was found but does not provide the specified platform (${formatPlatform(wanted)})`,
  /**
   * skopeo, podman and buildah, of a Docker manifest list. Debian 12's skopeo 1.9, podman 4.3 and buildah
   * 1.28 have fewer quotes: `architecture arm64, variant "", OS linux`.
   */
  skopeoList: ({ wanted }) => `no image found in manifest list for ${skopeoPlatform(wanted)}`,
  /** The same tools, of an OCI index. */
  skopeoIndex: ({ wanted }) => `no image found in image index for ${skopeoPlatform(wanted)}`,
  oras: ({ digest, reference }) =>
    `${digest ?? reference}: not found: no matching manifest was found in the manifest list`,
  regctl: ({ wanted }) => `platform not found: ${formatPlatform(wanted)}`,
  imagetools: () => 'none of the manifests match the provided platforms',
  fargate: ({ wanted }) =>
    `image Manifest does not contain descriptor matching platform '${formatPlatform(wanted)}'`,
} satisfies Record<string, NoMatchText>;

/** What Azure Container Apps says of an image that is for one platform, and that another one. */
export function wrongPlatformText(wanted: Platform, found: Platform | undefined): string {
  const shown = found === undefined ? 'unknown' : formatPlatform(found);
  return `image OS/Arc must be ${formatPlatform(wanted)} but found ${shown}`;
}

/** Of its own machine docker names the variant that others leave out: `linux/arm64/v8`. */
function withVariant(platform: Platform): Platform {
  const normal = normalizePlatform(platform);
  const isPlainArm64 = normal.architecture === 'arm64' && normal.variant === undefined;
  return isPlainArm64 ? { ...normal, variant: 'v8' } : normal;
}

function skopeoPlatform({ architecture, variant, os }: Platform): string {
  return `architecture "${architecture}", variant "${variant ?? ''}", OS "${os}"`;
}
