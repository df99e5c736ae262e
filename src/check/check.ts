import { parseReference, type Reference } from '../oci/reference.js';
import { applyConfig, type CheckConfig } from './config/check-config.js';
import { imageKey, mergeWanted, type ImageInspector } from './facts/image-inspector.js';
import type { WantedPlatform } from './facts/inspector.js';
import { finding, type Finding, type FindingDraft } from './findings/finding.js';
import { buildFor, judgeBuiltUse, judgeOverwriting } from './judge/builds.js';
import { takesOtherArchitectures } from './judge/choice.js';
import { judgeImage } from './judge/judge-image.js';
import { positionsOf } from './judge/judged-image.js';
import { describeImage, type CheckReport, type ImageReport } from './report/check-report.js';
import type { TargetContents } from './targets/contents.js';
import type { ImageBuild, ImageName, ImageUse } from './targets/image-use.js';
import type { Target } from './targets/read-target.js';

/** Everything that names one image. */
interface ImageGroup {
  name: string;
  reference: Reference;
  uses: ImageUse[];
  /** Pushes to it; an image that is only built need not exist. */
  builds: ImageBuild[];
  wanted: WantedPlatform[];
}

/** Asks about every image of the targets, and judges what is found. */
export async function checkTargets(
  targets: readonly Target[],
  inspector: ImageInspector,
  allowed: { config: CheckConfig; today: string } = { config: { allow: [] }, today: '' },
): Promise<CheckReport> {
  const drafts: FindingDraft[] = targets.flatMap(reportTarget);
  const builds = targets.flatMap(({ contents }) => contents.builds);
  const uses = targets.flatMap(({ contents }) => usesOfOthers(contents, drafts));
  drafts.push(...unknownImages(uses));
  const groups = groupByImage(uses, builds, drafts);
  const facts = await inspector.inspectAll(groups);
  const images = [...groups].flatMap(([key, group]): ImageReport[] => {
    const found = facts.get(key);
    if (!found) return [];
    const { name, builds: pushes } = group;
    drafts.push(...pushes.flatMap((build) => judgeOverwriting(build, found)));
    if (group.uses.length === 0) return [];
    drafts.push(...judgeImage({ name, facts: found, uses: group.uses }));
    return [describeImage(name, found, group.uses)];
  });
  const { findings, about } = applyConfig(drafts.map(finding), allowed.config, allowed.today);
  return {
    targets: targets.map(({ name, kinds, files }) => ({ name, kinds, files })),
    images,
    notChecked: [...new Set(uses.flatMap(({ image }) => (image.unknown ? [image.text] : [])))],
    findings: [...findings, ...about.map(finding)].sort(byPlace),
  };
}

/** What a target both builds and uses is judged by its build; the rest is looked up. */
function usesOfOthers({ uses, builds }: TargetContents, drafts: FindingDraft[]): ImageUse[] {
  return uses.filter((use) => {
    const build = buildFor(use, builds);
    if (build) drafts.push(...judgeBuiltUse(use, build));
    return build === undefined;
  });
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
function groupByImage(
  uses: readonly ImageUse[],
  builds: readonly ImageBuild[],
  drafts: FindingDraft[],
): Map<string, ImageGroup> {
  const groups = new Map<string, ImageGroup>();
  const groupOf = ({ text, unknown }: ImageName): ImageGroup | undefined => {
    const reference = unknown === undefined ? parseReference(text) : undefined;
    if (reference === undefined) return undefined;
    const key = imageKey(reference);
    const group = groups.get(key) ?? { name: text, reference, uses: [], builds: [], wanted: [] };
    groups.set(key, group);
    return group;
  };
  for (const use of uses) {
    const group = groupOf(use.image);
    if (!group) {
      if (use.image.unknown === undefined) drafts.push(invalidReference(use));
      continue;
    }
    group.uses.push(use);
    for (const { platform } of use.needs) {
      group.wanted = mergeWanted(group.wanted, platform, takesOtherArchitectures(use.puller));
    }
  }
  // Only a push of one platform can take an index's place; nothing else is asked about what is built.
  for (const build of builds) {
    if (build.pushed && build.platforms?.length === 1) groupOf(build.image)?.builds.push(build);
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
