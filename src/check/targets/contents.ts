import type { FindingDraft } from '../findings/finding.js';
import type { ImageBuild, ImageUse } from './image-use.js';

/** What a target says about images, and what is wrong with the target itself. */
export interface TargetContents {
  uses: ImageUse[];
  builds: ImageBuild[];
  findings: FindingDraft[];
}

export function emptyContents(): TargetContents {
  return { uses: [], builds: [], findings: [] };
}

export function mergeContents(parts: readonly TargetContents[]): TargetContents {
  return {
    uses: parts.flatMap(({ uses }) => uses),
    builds: parts.flatMap(({ builds }) => builds),
    findings: parts.flatMap(({ findings }) => findings),
  };
}
