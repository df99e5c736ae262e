/** How many arguments there may be, as messages say it: `1 argument`, `2 to 3 arguments`, `at least 2 arguments`. */
export function arity(min: number, max: number): string {
  const plural = (count: number): string => `${count} argument${count === 1 ? '' : 's'}`;
  if (min === max) return plural(min);
  return max === Infinity ? `at least ${plural(min)}` : `${min} to ${max} arguments`;
}
