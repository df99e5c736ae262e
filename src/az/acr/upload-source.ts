import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { codeOf, messageOf } from '../../base/failure.js';
import { AzError } from '../az-error.js';
import type { Session } from '../session.js';
import { listContext, packContext, type PackedDockerfile } from './archive.js';
import { BlobUpload } from './blob-upload.js';

export const RUNS_API_VERSION = '2025-03-01-preview';

/**
 * Packs a folder and puts it where the registry's runs take their sources from.
 *
 * @param options.archivePrefix of the name that is shown, e.g. `'build_archive'`
 * @returns what `scheduleRun` names it by
 */
export async function uploadSource(
  session: Session,
  options: {
    /** ARM path of the registry. */
    path: string;
    registry: string;
    context: string;
    dockerfile?: PackedDockerfile;
    archivePrefix: string;
  },
): Promise<string> {
  const { path, registry, context, dockerfile, archivePrefix } = options;
  session.warn('Packing source code into tar to upload...');
  const warn = (message: string): void => {
    session.warn(message);
  };
  const entries = listContext({ context, warn, ...(dockerfile && { dockerfile }) });
  const name = `${archivePrefix}_${randomUUID().replaceAll('-', '')}.tar.gz`;
  session.warn(`Uploading archived source code from '${join(tmpdir(), name)}'...`);
  const { relativePath, size } = await upload(session, path, () =>
    packContext(entries, dockerfile),
  );
  session.warn(`Sending context (${sizeText(size)}) to registry: ${registry}...`);
  return relativePath;
}

async function upload(
  session: Session,
  path: string,
  pack: () => Promise<Readable>,
): Promise<{ relativePath: string; size: number }> {
  const target = await session.armJson({
    method: 'POST',
    path: `${path}/listBuildSourceUploadUrl`,
    apiVersion: RUNS_API_VERSION,
  });
  const { uploadUrl, relativePath } = target;
  if (typeof uploadUrl !== 'string' || typeof relativePath !== 'string') {
    throw new AzError('Failed to get a SAS URL to upload context.');
  }
  const size = await new BlobUpload(session.http, uploadUrl).send(await pack()).catch(asAzError);
  return { relativePath, size };
}

function asAzError(error: unknown): never {
  if (codeOf(error) === undefined) throw error;
  throw new AzError(`The context could not be read: ${messageOf(error)}`, { cause: error });
}

/** `'1.856 KiB'` */
function sizeText(bytes: number): string {
  const units = ['Bytes', 'KiB', 'MiB', 'GiB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${size.toFixed(3)} ${units[unit] ?? 'GiB'}`;
}
