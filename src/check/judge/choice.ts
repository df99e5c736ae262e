import type { Descriptor } from '../../oci/descriptor.js';
import { formatPlatform, type Platform } from '../../oci/platform.js';
import { selectPlatform } from '../../oci/platform/matching.js';
import type { ChildFacts, FoundImage } from '../facts/image-facts.js';
import type { Puller } from '../targets/image-use.js';

/** What a machine of one platform gets when it pulls the image. */
export interface Choice {
  platform: Platform;
  /** The child of an index, or the image itself; absent when nothing matches. */
  digest?: string;
  /** As declared: by the index's entry, or by the image's config. */
  declared?: Platform;
  /** Of the child, when it was looked at. */
  child?: ChildFacts;
}

/** Azure's check is strict; container engines also take 32-bit programs on 64-bit machines. */
export function takesOtherArchitectures(puller: Puller): boolean {
  return puller !== 'container-apps';
}

/** Selects as the puller does. */
export function choose(image: FoundImage, platform: Platform, puller: Puller): Choice {
  if (image.kind === 'image') {
    const { platform: own } = image;
    const fits = own !== undefined && matches(own, platform, puller);
    return fits ? { platform, digest: image.digest, declared: own } : { platform };
  }
  const otherArchitectures = takesOtherArchitectures(puller);
  const entry =
    selectPlatform(image.entries, platform, { otherArchitectures }) ??
    image.entries.find((candidate) => matchesByConfig(image, candidate, platform, puller));
  if (entry === undefined) return { platform };
  const child = image.children.get(entry.digest);
  return {
    platform,
    digest: entry.digest,
    ...(entry.platform && entry.platform.os !== '' && { declared: entry.platform }),
    ...(child && { child }),
  };
}

/** Entries without a platform are judged by the config behind them. */
function matchesByConfig(
  image: FoundImage,
  entry: Descriptor,
  platform: Platform,
  puller: Puller,
): boolean {
  const declared = entry.platform !== undefined && entry.platform.os !== '';
  const config = declared ? undefined : image.children.get(entry.digest)?.config;
  return config !== undefined && matches(config, platform, puller);
}

function matches(offered: Platform, wanted: Platform, puller: Puller): boolean {
  const otherArchitectures = takesOtherArchitectures(puller);
  return selectPlatform([{ platform: offered }], wanted, { otherArchitectures }) !== undefined;
}

/** Whether the config of the chosen child contradicts what the index declares for it. */
export function isDeclaredFalsely({ declared, child }: Choice): boolean {
  if (!declared || !child?.config) return false;
  const { os, architecture } = child.config;
  if (os === '' || architecture === '') return false;
  // A lower variant than declared still runs; another architecture does not.
  return (
    formatPlatform({ os, architecture }) !==
    formatPlatform({ os: declared.os, architecture: declared.architecture })
  );
}
