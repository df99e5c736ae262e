import type { Command } from 'commander';
import { Failure } from '../../base/failure.js';
import { deleteImage } from '../../image/registry/edit-tags.js';
import type { Reference } from '../../oci/reference.js';
import {
  accessOf,
  addAccessOptions,
  runImageCommand,
  type AccessOptions,
} from './access-options.js';
import { requireReference } from './index-options.js';

export function registerDeleteCommand(image: Command): void {
  const command = image
    .command('delete')
    .description('delete tags, or by digest manifests with all their tags, from a registry')
    .argument('<image...>', 'HOST/REPOSITORY:TAG or HOST/REPOSITORY@DIGEST');
  addAccessOptions(command)
    .addHelpText(
      'after',
      `
A tag is deleted alone: what it named stays by its digest, and under other tags.

Examples:
  lazurite image delete localhost:5000/app:old
  lazurite image delete localhost:5000/app@$(lazurite image digest localhost:5000/app:v1)`,
    )
    .action((images: string[], options: AccessOptions) =>
      runImageCommand(async (signal) => {
        const references = images.map(requireOneName);
        for (const [at, reference] of references.entries()) {
          await deleteImage(accessOf(options), reference, signal);
          console.log(`deleted ${images[at] ?? ''}`);
        }
      }),
    );
}

/** What is deleted has to be said: no implied `latest`, and not a tag for one thing and a digest for another. */
function requireOneName(text: string): Reference {
  const reference = requireReference(text);
  const { tag, digest } = reference;
  const named = digest ?? (tag !== undefined && text.endsWith(`:${tag}`) ? tag : undefined);
  if (named !== undefined && (tag === undefined || digest === undefined)) return reference;
  throw new Failure(`"${text}" does not say what to delete`, {
    why: named === undefined ? 'it names a repository' : 'it has both a tag and a digest',
    help: 'write HOST/REPOSITORY:TAG for the tag alone, HOST/REPOSITORY@DIGEST for the manifest with all its tags',
    exitCode: 2,
  });
}
