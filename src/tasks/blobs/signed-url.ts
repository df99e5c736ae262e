import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../base/clock.js';

/** What a signed URL allows: creating and writing a blob, or reading it. */
export type BlobPermission = 'cw' | 'r';

/** Version of the signature's fields; clients only pass it on. */
const SERVICE_VERSION = '2022-11-02';

/** Makes and checks the query of blob URLs, in the shape of Azure's service SAS. */
export class UrlSigner {
  readonly #key: Buffer;
  readonly #clock: Clock;

  constructor(key: Buffer, clock: Clock) {
    this.#key = key;
    this.#clock = clock;
  }

  /** @param path of the blob, e.g. `'/lazuritestore.blob.localhost/src/reg/x.tar.gz'` */
  sign(path: string, permission: BlobPermission, lifetimeMs: number): string {
    const expiry = new Date(this.#clock.now().getTime() + lifetimeMs);
    const se = `${expiry.toISOString().slice(0, 19)}Z`;
    const sig = this.#signature(path, permission, se);
    return new URLSearchParams({
      sv: SERVICE_VERSION,
      se,
      sr: 'b',
      sp: permission,
      sig,
    }).toString();
  }

  /** Whether the query is one that was signed for this path, is not over, and allows `needed`. */
  allows(path: string, query: URLSearchParams, needed: 'r' | 'w'): boolean {
    const sp = query.get('sp') ?? '';
    const se = query.get('se') ?? '';
    const given = Buffer.from(query.get('sig') ?? '');
    const expected = Buffer.from(this.#signature(path, sp, se));
    const genuine = given.length === expected.length && timingSafeEqual(given, expected);
    return genuine && sp.includes(needed) && Date.parse(se) > this.#clock.now().getTime();
  }

  #signature(path: string, permission: string, expiry: string): string {
    return createHmac('sha256', this.#key)
      .update(`${permission}\n${expiry}\n${path}`)
      .digest('hex'); // Azure's are base64, but clients that decode a URL once too often lose its plus signs
  }
}
