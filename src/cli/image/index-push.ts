import type { Command } from 'commander';
import { Failure } from '../../base/failure.js';
import { pushIndex } from '../../image/index/push-index.js';
import { formatReference } from '../../oci/reference.js';
import { runImageCommand } from './access-options.js';
import {
  addIndexOptions,
  contextOf,
  requireReference,
  type IndexOptions,
} from './index-options.js';
import { draftJson, draftsText, draftText, pushedJson, pushedText } from './index-text.js';

interface PushCommandOptions extends IndexOptions {
  purge?: boolean;
  force?: boolean;
}

export function registerPushCommand(group: Command): void {
  const command = group
    .command('push')
    .description('push a draft: the tag moves when every image is there')
    .argument('<index>', 'HOST/REPOSITORY:TAG')
    .option('--purge', 'drop the draft when it is pushed')
    .option('--force', 'push although the tag has moved since the draft was begun');
  addIndexOptions(command)
    .addHelpText(
      'after',
      `
Example:
  lazurite image index push --purge r.io/app:v1`,
    )
    .action((index: string, options: PushCommandOptions) =>
      runImageCommand(async (signal) => {
        const { purge, force } = options;
        const target = requireReference(index);
        const pushed = await pushIndex(contextOf(options, signal), target, { purge, force });
        const reference = formatReference(target);
        const json = (): string => JSON.stringify(pushedJson(reference, pushed), null, 2);
        console.log(options.json ? json() : pushedText(reference, pushed));
      }),
    );
}

export function registerShowCommand(group: Command): void {
  const command = group
    .command('show')
    .description('show a draft that is not pushed yet')
    .argument('<index>', 'HOST/REPOSITORY:TAG');
  addIndexOptions(command).action((index: string, options: IndexOptions) =>
    runImageCommand(async (signal) => {
      const target = requireReference(index);
      const draft = await contextOf(options, signal).drafts.load(target);
      if (draft === undefined) throw noDraft(index);
      console.log(options.json ? JSON.stringify(draftJson(draft), null, 2) : draftText(draft));
    }),
  );
}

export function registerListCommand(group: Command): void {
  const command = group.command('list').description('list the drafts that are not pushed yet');
  addIndexOptions(command).action((options: IndexOptions) =>
    runImageCommand(async (signal) => {
      const drafts = await contextOf(options, signal).drafts.list();
      if (options.json) console.log(JSON.stringify(drafts.map(draftJson), null, 2));
      else if (drafts.length === 0) console.error('there are no drafts');
      else console.log(draftsText(drafts));
    }),
  );
}

export function registerDiscardCommand(group: Command): void {
  const command = group
    .command('discard')
    .description('drop drafts; nothing in a registry changes')
    .argument('<index...>', 'HOST/REPOSITORY:TAG');
  addIndexOptions(command).action((indexes: string[], options: IndexOptions) =>
    runImageCommand(async (signal) => {
      const { drafts } = contextOf(options, signal);
      for (const index of indexes) {
        if (!(await drafts.remove(requireReference(index)))) throw noDraft(index);
        if (options.json !== true) console.log(`dropped the draft of ${index}`);
      }
      if (options.json) console.log(JSON.stringify({ discarded: indexes }, null, 2));
    }),
  );
}

function noDraft(index: string): Failure {
  return new Failure(`there is no draft of ${index}`, {
    help: `the drafts: lazurite image index list; what is in the registry: lazurite image inspect ${index}`,
  });
}
