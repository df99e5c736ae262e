import { describe, expect, it } from 'vitest';
import type { CopyEvent } from '../../image/copy/copy-event.js';
import { digestOf } from '../../oci/digest.js';
import { CopyProgress } from './copy-progress.js';
import { formatBytes } from './format-bytes.js';

const blob = { mediaType: '', digest: digestOf('x'), size: 2_500_000 };
const events: CopyEvent[] = [
  { kind: 'blob-found', blob },
  { kind: 'bytes', blob, count: 2_500_000 },
  { kind: 'blob-done', blob, outcome: 'written' },
  { kind: 'manifest-done', digest: blob.digest, mediaType: '', outcome: 'present' },
];

function shown(isTTY: boolean, isQuiet: boolean): string {
  let text = '';
  let time = 0;
  const output = { isTTY, columns: 60, write: (part: string) => (text += part) };
  const progress = new CopyProgress(output, isQuiet, () => (time += 1000));
  for (const event of events) progress.show(event);
  progress.end();
  return text;
}

describe('CopyProgress', () => {
  it('writes a line for each thing that is done, where no terminal is', () => {
    expect(shown(false, false)).toBe(
      `blob ${blob.digest} 2.5 MB sent\nmanifest ${blob.digest} there already\n`,
    );
  });

  it('redraws one line on a terminal, within its width, and takes it away', () => {
    const drawn = shown(true, false).split('\r\u001b[K');
    expect(drawn.at(-2)).toMatch(/^copying: 2\.5 MB, 1 manifests and 1 blobs done, 0 under/);
    expect(drawn.every((line) => line.length < 60)).toBe(true);
    expect(drawn.at(-1)).toBe('');
  });

  it('says nothing to programs', () => {
    expect(shown(false, true)).toBe('');
  });
});

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [99_949, '99.9 kB'],
    [99_950, '100 kB'],
    [999_949, '1.0 MB'],
    [1_234_567, '1.2 MB'],
    [5e15, '5000 TB'],
  ])('%i is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});
