import type { Descriptor } from '../../oci/descriptor.js';
import { formatPlatform, formatPlatformInFull } from '../../oci/platform.js';
import type { FoundImage } from '../facts/image-facts.js';
import { isAttestation, isRunnableEntry, runnablePlatforms } from '../facts/runnable-platforms.js';
import type { FindingDraft } from '../findings/finding.js';
import { taggedName } from './fixes.js';
import { positionsOf, type JudgedImage } from './judged-image.js';

/** Names shown of many. */
const MAX_SHOWN = 5;

/** What is odd about an index itself, whoever pulls it. */
export function judgeIndexShape({ name, uses }: JudgedImage, image: FoundImage): FindingDraft[] {
  if (image.kind !== 'index') return [];
  const runnable = image.entries.filter(isRunnableEntry);
  const about = { image: name, positions: positionsOf(uses) };
  const target = taggedName(image.reference);
  return [
    duplicates(name, runnable, target),
    undeclared(name, runnable, target),
    windowsWithoutVersion(name, runnable, target),
    attestationSurprise(name, image, target),
  ].flatMap((draft) => (draft ? [{ ...draft, ...about }] : []));
}

function duplicates(
  name: string,
  entries: readonly Descriptor[],
  target: string,
): FindingDraft | undefined {
  const digests = new Map<string, Set<string>>();
  for (const { platform, digest } of entries) {
    if (!platform || platform.os === '') continue;
    const key = formatPlatformInFull(platform);
    digests.set(key, (digests.get(key) ?? new Set()).add(digest));
  }
  const doubled = [...digests].filter(([, set]) => set.size > 1);
  if (doubled.length === 0) return undefined;
  const other = doubled.flatMap(([, set]) => [...set].slice(1))[0];
  return {
    code: 'LZ1105',
    message: `The index ${name} has several images for ${shown(doubled.map(([key]) => key))}.`,
    evidence: doubled.slice(0, MAX_SHOWN).map(([key, set]) => `${key}: ${shown([...set])}`),
    fix: `lazurite image index remove --push ${target} ${other ?? ''}   # or the other one`,
  };
}

function undeclared(
  name: string,
  entries: readonly Descriptor[],
  target: string,
): FindingDraft | undefined {
  const without = entries.filter(
    ({ platform }) => !platform || platform.os === '' || platform.architecture === '',
  );
  const [first] = without;
  if (first === undefined) return undefined;
  return {
    code: 'LZ1106',
    message: `The index ${name} has ${count(without.length, 'entry', 'entries')} without a platform.`,
    evidence: [
      `without a platform: ${shown(without.map(({ digest }) => digest))}`,
      'go-containerregistry takes such an entry for linux/amd64; containerd reads its config; docker passes it over',
    ],
    fix: `lazurite image index annotate --push ${target} ${first.digest} --os linux --arch amd64`,
  };
}

function windowsWithoutVersion(
  name: string,
  entries: readonly Descriptor[],
  target: string,
): FindingDraft | undefined {
  const without = entries.filter(
    ({ platform }) => platform?.os === 'windows' && !platform['os.version'],
  );
  const [first] = without;
  if (first?.platform === undefined) return undefined;
  return {
    code: 'LZ1107',
    message: `The index ${name} has ${count(without.length, 'Windows entry', 'Windows entries')} without os.version.`,
    evidence: [`without os.version: ${shown(without.map(({ digest }) => digest))}`],
    fix: `lazurite image index annotate --push ${target} ${first.digest} --os-version 10.0.20348.2227`,
  };
}

/** One image and its attestations: people pushed one platform and got an index. */
function attestationSurprise(
  name: string,
  { entries }: FoundImage,
  target: string,
): FindingDraft | undefined {
  const attestations = entries.filter(isAttestation);
  const platforms = runnablePlatforms(entries);
  const [only] = platforms;
  if (attestations.length === 0 || platforms.length !== 1 || !only) return undefined;
  const platform = formatPlatform(only);
  return {
    code: 'LZ1108',
    message: `${name} is an image for ${platform} alone, but an index because attestations were attached.`,
    evidence: [
      `entries with platform unknown/unknown: ${shown(attestations.map(({ digest }) => digest))}`,
      `docker manifest create refuses it ("${name} is a manifest list"); some portals show an operating system ''`,
    ],
    fix: `docker buildx build --platform ${platform} --provenance=false --sbom=false -t ${target} --push .`,
  };
}

function shown(names: readonly string[]): string {
  const first = names.slice(0, MAX_SHOWN).join(', ');
  return names.length > MAX_SHOWN ? `${first} and ${names.length - MAX_SHOWN} more` : first;
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
