import { parseReference, type Reference } from '../oci/reference.js';
import type { ImageFacts } from './facts/image-facts.js';
import { imageKey, mergeWanted, type ImageInspector } from './facts/image-inspector.js';
import type { WantedPlatform } from './facts/inspector.js';
import { finding, type Finding, type FindingDraft } from './findings/finding.js';
import { takesOtherArchitectures } from './judge/choice.js';
import { judgeImage } from './judge/judge-image.js';
import { positionsOf } from './judge/judged-image.js';
import { describeImage, type CheckReport, type ImageReport } from './report/check-report.js';
import type { ImageUse } from './targets/image-use.js';
import type { Target } from './targets/read-target.js';

/** Everything that names one image. */
interface ImageGroup {
  name: string;
  reference: Reference;
  uses: ImageUse[];
  wanted: WantedPlatform[];
}

/** Asks about every image of the targets, and judges what is found. */
export async function checkTargets(
  targets: readonly Target[],
  inspector: ImageInspector,
): Promise<CheckReport> {
  const uses = targets.flatMap(({ contents }) => contents.uses);
  const drafts: FindingDraft[] = targets.flatMap(reportTarget);
  drafts.push(...unknownImages(uses));
  const groups = groupByImage(uses, drafts);
  const facts = await inspector.inspectAll(groups);
  const images = [...groups].flatMap(([key, group]): ImageReport[] => {
    const found = facts.get(key);
    if (!found) return [];
    drafts.push(...judgeGroup(group, found));
    return [describeImage(group.name, found, group.uses)];
  });
  return {
    targets: targets.map(({ name, kinds, files }) => ({ name, kinds, files })),
    images,
    notChecked: [...new Set(uses.flatMap(({ image }) => (image.unknown ? [image.text] : [])))],
    findings: drafts.map(finding).sort(byPlace),
  };
}

function judgeGroup({ name, uses }: ImageGroup, facts: ImageFacts): FindingDraft[] {
  return judgeImage({ name, facts, uses });
}

function reportTarget({ name, kinds, contents }: Target): FindingDraft[] {
  const { uses, builds, findings } = contents;
  if (uses.length + builds.length + findings.length > 0) return findings;
  const what = kinds.length > 0 ? `${name} (${kinds.join(', ')})` : name;
  return [{ code: 'LZ1507', message: `${what} names no image.` }];
}

function unknownImages(uses: readonly ImageUse[]): FindingDraft[] {
  const groups = new Map<string, ImageUse[]>();
  for (const use of uses) {
    if (use.image.unknown === undefined) continue;
    groups.set(use.image.text, [...(groups.get(use.image.text) ?? []), use]);
  }
  return [...groups].map(([text, group]) => ({
    code: 'LZ1501',
    message: `${text} was not checked: its name is known only later.`,
    evidence: [`not known now: ${group[0]?.image.unknown ?? ''}`],
    image: text,
    positions: positionsOf(group),
  }));
}

/** Adds a draft for each text that is no reference. */
function groupByImage(uses: readonly ImageUse[], drafts: FindingDraft[]): Map<string, ImageGroup> {
  const groups = new Map<string, ImageGroup>();
  for (const use of uses) {
    if (use.image.unknown !== undefined) continue;
    const reference = parseReference(use.image.text);
    if (reference === undefined) {
      drafts.push(invalidReference(use));
      continue;
    }
    const key = imageKey(reference);
    const group = groups.get(key) ?? { name: use.image.text, reference, uses: [], wanted: [] };
    group.uses.push(use);
    for (const { platform } of use.needs) {
      group.wanted = mergeWanted(group.wanted, platform, takesOtherArchitectures(use.puller));
    }
    groups.set(key, group);
  }
  return groups;
}

function invalidReference(use: ImageUse): FindingDraft {
  const lower = use.image.text.toLowerCase();
  return {
    code: 'LZ1008',
    message: `${JSON.stringify(use.image.text)} is not a reference of an image.`,
    evidence: [`named by: ${use.owner}`],
    ...(parseReference(lower) && lower !== use.image.text && { fix: `use ${lower}` }),
    image: use.image.text,
    positions: positionsOf([use]),
  };
}

const SEVERITY_ORDER = { error: 0, warning: 1, note: 2 } as const;

/** Errors first, then by place. */
function byPlace(left: Finding, right: Finding): number {
  if (left.severity !== right.severity) {
    return SEVERITY_ORDER[left.severity] - SEVERITY_ORDER[right.severity];
  }
  const [a] = left.positions;
  const [b] = right.positions;
  const files = (a?.file ?? '').localeCompare(b?.file ?? '');
  return files || (a?.line ?? 0) - (b?.line ?? 0) || left.code.localeCompare(right.code);
}
