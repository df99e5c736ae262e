import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import type { Descriptor } from '../oci/descriptor.js';
import { digestAlgorithm, digestHex } from '../oci/digest.js';
import { RemoteError } from './registry-client.js';

/**
 * Passes bytes through and fails when they are not what the descriptor promises: at the first byte too
 * many, or at the end for too few or for other content.
 */
export function verifyContent(descriptor: Pick<Descriptor, 'digest' | 'size'>): Transform {
  const hash = createHash(digestAlgorithm(descriptor.digest));
  let received = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      received += chunk.length;
      if (received > descriptor.size) {
        done(badContent(descriptor, `has more than the ${descriptor.size} bytes declared`));
        return;
      }
      hash.update(chunk);
      done(null, chunk);
    },
    flush(done: TransformCallback) {
      const actual = hash.digest('hex');
      if (received < descriptor.size) {
        done(badContent(descriptor, `ended after ${received} of ${descriptor.size} bytes`));
      } else if (actual !== digestHex(descriptor.digest)) {
        done(badContent(descriptor, `has other content: its digest is ${actual}`));
      } else done();
    },
  });
}

function badContent(descriptor: Pick<Descriptor, 'digest'>, why: string): RemoteError {
  return new RemoteError('bad-content', `blob ${descriptor.digest} ${why}`);
}
