import type { Descriptor } from '../../oci/descriptor.js';
import { formatReference, type Reference } from '../../oci/reference.js';
import type { RegistryClient } from '../../remote/registry-client.js';
import { copyImage } from '../copy/copy-image.js';
import { openLayout } from '../layout/layout-reader.js';
import { registryWriter } from '../registry/registry-writer.js';

/** Copies what a layout holds to a registry. */
export async function pushImage(
  client: RegistryClient,
  layoutDirectory: string,
  root: Descriptor,
  reference: Reference,
): Promise<void> {
  const repository = client.repository(reference.registry, reference.repository);
  const writer = registryWriter(repository, reference, formatReference(reference));
  await copyImage(await openLayout(layoutDirectory, root.digest), writer);
}
