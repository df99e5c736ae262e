import { formatPlatformInFull } from '../../oci/platform.js';
import { formatReference } from '../../oci/reference.js';
import { isRefusal, type ImageFacts } from '../facts/image-facts.js';
import { runnablePlatforms } from '../facts/runnable-platforms.js';
import type { Severity } from '../findings/catalogue.js';
import type { Finding } from '../findings/finding.js';
import { choose } from '../judge/choice.js';
import type { Position } from '../source/position.js';
import type { ImageUse } from '../targets/image-use.js';

/** Everything that a run found; each format writes it in its own way. */
export interface CheckReport {
  targets: { name: string; kinds: string[]; files: number }[];
  images: ImageReport[];
  /** Names of images that are known only later. */
  notChecked: string[];
  findings: Finding[];
}

/** What one machine gets. */
export interface PlatformReport {
  /** e.g. `'linux/arm64'` */
  platform: string;
  /** What says that it is needed. */
  because: string;
  /** Of preferred node affinity. */
  preference?: number;
  /** The manifest that is pulled; absent when there is none. */
  digest?: string;
  /** As declared, when it differs from what was asked for, e.g. `'linux/386'`. */
  declared?: string;
  /** Whether its content was read and is sound; absent when it was not to be read. */
  verified?: boolean;
}

export interface UseReport {
  owner: string;
  position?: Position;
  platforms: PlatformReport[];
}

export interface ImageReport {
  /** As its targets name it. */
  name: string;
  /** Canonical, e.g. `'docker.io/library/alpine:3.20'`. */
  reference: string;
  outcome: 'found' | 'refused';
  /** Why it could not be had, in the registry's words. */
  refusal?: string;
  digest?: string;
  mediaType?: string;
  kind?: string;
  /** Everything it has, e.g. `['linux/amd64', 'windows(10.0.20348.2227)/amd64']`. */
  platforms: string[];
  uses: UseReport[];
}

export function describeImage(
  name: string,
  facts: ImageFacts,
  uses: readonly ImageUse[],
): ImageReport {
  const reference = formatReference(facts.reference);
  if (facts.outcome === 'refused') {
    return {
      name,
      reference,
      outcome: 'refused',
      refusal: facts.refusal.message,
      platforms: [],
      uses: uses.map((use) => describeUse(use)),
    };
  }
  const present =
    facts.kind === 'index'
      ? runnablePlatforms(facts.entries)
      : facts.platform
        ? [facts.platform]
        : [];
  return {
    name,
    reference,
    outcome: 'found',
    digest: facts.digest,
    mediaType: facts.mediaType,
    kind: facts.kind,
    platforms: present.map(formatPlatformInFull),
    uses: uses.map((use) => describeUse(use, facts)),
  };
}

function describeUse(use: ImageUse, facts?: ImageFacts): UseReport {
  return {
    owner: use.owner,
    ...(use.position && { position: use.position }),
    platforms: use.needs.map(({ platform, because, preference }) => {
      const choice = facts?.outcome === 'found' ? choose(facts, platform, use.puller) : undefined;
      const asked = formatPlatformInFull(platform);
      const verified = isSound(facts, choice?.digest);
      const declared = choice?.declared && formatPlatformInFull(choice.declared);
      return {
        platform: asked,
        because,
        ...(preference !== undefined && { preference }),
        ...(choice?.digest !== undefined && { digest: choice.digest }),
        ...(declared !== undefined && declared !== asked && { declared }),
        ...(verified !== undefined && { verified }),
      };
    }),
  };
}

function isSound(facts?: ImageFacts, digest?: string): boolean | undefined {
  if (facts?.outcome !== 'found' || facts.content === undefined) return undefined;
  if (isRefusal(facts.content)) return false;
  const report = facts.content.find((one) => one.digest === digest);
  return report !== undefined && report.findings.every(({ level }) => level !== 'error');
}

export interface Summary {
  errors: number;
  warnings: number;
  notes: number;
  allowed: number;
  images: number;
  notChecked: number;
}

export function summarize({ findings, images, notChecked }: CheckReport): Summary {
  const count = (severity: Severity): number =>
    findings.filter((one) => one.severity === severity && one.allowed === undefined).length;
  return {
    errors: count('error'),
    warnings: count('warning'),
    notes: count('note'),
    allowed: findings.filter(({ allowed }) => allowed !== undefined).length,
    images: images.length,
    notChecked: notChecked.length,
  };
}
