import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares without telling by its time how much was right. */
export function sameText(given: string, expected: string): boolean {
  return timingSafeEqual(sha256(given), sha256(expected));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** `Basic dXNlcjpwYXNz` → user and password. */
export function parseBasic(
  authorization: string,
): { username: string; password: string } | undefined {
  const match = /^basic +([A-Za-z0-9+/=_-]+) *$/i.exec(authorization);
  if (match?.[1] === undefined) return undefined;
  const text = Buffer.from(match[1], 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}
