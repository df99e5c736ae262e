/** Milliseconds as ISO 8601, e.g. 5063.97 → `'PT5.0639700S'`, 61000 → `'PT1M1S'`. */
export function isoDuration(milliseconds: number): string {
  const total = Math.max(0, milliseconds) / 1000;
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = total % 60;
  const fraction = Number.isInteger(seconds) ? String(seconds) : seconds.toFixed(7);
  return `PT${hours > 0 ? `${hours}H` : ''}${minutes > 0 ? `${minutes}M` : ''}${fraction}S`;
}
