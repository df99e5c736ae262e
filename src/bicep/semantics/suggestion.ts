/** One letter of three may differ. */
const TOLERANCE = 0.34;
/** Shorter names are near to everything. */
const SHORTEST = 3;

/** The known name nearest to a misspelled one, if it is near. Letters' case does not count. */
export function suggest(name: string, known: Iterable<string>): string | undefined {
  const allowed = Math.floor(name.length * TOLERANCE);
  const wanted = name.toUpperCase();
  let best: string | undefined;
  let bestDistance = allowed + 1;
  for (const candidate of known) {
    if (candidate === '' || Math.abs(candidate.length - name.length) > Math.min(allowed, 2))
      continue;
    const upper = candidate.toUpperCase();
    if (upper === wanted) return candidate;
    // Nothing but the name itself is nearer than one letter.
    if (bestDistance <= 1 || candidate.length < SHORTEST) continue;
    const distance = editDistance(wanted, upper);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, substitution));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
