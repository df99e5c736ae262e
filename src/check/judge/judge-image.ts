import type { FoundImage } from '../facts/image-facts.js';
import type { FindingDraft } from '../findings/finding.js';
import { judgeAccess } from './access.js';
import { judgeContent } from './content.js';
import { shortName } from './fixes.js';
import { judgeIndexShape } from './index-shape.js';
import { positionsOf, type JudgedImage } from './judged-image.js';
import { judgePlatforms } from './platforms.js';
import { judgeTags } from './tags.js';

/** Every finding about one image. Pure: the facts are all there is. */
export function judgeImage(judged: JudgedImage): FindingDraft[] {
  const { facts } = judged;
  if (facts.outcome === 'refused') return [judgeAccess(judged, facts)];
  if (facts.kind === 'other') return notAnImage(judged, facts);
  return merge([
    ...judgePlatforms(judged, facts),
    ...judgeIndexShape(judged, facts),
    ...judgeTags(judged, facts),
    ...judgeContent(judged, facts),
  ]);
}

function notAnImage(judged: JudgedImage, facts: FoundImage): FindingDraft[] {
  const running = judged.uses.filter(({ anyContent }) => anyContent !== true);
  if (running.length === 0) return [];
  return [
    {
      code: 'LZ1009',
      message: `${judged.name} is not an image that can run.`,
      evidence: [`${facts.digest} is of type ${facts.artifactType ?? facts.mediaType}`],
      fix: `lazurite image inspect ${shortName(facts.reference)}`,
      image: judged.name,
      positions: positionsOf(running),
    },
  ];
}

/** The same sentence about several places is one finding. */
function merge(drafts: readonly FindingDraft[]): FindingDraft[] {
  const merged = new Map<string, FindingDraft>();
  for (const draft of drafts) {
    const key = `${draft.code} ${draft.message}`;
    const known = merged.get(key);
    if (known) known.positions = [...(known.positions ?? []), ...(draft.positions ?? [])];
    else merged.set(key, { ...draft });
  }
  return [...merged.values()];
}
