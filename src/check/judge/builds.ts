import { formatPlatform, type Platform } from '../../oci/platform.js';
import { selectPlatform } from '../../oci/platform/matching.js';
import type { ImageFacts } from '../facts/image-facts.js';
import { runnablePlatforms } from '../facts/runnable-platforms.js';
import type { FindingDraft } from '../findings/finding.js';
import type { ImageBuild, ImageUse } from '../targets/image-use.js';
import { listPlatforms } from '../targets/node-placement.js';
import { takesOtherArchitectures } from './choice.js';
import { positionsOf } from './judged-image.js';

/** The build that makes what a use pulls: the names are equal, or the build's has no registry. */
export function buildFor(use: ImageUse, builds: readonly ImageBuild[]): ImageBuild | undefined {
  const { text } = use.image;
  return builds.findLast(
    ({ image, anyRegistry }) =>
      image.text === text || (anyRegistry === true && text.endsWith(`/${image.text}`)),
  );
}

/** Whether what is built runs where it is used. */
export function judgeBuiltUse(use: ImageUse, build: ImageBuild): FindingDraft[] {
  const { platforms } = build;
  if (platforms === undefined) return [];
  const otherArchitectures = takesOtherArchitectures(use.puller);
  const entries = platforms.map((platform) => ({ platform }));
  const missing = use.needs.filter(
    ({ platform }) => selectPlatform(entries, platform, { otherArchitectures }) === undefined,
  );
  const [first] = missing;
  if (first === undefined) return [];
  const wanted = listPlatforms(missing.map(({ platform }) => platform));
  return [
    {
      code: 'LZ1401',
      message: `${use.image.text} is built for ${listPlatforms(platforms)}, but is needed for ${wanted}.`,
      evidence: [`built by: ${build.tool}`, `needed by: ${use.owner} (${first.because})`],
      fix: `build with --platform ${names([...platforms, ...missing.map(({ platform }) => platform)])}`,
      image: use.image.text,
      positions: [...positionsOf([use]), build.position],
    },
  ];
}

function names(platforms: readonly Platform[]): string {
  return [...new Set(platforms.map(formatPlatform))].join(',');
}

/** A push of one platform to what is an index now. */
export function judgeOverwriting(build: ImageBuild, facts: ImageFacts): FindingDraft[] {
  const [only] = build.platforms ?? [];
  if (facts.outcome === 'refused' || !build.pushed || build.platforms?.length !== 1 || !only) {
    return [];
  }
  const present = runnablePlatforms(facts.entries);
  if (present.length < 2) return [];
  return [
    {
      code: 'LZ1402',
      message: `${build.image.text} is an index of ${listPlatforms(present)}; the push of an image for ${formatPlatform(only)} alone takes its place.`,
      evidence: [`built by: ${build.tool}`, `now: index ${facts.digest}`],
      fix: `build with --platform ${names(present)}, or push to ${build.image.text}-${only.architecture}`,
      image: build.image.text,
      positions: [build.position],
    },
  ];
}
