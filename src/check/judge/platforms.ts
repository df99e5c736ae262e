import { formatPlatform, type Platform } from '../../oci/platform.js';
import type { FindingDraft } from '../findings/finding.js';
import type { FoundImage } from '../facts/image-facts.js';
import { runnablePlatforms } from '../facts/runnable-platforms.js';
import { listPlatforms } from '../targets/node-placement.js';
import type { ImageUse } from '../targets/image-use.js';
import { choose, isDeclaredFalsely, type Choice } from './choice.js';
import { buildCommand, taggedName } from './fixes.js';
import { positionsOf, type JudgedImage } from './judged-image.js';
import { pullerWords } from './words.js';

/** Whether each use finds the platforms that it needs. */
export function judgePlatforms({ name, uses }: JudgedImage, image: FoundImage): FindingDraft[] {
  if (image.kind === 'index' && runnablePlatforms(image.entries).length === 0) {
    const undeclared = image.entries.some(({ platform }) => !platform || platform.os === '');
    if (!undeclared) return [nothingRuns(name, uses, image)];
  }
  const missing = new Map<string, Missing>();
  const drafts: FindingDraft[] = [];
  for (const use of uses) {
    for (const need of use.needs) {
      const choice = choose(image, need.platform, use.puller);
      if (choice.digest === undefined) note(missing, use, need.platform, need.because);
      else drafts.push(...judgeChild(name, use, choice));
    }
  }
  return [...[...missing.values()].map((one) => platformMissing(name, image, one)), ...drafts];
}

/** A platform that is not there, for all uses that a puller has for it. */
interface Missing {
  platform: Platform;
  uses: ImageUse[];
  reasons: Set<string>;
}

function note(
  missing: Map<string, Missing>,
  use: ImageUse,
  platform: Platform,
  because: string,
): void {
  const key = `${use.puller} ${formatPlatform(platform)} ${platform['os.version'] ?? ''}`;
  const known = missing.get(key) ?? { platform, uses: [], reasons: new Set<string>() };
  known.uses.push(use);
  known.reasons.add(because);
  missing.set(key, known);
}

function platformMissing(
  name: string,
  image: FoundImage,
  { platform, uses, reasons }: Missing,
): FindingDraft {
  const wanted = formatPlatform(platform);
  const isIndex = image.kind === 'index';
  const present = isIndex
    ? runnablePlatforms(image.entries)
    : image.platform
      ? [image.platform]
      : [];
  const [first] = uses;
  return {
    code: isIndex ? 'LZ1101' : 'LZ1102',
    message: isIndex
      ? `${name} has no image for ${wanted}.`
      : `${name} is made for ${listPlatforms(present) || 'an unknown platform'}, not for ${wanted}.`,
    evidence: [
      `${isIndex ? 'index' : 'image'} ${image.digest} has: ${listPlatforms(present) || 'nothing that runs'}`,
      `${wanted} is needed by: ${owners(uses)} (${[...reasons].join('; ')})`,
      pullerWords(first?.puller ?? 'docker', {
        image: name,
        wanted: platform,
        kind: isIndex ? 'index' : 'image',
        found: image.platform,
      }),
    ],
    fix: buildCommand(image, [platform]),
    image: name,
    positions: positionsOf(uses),
  };
}

function owners(uses: readonly ImageUse[]): string {
  const names = [...new Set(uses.map(({ owner }) => owner))];
  const shown = names.slice(0, 3).join('; ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

/** The child that was chosen: is it there, and what its config says. */
function judgeChild(name: string, use: ImageUse, choice: Choice): FindingDraft[] {
  const wanted = formatPlatform(choice.platform);
  const about = { image: name, positions: positionsOf([use]) };
  const { child, digest = '' } = choice;
  if (child?.refusal) {
    return [
      {
        ...about,
        code: 'LZ1103',
        message: `The index ${name} lists ${digest} for ${wanted}, which can’t be had.`,
        evidence: [child.refusal.message],
        fix: `docker buildx build --platform ${wanted} -t ${name} --push .`,
      },
    ];
  }
  if (!isDeclaredFalsely(choice) || !choice.declared || !child?.config) return [];
  const declared = formatPlatform(choice.declared);
  const actual = formatPlatform(child.config);
  return [
    {
      ...about,
      code: 'LZ1104',
      message: `The index ${name} declares ${digest} as ${declared}, but it is an image for ${actual}.`,
      evidence: [`index: ${declared}`, `config of the image: ${actual}`],
      fix: `docker buildx build --platform ${declared} -t ${name} --push .`,
    },
  ];
}

function nothingRuns(name: string, uses: readonly ImageUse[], image: FoundImage): FindingDraft {
  return {
    code: 'LZ1109',
    message: `The index ${name} has ${image.entries.length} entries, and none of them runs anywhere.`,
    evidence: [`${image.digest} holds only attestations or artifacts`],
    fix: `docker buildx build --platform linux/amd64 -t ${taggedName(image.reference)} --push .`,
    image: name,
    positions: positionsOf(uses),
  };
}
