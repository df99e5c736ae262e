import { readdir, stat } from 'node:fs/promises';
import { posix } from 'node:path';

/** Folders of other people's files, or of tools. Hidden ones are passed over too, save these. */
const SKIPPED = new Set([
  'node_modules',
  'vendor',
  'bin',
  'obj',
  'dist',
  'coverage',
  '__pycache__',
]);
const HIDDEN_BUT_READ = new Set(['.github', '.azure-pipelines', '.azuredevops', '.pipelines']);
/** Names of files that can be one of the kinds. */
const CANDIDATE =
  /\.(?:ya?ml|json|bicep|bicepparam)$|(?:^|\.)(?:Dockerfile|Containerfile)(?:\.[\w.-]+)?$/i;
/** Larger files in a folder are data; as a target of its own one is read. */
const MAX_BYTES = 1024 * 1024;
const MAX_DEPTH = 32;

export interface FoundFiles {
  /** In the order of their names. */
  files: string[];
  /** Whether there were more than `limit`. */
  cut: boolean;
}

/** The files below a folder that may be targets. Links are not followed. */
export async function findFiles(folder: string, limit: number): Promise<FoundFiles> {
  const files: string[] = [];
  const visit = async (path: string, depth: number): Promise<void> => {
    const entries = await readdir(path, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (files.length > limit) return;
      const child = posix.join(path, entry.name);
      if (entry.isDirectory()) {
        const hidden = entry.name.startsWith('.') && !HIDDEN_BUT_READ.has(entry.name);
        if (depth < MAX_DEPTH && !hidden && !SKIPPED.has(entry.name)) await visit(child, depth + 1);
      } else if (entry.isFile() && CANDIDATE.test(entry.name)) {
        if ((await stat(child)).size <= MAX_BYTES) files.push(child);
      }
    }
  };
  await visit(folder, 0);
  return { files: files.slice(0, limit), cut: files.length > limit };
}
