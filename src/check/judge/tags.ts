import {
  formatPlatform,
  formatPlatformInFull,
  normalizePlatform,
  type Platform,
} from '../../oci/platform.js';
import { isRefusal, type FoundImage, type SiblingFacts } from '../facts/image-facts.js';
import { parseArchitectureTag } from '../facts/related-tags.js';
import { runnablePlatforms } from '../facts/runnable-platforms.js';
import type { FindingDraft } from '../findings/finding.js';
import { listPlatforms } from '../targets/node-placement.js';
import { shortName, taggedName } from './fixes.js';
import { positionsOf, type JudgedImage } from './judged-image.js';

/** What the image's tag and those beside it tell. */
export function judgeTags({ name, uses }: JudgedImage, image: FoundImage): FindingDraft[] {
  const about = { image: name, positions: positionsOf(uses) };
  return [
    uses.length > 0 ? mutable(name, image) : undefined,
    moved(name, image),
    overwritten(name, image) ?? suspectedOverwritten(name, image),
    otherArchitecture(name, image),
    ...disagreements(name, image),
  ].flatMap((draft) => (draft ? [{ ...draft, ...about }] : []));
}

function mutable(name: string, { reference, digest }: FoundImage): FindingDraft | undefined {
  if (reference.digest !== undefined) return undefined;
  return {
    code: 'LZ1301',
    message: `${name} is named by a tag alone.`,
    evidence: [`now: ${digest}`],
    fix: `use ${shortName(reference)}@${digest}`,
  };
}

function moved(name: string, { reference, tagged, digest }: FoundImage): FindingDraft | undefined {
  const { tag } = reference;
  if (tag === undefined || tagged === undefined || tagged === digest) return undefined;
  if (isRefusal(tagged)) {
    return {
      code: 'LZ1302',
      message: `The tag ${tag} beside the digest of ${name} is no longer there.`,
      evidence: [tagged.message],
      fix: `use ${shortName({ ...reference, digest })}`,
    };
  }
  return {
    code: 'LZ1302',
    message: `The tag ${tag} has moved since the digest in ${name} was taken.`,
    evidence: [`pinned: ${digest}`, `the tag names now: ${tagged}`],
    fix: `use ${shortName({ ...reference, digest: tagged })}`,
  };
}

/** Evidence: the registry keeps an index that lost its tag when this tag was moved. */
function overwritten(
  name: string,
  { kind, formerIndexes, platform, digest, reference }: FoundImage,
): FindingDraft | undefined {
  const [former] = formerIndexes;
  if (kind !== 'image' || former === undefined) return undefined;
  const target = taggedName(reference);
  return {
    code: 'LZ1303',
    message: `${name} is an image for ${own(platform)} alone since its tag was moved, and an index of ${listPlatforms(former.platforms)} lost its tag.`,
    evidence: [
      `index ${former.digest}: pushed ${former.pushed}, has no tag now`,
      `image ${digest}: has the tag since ${former.moved}`,
    ],
    fix: `lazurite image copy ${target.replace(/:[^:/]+$/, '')}@${former.digest} ${target}`,
  };
}

/** Suspicion: the tags around it are indexes. */
function suspectedOverwritten(name: string, image: FoundImage): FindingDraft | undefined {
  const { tag } = image.reference;
  if (image.kind !== 'image' || tag === undefined || parseArchitectureTag(tag)) return undefined;
  const indexes = image.siblings.filter(
    (sibling) => sibling.platforms.length > 1 && !parseArchitectureTag(sibling.tag),
  );
  const [first] = indexes;
  const others = image.siblings.filter((sibling) => !parseArchitectureTag(sibling.tag));
  // One index among single images is no habit to compare with.
  if (first === undefined || indexes.length * 2 <= others.length) return undefined;
  return {
    code: 'LZ1304',
    message: `${name} is an image for ${own(image.platform)} alone, while other tags of the repository (${list(indexes)}) are indexes: a single-platform push may have gone over it.`,
    evidence: [
      ...indexes.map(
        ({ tag: other, platforms }) => `${other}: index of ${listPlatforms(platforms)}`,
      ),
      'this is a suspicion: the registry does not tell what the tag named before',
    ],
    fix: `docker buildx build --platform ${first.platforms.map(formatPlatform).join(',')} -t ${taggedName(image.reference)} --push .`,
  };
}

function list(siblings: readonly SiblingFacts[]): string {
  return siblings.map(({ tag }) => tag).join(', ');
}

function own(platform: Platform | undefined): string {
  return platform && platform.os !== '' ? formatPlatform(platform) : 'an unknown platform';
}

/** `v1.0-arm64` that holds an image for amd64. */
function otherArchitecture(name: string, image: FoundImage): FindingDraft | undefined {
  const { tag } = image.reference;
  const promised = tag === undefined ? undefined : parseArchitectureTag(tag);
  if (!promised) return undefined;
  const present =
    image.kind === 'image' ? single(image.platform) : runnablePlatforms(image.entries);
  const architectures = present.map((one) => normalizePlatform(one).architecture);
  if (architectures.length === 0 || architectures.includes(promised.platform.architecture)) {
    return undefined;
  }
  return {
    code: 'LZ1305',
    message: `${name} promises ${promised.suffix} in its tag, but is made for ${listPlatforms(present)}.`,
    evidence: [`${image.digest}: ${listPlatforms(present)}`],
    fix: `docker buildx build --platform ${formatPlatform(promised.platform)} -t ${taggedName(image.reference)} --push .`,
  };
}

function single(platform: Platform | undefined): Platform[] {
  return platform && platform.os !== '' ? [platform] : [];
}

/** `v1.0` has another image for arm64 than `v1.0-arm64`. */
function disagreements(name: string, image: FoundImage): FindingDraft[] {
  if (image.kind !== 'index') return [];
  const base = taggedName(image.reference);
  return image.siblings.flatMap((sibling): FindingDraft[] => {
    const promised = parseArchitectureTag(sibling.tag);
    if (!promised || sibling.platforms.length > 1) return [];
    const inIndex = image.entries.find(
      ({ platform }) =>
        platform &&
        formatPlatformInFull(normalizePlatform(platform)) ===
          formatPlatformInFull(promised.platform),
    );
    const known = image.entries.some(({ digest }) => digest === sibling.digest);
    if (known || sibling.digest === image.digest || sibling.platforms.length === 1) return [];
    const there = inIndex
      ? `${name} has ${inIndex.digest}`
      : `${name} has no image for ${formatPlatform(promised.platform)}`;
    return [
      {
        code: 'LZ1306',
        message: `The tag ${sibling.tag} names another image than ${name} has for ${formatPlatform(promised.platform)}.`,
        evidence: [`${sibling.tag} is ${sibling.digest}`, there],
        fix: `lazurite image index add --push --replace ${base} ${base.replace(/:[^:/]+$/, '')}:${sibling.tag}`,
      },
    ];
  });
}
