import type { Command } from 'commander';
import { Failure } from '../../base/failure.js';
import { parseDraftSelector } from '../../image/index/draft-selector.js';
import {
  addToDraft,
  annotateDraft,
  changeDraft,
  createDraft,
  removeFromDraft,
  type IndexContext,
} from '../../image/index/edit-draft.js';
import type { IndexDraft } from '../../image/index/index-draft.js';
import { pushIndex } from '../../image/index/push-index.js';
import type { EntryChanges } from '../../oci/index/annotate-index.js';
import type { IndexFormat } from '../../oci/index/index-type.js';
import { formatReference, type Reference } from '../../oci/reference.js';
import { runImageCommand } from './access-options.js';
import {
  addIndexOptions,
  collectAnnotations,
  contextOf,
  parseFormat,
  requireReference,
  type IndexOptions,
} from './index-options.js';
import { draftJson, draftText, pushedJson, pushedText } from './index-text.js';

interface EditOptions extends IndexOptions {
  push?: boolean;
  format?: IndexFormat;
  annotation?: Record<string, string>;
}

type Edit = (context: IndexContext, target: Reference) => Promise<IndexDraft>;

/** Edits a draft, and pushes it at once where that is asked for. */
async function edit(index: string, options: EditOptions, work: Edit): Promise<void> {
  await runImageCommand(async (signal) => {
    const context = contextOf(options, signal);
    const target = requireReference(index);
    const draft = await work(context, target);
    if (options.push !== true) {
      console.log(options.json ? JSON.stringify(draftJson(draft), null, 2) : draftText(draft));
      return;
    }
    const pushed = await pushIndex(context, target, { purge: true });
    const reference = formatReference(target);
    const json = (): string => JSON.stringify(pushedJson(reference, pushed), null, 2);
    console.log(options.json ? json() : pushedText(reference, pushed));
  });
}

function addEditOptions(command: Command): Command {
  return addIndexOptions(command.option('--push', 'push at once and keep no draft'));
}

export function registerCreateCommand(group: Command): void {
  const command = group
    .command('create')
    .description('begin an index of images that are in registries')
    .argument('<index>', 'where it will be pushed, HOST/REPOSITORY:TAG')
    .argument('<image...>', 'images, or indexes whose entries are taken')
    .option(
      '--amend',
      'add to a draft that exists; an image takes the place of that for its platform',
    )
    .option('--format <format>', 'oci or docker (default: what the images are)', parseFormat)
    .option('--annotation <name=value>', 'of the index (repeatable)', collectAnnotations);
  addEditOptions(command)
    .addHelpText(
      'after',
      `
Images of other repositories are mounted or copied when the index is pushed.

Examples:
  lazurite image index create r.io/app:v1 r.io/app:v1-amd64 r.io/app:v1-arm64
  lazurite image index create --push r.io/app:v1 r.io/app:v1-amd64 docker.io/team/app:arm64`,
    )
    .action((index: string, images: string[], options: EditOptions & { amend?: boolean }) =>
      edit(index, options, (context, target) =>
        createDraft(context, target, images.map(requireReference), {
          format: options.format,
          amend: options.amend,
          annotations: options.annotation,
        }),
      ),
    );
}

export function registerAddCommand(group: Command): void {
  const command = group
    .command('add')
    .description('add images to a draft, or to the index that is in the registry')
    .argument('<index>', 'HOST/REPOSITORY:TAG')
    .argument('<image...>', 'images, or indexes whose entries are taken')
    .option('--replace', 'let an image take the place of that for its platform');
  addEditOptions(command)
    .addHelpText(
      'after',
      `
Example:
  lazurite image index add --push r.io/app:v1 r.io/app:v1-riscv64`,
    )
    .action((index: string, images: string[], options: EditOptions & { replace?: boolean }) =>
      edit(index, options, (context, target) =>
        addToDraft(context, target, images.map(requireReference), { replace: options.replace }),
      ),
    );
}

export function registerRemoveCommand(group: Command): void {
  const command = group
    .command('remove')
    .description('take entries out, with the attestations about them')
    .argument('<index>', 'HOST/REPOSITORY:TAG')
    .argument('<entry...>', 'platform, digest, or the reference it was added by');
  addEditOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  lazurite image index remove --push r.io/app:v1 linux/arm/v7
  lazurite image index remove r.io/app:v1 'windows(10.0.17763.1697)/amd64'`,
    )
    .action((index: string, entries: string[], options: EditOptions) =>
      edit(index, options, (context, target) =>
        removeFromDraft(context, target, entries.map(parseDraftSelector)),
      ),
    );
}

interface AnnotateOptions extends EditOptions {
  os?: string;
  arch?: string;
  variant?: string;
  osVersion?: string;
  osFeatures?: string;
}

export function registerAnnotateCommand(group: Command): void {
  const command = group
    .command('annotate')
    .description('say more about an entry, or about the index itself')
    .argument('<index>', 'HOST/REPOSITORY:TAG')
    .argument('[entry]', 'platform, digest, or the reference it was added by')
    .option('--os <os>', 'operating system of the entry')
    .option('--arch <architecture>', 'architecture of the entry')
    .option('--variant <variant>', 'e.g. v8; empty removes it')
    .option('--os-version <version>', 'e.g. 10.0.20348.2227; empty removes it')
    .option('--os-features <a,b>', 'e.g. win32k; empty removes them')
    .option('--annotation <name=value>', 'NAME= removes it (repeatable)', collectAnnotations)
    .option('--format <format>', 'make the index oci or docker', parseFormat);
  addEditOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  lazurite image index annotate r.io/app:v1 linux/arm64 --variant v8
  lazurite image index annotate r.io/app:v1 r.io/app:v1-win --os-version 10.0.20348.2227
  lazurite image index annotate r.io/app:v1 --annotation org.opencontainers.image.version=1.0`,
    )
    .action((index: string, entry: string | undefined, options: AnnotateOptions) =>
      edit(index, options, (context, target) => annotate(context, target, entry, options)),
    );
}

async function annotate(
  context: IndexContext,
  target: Reference,
  entry: string | undefined,
  options: AnnotateOptions,
): Promise<IndexDraft> {
  const changes = changesOf(options);
  if (entry !== undefined) {
    if (options.format) await changeDraft(context, target, { format: options.format });
    return annotateDraft(context, target, parseDraftSelector(entry), changes);
  }
  const { annotations, ...ofEntry } = changes;
  if (Object.keys(ofEntry).length > 0) {
    throw new Failure('a platform is that of an entry, and none is named', {
      help: 'name it behind the index: linux/arm64, sha256:…',
      exitCode: 2,
    });
  }
  return changeDraft(context, target, { format: options.format, annotations });
}

function changesOf(options: AnnotateOptions): EntryChanges {
  const { os, arch, variant, osVersion, osFeatures, annotation } = options;
  return {
    ...(os !== undefined && { os }),
    ...(arch !== undefined && { architecture: arch }),
    ...(variant !== undefined && { variant }),
    ...(osVersion !== undefined && { 'os.version': osVersion }),
    ...(osFeatures !== undefined && {
      'os.features': osFeatures.split(',').filter((feature) => feature !== ''),
    }),
    ...(annotation !== undefined && { annotations: annotation }),
  };
}
