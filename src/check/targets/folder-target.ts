import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { resolvePath } from '../../bicep/paths.js';
import type { SourceFile } from '../source/position.js';
import { emptyContents, mergeContents, type TargetContents } from './contents.js';
import type { TargetKind } from './kind.js';
import { readTargetFile } from './read-file.js';
import type { ReadOptions } from './read-options.js';
import { findFiles } from './walk-folder.js';

/** A repository with more candidates is checked folder by folder. */
const MAX_FILES = 5000;

/** What the files of a folder say; those of no known kind are passed over. */
export async function readFolder(
  folder: string,
  options: ReadOptions,
): Promise<{ kinds: TargetKind[]; files: number; contents: TargetContents }> {
  const { files, cut } = await findFiles(folder, MAX_FILES);
  const sources: SourceFile[] = [];
  for (const path of files) sources.push({ path, text: await readFile(path, 'utf8') });
  const included = includedFiles(sources);
  const kinds = new Set<TargetKind>();
  const parts: TargetContents[] = [];
  let read = 0;
  for (const source of sources) {
    if (included.has(source.path)) continue;
    const { kinds: found, ...contents } = await readTargetFile(source, options);
    if (found.length === 0 && !isRenderingNote(contents)) continue;
    read++;
    for (const kind of found) kinds.add(kind);
    parts.push(contents);
  }
  if (cut) parts.push(tooMany(folder));
  return { kinds: [...kinds], files: read, contents: onceEach(mergeContents(parts)) };
}

/** Files that others include are judged with the values that those give them, not alone. */
function includedFiles(sources: readonly SourceFile[]): Set<string> {
  const included = new Set<string>();
  for (const { path, text } of sources) {
    if (!/\.bicep(param)?$/i.test(path)) continue;
    const references = text.matchAll(/^\s*(?:module\s+\w+|using)\s+'([^']+)'/gm);
    for (const [, written = ''] of references) {
      included.add(posix.normalize(resolvePath(path, written)));
    }
  }
  return included;
}

/** In a folder, a file that does not parse may be of a kind that is none of ours. */
function isRenderingNote({ findings }: TargetContents): boolean {
  return findings.some(({ code }) => code === 'LZ1506');
}

/** Every template of a chart says that the chart must be rendered; once is enough. */
function onceEach(contents: TargetContents): TargetContents {
  const seen = new Set<string>();
  const findings = contents.findings.filter(({ code, message }) => {
    const key = `${code} ${message}`;
    const isNew = !seen.has(key) || code !== 'LZ1506';
    seen.add(key);
    return isNew;
  });
  return { ...contents, findings };
}

function tooMany(folder: string): TargetContents {
  const message = `${folder} has more than ${MAX_FILES} files that may be targets; the rest was not read.`;
  return {
    ...emptyContents(),
    findings: [{ code: 'LZ1502', message, fix: 'check its folders one by one' }],
  };
}
