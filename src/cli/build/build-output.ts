import { randomUUID } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../../base/failure.js';
import type { BuiltPlatforms } from '../../build/build-platforms.js';
import { unpackImage } from '../../build/embedded/unpack-image.js';
import { openWriter, type OpenRepository } from '../../image/image-access.js';
import { copyImage } from '../../image/copy/copy-image.js';
import { openLayout } from '../../image/layout/layout-reader.js';
import type { ImageLocation } from '../../image/location.js';
import { formatReference, type Reference } from '../../oci/reference.js';
import type { BuildOutput } from './build-options.js';

/** Where an image that was built goes. */
export interface Delivery {
  names: readonly Reference[];
  push: boolean;
  output: BuildOutput | undefined;
}

/** @throws Failure for a delivery that cannot be, before anything is built */
export async function checkDelivery(delivery: Delivery, platformCount: number): Promise<void> {
  const { output, names, push } = delivery;
  if (push && names.length === 0) {
    throw new Failure('--push needs a name', {
      help: 'add -t REGISTRY/REPOSITORY:TAG',
      exitCode: 2,
    });
  }
  if (output?.kind !== 'dir') return;
  if (platformCount > 1) {
    throw new Failure('dir: takes the files of one platform', {
      help: 'name one with --platform, or use oci:DIR',
      exitCode: 2,
    });
  }
  const present = await readdir(output.path).catch((): string[] => []);
  if (present.length > 0) throw new Failure(`${output.path} is not empty`, { exitCode: 2 });
}

/** Pushes under every name, and writes the output. */
export async function deliver(
  built: BuiltPlatforms,
  { names, push, output }: Delivery,
  options: { open: OpenRepository; note: (line: string) => void; signal: AbortSignal },
): Promise<void> {
  const { open, note, signal } = options;
  const to = async (location: ImageLocation): Promise<void> => {
    const reader = await openLayout(built.layoutDirectory, built.manifest.digest);
    const writer = await openWriter(location, open);
    try {
      await copyImage(reader, writer, { signal });
    } finally {
      await writer.close();
    }
  };
  if (output?.kind === 'dir') {
    await mkdir(output.path, { recursive: true });
    const scratch = path.join(built.layoutDirectory, `scratch-${randomUUID()}`);
    await unpackImage(built, { directory: output.path, scratch });
    note(`wrote the files to ${output.path}`);
  } else if (output) {
    const [first] = names;
    await to(outputLocation(output.kind, output.path, first));
    note(`wrote ${output.kind}:${output.path}`);
  }
  for (const reference of push ? names : []) {
    const text = formatReference(reference);
    await to({ kind: 'registry', text, reference });
    note(`pushed ${text}`);
  }
}

function outputLocation(
  kind: 'oci' | 'docker-archive',
  place: string,
  reference: Reference | undefined,
): ImageLocation {
  const text = `${kind}:${place}`;
  if (kind === 'docker-archive') {
    return { kind, text, file: place, ...(reference && { reference }) };
  }
  return { kind, text, directory: place, ...(reference?.tag && { name: reference.tag }) };
}
