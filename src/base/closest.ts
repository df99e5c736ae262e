/**
 * The known word nearest to `word` by edit distance.
 *
 * @param options.slipsOnly answers undefined unless the word is near enough to be a slip of the hand
 */
export function closest(
  word: string,
  known: readonly string[],
  options: { slipsOnly: boolean },
): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  if (!best) return undefined;
  const isSlip = best.distance <= Math.max(1, best.candidate.length / 3);
  return isSlip || !options.slipsOnly ? best.candidate : undefined;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, left] of Array.from(a).entries()) {
    const next = [i + 1];
    for (const [j, right] of Array.from(b).entries()) {
      const substituted = (row[j] ?? 0) + (left === right ? 0 : 1);
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, substituted));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
