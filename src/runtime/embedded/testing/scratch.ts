import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack, type Header } from 'tar-stream';
import { onTestFinished } from 'vitest';
import { removeTree } from '../../../storage/remove-tree.js';

/** A folder that goes with the test. */
export function scratchDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'lazurite-test-'));
  onTestFinished(() => removeTree(directory));
  return directory;
}

export type Entry = Partial<Omit<Header, 'name'>> & { name: string; content?: string | Buffer };

export async function tar(entries: readonly Entry[]): Promise<Buffer> {
  const stream = pack();
  for (const { content, ...header } of entries)
    stream.entry({ mtime: new Date(0), ...header }, content ?? '');
  stream.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks);
}
