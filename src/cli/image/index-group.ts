import type { Command } from 'commander';
import {
  registerAddCommand,
  registerAnnotateCommand,
  registerCreateCommand,
  registerRemoveCommand,
} from './index-edit.js';
import {
  registerDiscardCommand,
  registerListCommand,
  registerPushCommand,
  registerShowCommand,
} from './index-push.js';

/** `lazurite image index …` */
export function registerIndexCommands(image: Command): void {
  const group = image
    .command('index')
    .description('make one tag of images for several platforms')
    .addHelpText(
      'after',
      `
An index is edited as a draft, as with docker manifest; nothing changes in the registry before the push.
Where there is no draft, add, remove and annotate begin one from what the registry has.

Examples:
  lazurite image index create r.io/app:v1 r.io/app:v1-amd64 r.io/app:v1-arm64
  lazurite image index annotate r.io/app:v1 linux/arm64 --variant v8
  lazurite image index push --purge r.io/app:v1`,
    );
  registerCreateCommand(group);
  registerAnnotateCommand(group);
  registerAddCommand(group);
  registerRemoveCommand(group);
  registerPushCommand(group);
  registerListCommand(group);
  registerShowCommand(group);
  registerDiscardCommand(group);
}
