import { Transform } from 'node:stream';
import { DocumentError } from '../../oci/document.js';

/** Passes bytes through and fails when there are more than `limit`. */
export function limitBytes(limit: number, text: string): Transform {
  let passed = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      passed += chunk.length;
      if (passed > limit) done(new DocumentError(`${text} unpacks to more than ${limit} bytes`));
      else done(null, chunk);
    },
  });
}
