/** At most three tags, the likeliest to have been meant first. */
export function closestTags(wanted: string, tags: readonly string[]): string[] {
  return tags
    .map((tag) => ({ tag, distance: editDistance(wanted, tag) }))
    .sort((a, b) => a.distance - b.distance || (a.tag < b.tag ? -1 : 1))
    .slice(0, 3)
    .map(({ tag }) => tag);
}

/** Levenshtein's distance by two rows. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const substitution = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(
        Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1),
      );
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}
