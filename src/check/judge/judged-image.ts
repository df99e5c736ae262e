import type { ImageFacts } from '../facts/image-facts.js';
import type { Position } from '../source/position.js';
import type { ImageUse } from '../targets/image-use.js';

/** One image with everything that a judge may look at. */
export interface JudgedImage {
  /** As its targets name it; the first spelling when there are several. */
  name: string;
  facts: ImageFacts;
  /** Empty for an image that is only built. */
  uses: readonly ImageUse[];
}

export function positionsOf(uses: readonly ImageUse[]): Position[] {
  return uses.flatMap(({ position }) => (position ? [position] : []));
}
