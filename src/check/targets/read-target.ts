import { readFile, stat } from 'node:fs/promises';
import { text as readText } from 'node:stream/consumers';
import { codeOf, Failure, messageOf } from '../../base/failure.js';
import { parseReference } from '../../oci/reference.js';
import type { SourceFile } from '../source/position.js';
import { emptyContents, type TargetContents } from './contents.js';
import { readFolder } from './folder-target.js';
import { readImageReference } from './image-reference.js';
import type { TargetKind } from './kind.js';
import { readTargetFile } from './read-file.js';
import type { ReadOptions } from './read-options.js';

/** A target with everything it says. */
export interface Target {
  /** As given. */
  name: string;
  kinds: TargetKind[];
  /** Files read. */
  files: number;
  contents: TargetContents;
}

export const STDIN = '-';
/** No manifest, template or rendered chart is larger; it is held in memory. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/**
 * Reads what a target says about images: standard input, a file, a folder, or else an image reference.
 *
 * @throws Failure for a target that is none of them
 */
export async function readTarget(
  name: string,
  options: ReadOptions,
  forced?: TargetKind,
): Promise<Target> {
  if (forced === 'image') return imageTarget(name, options);
  if (name === STDIN) {
    const file = { path: '<stdin>', text: await readText(process.stdin) };
    return fileTarget(name, file, options, forced);
  }
  const found = await stat(name).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  });
  if (found === undefined) return imageTarget(name, options);
  if (found.isDirectory()) return { name, ...(await readFolder(name, options)) };
  return fileTarget(name, await readSource(name, found.size), options, forced);
}

async function readSource(path: string, size: number): Promise<SourceFile> {
  if (size > MAX_FILE_BYTES) {
    throw new Failure(`${path} has ${size} bytes`, {
      why: `targets of more than ${MAX_FILE_BYTES} bytes are not read`,
      help: 'check its parts one by one',
    });
  }
  try {
    return { path, text: await readFile(path, 'utf8') };
  } catch (error) {
    throw new Failure(`${path} can't be read`, { why: messageOf(error), cause: error });
  }
}

function imageTarget(name: string, options: ReadOptions): Target {
  if (parseReference(name) === undefined || looksLikeFile(name)) {
    throw new Failure(`${name} is neither a file nor an image reference`, {
      why: 'there is no such file, and a reference looks like registry/repository:tag in lower case',
      help: 'look at the spelling; standard input is read with -',
      exitCode: 2,
    });
  }
  const contents = readImageReference(name, options);
  return { name, kinds: ['image'], files: 0, contents };
}

/** Nobody means an image by these; a reference could be spelt so. */
function looksLikeFile(name: string): boolean {
  return /^\.{0,2}\//.test(name) || /\.(ya?ml|json|bicep|bicepparam)$/i.test(name);
}

async function fileTarget(
  name: string,
  file: SourceFile,
  options: ReadOptions,
  forced?: TargetKind,
): Promise<Target> {
  const { kinds, ...contents } = await readTargetFile(file, options, forced);
  if (kinds.length > 0 || contents.findings.length > 0) {
    return { name, kinds, files: 1, contents };
  }
  const unknown = {
    code: 'LZ1502' as const,
    message: `${file.path} is none of the kinds that can be checked.`,
    fix: 'say what it is with --kind',
    positions: [{ file: file.path, line: 1, column: 1 }],
  };
  return { name, kinds, files: 1, contents: { ...emptyContents(), findings: [unknown] } };
}
