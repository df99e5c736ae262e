import { codeOf, Failure } from '../base/failure.js';
import type { Reference } from '../oci/reference.js';
import type { RepositoryClient } from '../remote/registry-client.js';
import { archiveWriter } from './archive/archive-writer.js';
import { openArchive } from './archive/archive-reader.js';
import type { ImageReader } from './image-reader.js';
import type { ImageWriter } from './image-writer.js';
import { LayoutContent } from './layout/layout-content.js';
import { directoryFiles } from './layout/layout-files.js';
import { REF_NAME } from './layout/layout-names.js';
import { layoutReader } from './layout/layout-reader.js';
import { layoutWriter } from './layout/layout-writer.js';
import { OciLayout } from './layout/oci-layout.js';
import type { ImageLocation } from './location.js';
import { registryReader } from './registry/registry-reader.js';
import { registryWriter } from './registry/registry-writer.js';

/** How repositories are reached: endpoints and credentials are already decided on. */
export type OpenRepository = (reference: Reference) => Promise<RepositoryClient>;

/**
 * Opens an image to read. The caller closes it.
 *
 * @throws Failure when the file or directory, or the name in it, is not there; DocumentError when it is damaged
 */
export async function openReader(
  location: ImageLocation,
  openRepository: OpenRepository,
): Promise<ImageReader> {
  const { text } = location;
  switch (location.kind) {
    case 'registry':
      return registryReader(await openRepository(location.reference), location.reference, text);
    case 'oci': {
      const content = await LayoutContent.open(directoryFiles(location.directory));
      return layoutReader(content, location, text);
    }
    case 'docker-archive': {
      const { reference, file } = location;
      const name =
        reference && `${reference.registry}/${reference.repository}:${reference.tag ?? ''}`;
      return openArchive(file, name, text).catch(missingFile(file));
    }
  }
}

/** Opens a place to put an image. The caller closes it, committed or not. */
export async function openWriter(
  location: ImageLocation,
  openRepository: OpenRepository,
): Promise<ImageWriter> {
  const { text } = location;
  switch (location.kind) {
    case 'registry':
      return registryWriter(await openRepository(location.reference), location.reference, text);
    case 'oci': {
      const { name, digest } = location;
      const openLayout = OciLayout.lazily(location.directory);
      return layoutWriter(openLayout, {
        text,
        digest,
        names: name === undefined ? {} : { [REF_NAME]: name },
      });
    }
    case 'docker-archive':
      return archiveWriter(location.file, location.reference, text);
  }
}

function missingFile(file: string): (error: unknown) => never {
  return (error) => {
    if (codeOf(error) !== 'ENOENT') throw error;
    throw new Failure(`there is no file ${file}`, { cause: error });
  };
}
