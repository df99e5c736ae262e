import { createHash } from 'node:crypto';

declare const brand: unique symbol;

/** `'sha256:9f86…'`: algorithm, colon, lower-case hex. */
export type Digest = string & { readonly [brand]: 'Digest' };

/** Hex length by algorithm; the two that the image spec registers. */
const HEX_LENGTH: Readonly<Record<string, number>> = { sha256: 64, sha512: 128 };
const DIGEST = /^([a-z0-9]+(?:[+._-][a-z0-9]+)*):([a-zA-Z0-9=_-]+)$/;

/**
 * Parses a digest of a registered algorithm.
 *
 * @returns undefined when the text is no digest, or one of an algorithm that cannot be verified here.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#digests
 */
export function parseDigest(text: string): Digest | undefined {
  const match = DIGEST.exec(text);
  const length = match?.[1] === undefined ? undefined : HEX_LENGTH[match[1]];
  if (match?.[2] === undefined || length === undefined) return undefined;
  return match[2].length === length && /^[a-f0-9]+$/.test(match[2]) ? (text as Digest) : undefined;
}

export function digestAlgorithm(digest: Digest): 'sha256' | 'sha512' {
  return digest.startsWith('sha512:') ? 'sha512' : 'sha256';
}

/** The hex part, e.g. `'9f86…'`. */
export function digestHex(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

export function digestOf(
  bytes: Uint8Array | string,
  algorithm: 'sha256' | 'sha512' = 'sha256',
): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}` as Digest;
}
