import { spawn } from 'node:child_process';
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { LayerNotes } from './extract.js';

/**
 * How removals are written into unpacked layers: as overlayfs reads them with `trusted.*` attributes (the
 * superuser) or `user.*` ones (a user namespace), or not at all where file systems are merged by copying.
 */
export type LayerFormat = 'trusted' | 'user' | 'plain';

/** Makes a layer's whiteouts, opaque marks, named pipes and capabilities of programs. */
export async function makeOverlayNodes(
  cell: string,
  root: string,
  notes: LayerNotes,
  format: LayerFormat,
): Promise<void> {
  const records = notes.pipes.map(({ path, mode }) => `p ${mode & 0o7777} 0 0 ${path}`);
  for (const { path, hex } of notes.capabilities) {
    if (lstatSync(join(root, path), { throwIfNoEntry: false })?.isFile()) {
      records.push(`x ${hex} ${path}`);
    }
  }
  if (format !== 'plain') records.push(...overlayRecords(root, notes, format));
  if (records.length > 0) await runNodes(cell, root, records);
}

function overlayRecords(root: string, notes: LayerNotes, format: 'trusted' | 'user'): string[] {
  const mark = format === 'trusted' ? 't' : 'u';
  const opaques = new Set(notes.opaques);
  const records: string[] = [];
  for (const path of notes.whiteouts) {
    const stat = lstatSync(join(root, path), { throwIfNoEntry: false });
    // Removed below and made anew here: a directory hides the old content, a file hides it anyway.
    if (stat?.isDirectory()) opaques.add(path);
    else if (!stat) records.push(`w ${path}`);
  }
  for (const path of opaques) records.push(`${mark} ${path || '.'}`);
  return records;
}

function runNodes(cell: string, cwd: string, records: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(cell, ['nodes'], { cwd, stdio: ['pipe', 'ignore', 'pipe'], env: {} });
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    child.stdin.on('error', () => undefined); // it stopped at a record: `complaint` says which
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`cannot make a layer's special files: ${complaint || `exit ${code}`}`));
    });
    child.stdin.end(records.map((record) => `${record}\0`).join(''));
  });
}
