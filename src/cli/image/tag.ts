import type { Command } from 'commander';
import { Failure } from '../../base/failure.js';
import { tagImage } from '../../image/registry/edit-tags.js';
import { formatReference, parseTag, type Tag } from '../../oci/reference.js';
import {
  accessOf,
  addAccessOptions,
  runImageCommand,
  type AccessOptions,
} from './access-options.js';
import { requireReference } from './index-options.js';

interface TagOptions extends AccessOptions {
  json?: boolean;
}

export function registerTagCommand(image: Command): void {
  const command = image
    .command('tag')
    .description('give an image more tags in its repository; no layer is moved')
    .argument('<image>', 'HOST/REPOSITORY:TAG or HOST/REPOSITORY@DIGEST')
    .argument('<tag...>', 'tags alone, e.g. latest; one that is there moves')
    .option('--json', 'print JSON');
  addAccessOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  lazurite image tag ghcr.io/team/app:v1.2.0 v1.2 v1 latest
  lazurite image tag localhost:5000/app@sha256:… stable

To another repository or registry: lazurite image copy.`,
    )
    .action((image: string, tags: string[], options: TagOptions) =>
      runImageCommand(async (signal) => {
        const reference = requireReference(image);
        const wanted = tags.map((tag) => requireTag(tag, image));
        const digest = await tagImage(accessOf(options), reference, wanted, signal);
        const { registry, repository } = reference;
        const references = wanted.map((tag) => formatReference({ registry, repository, tag }));
        if (options.json) console.log(JSON.stringify({ digest, references }, null, 2));
        else for (const tagged of references) console.log(`${tagged} is ${digest}`);
      }),
    );
}

/** @throws Failure (exit code 2) */
function requireTag(text: string, image: string): Tag {
  const tag = parseTag(text);
  if (tag !== undefined) return tag;
  throw new Failure(`"${text}" is no tag`, {
    why: 'a tag has letters, digits, dots, dashes and underscores, 128 at most, and no name before it',
    help: `lazurite image tag ${image} TAG   (to another repository: lazurite image copy)`,
    exitCode: 2,
  });
}
