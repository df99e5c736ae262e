import { DocumentError } from '../oci/document.js';

/** Indexes of indexes and referrers of referrers are legal, but not endless ones. */
const MAX_NESTING = 8;

/** @throws DocumentError below a depth that no image has */
export function requireDepth(depth: number): void {
  if (depth <= MAX_NESTING) return;
  throw new DocumentError(`the image is nested deeper than ${MAX_NESTING} levels`);
}
