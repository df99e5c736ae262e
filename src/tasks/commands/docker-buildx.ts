import { formatPlatform } from '../../oci/platform.js';
import type { CommandScope } from '../steps/command-scope.js';
import { runBuild } from './docker-build.js';
import { createImageTools, inspectImageTools } from './docker-manifest.js';
import { readOptions, type OptionTable } from './options.js';
import { CommandLineError } from './words.js';

const CREATE: OptionTable = {
  ...{ name: 'value', use: 'flag', bootstrap: 'ignored', driver: 'ignored-value' },
  ...{ 'driver-opt': 'ignored-value', platform: 'ignored-value', node: 'ignored-value' },
  ...{ append: 'ignored', 'buildkitd-flags': 'ignored-value', config: 'ignored-value' },
};

/** `docker buildx …`: there is one builder, whatever it is called. */
export async function runBuildx(scope: CommandScope, words: readonly string[]): Promise<void> {
  const [name = '', ...rest] = words;
  switch (name) {
    case 'build':
    case 'b':
      return runBuild(scope, rest);
    case 'create':
      scope.run.log.line(
        readOptions('docker buildx create', rest, CREATE).values.get('name')?.at(-1) ?? 'lazurite',
      );
      return;
    case 'use':
    case 'rm':
      readOptions(`docker buildx ${name}`, rest, {
        default: 'ignored',
        global: 'ignored',
        force: 'ignored',
      });
      return;
    case 'inspect':
    case 'ls':
      describeBuilder(scope);
      return;
    case 'imagetools':
      return runImageTools(scope, rest);
    default:
      throw new CommandLineError(
        `docker buildx ${name} is not implemented here; build, create, use, rm, inspect, ls and imagetools are`,
      );
  }
}

function describeBuilder({ run }: CommandScope): void {
  run.log.line(`Name:      ${run.builder.name}`);
  run.log.line(`Platforms: ${run.platforms.map(formatPlatform).join(', ')}`);
}

async function runImageTools(scope: CommandScope, words: readonly string[]): Promise<void> {
  const [name = '', ...rest] = words;
  if (name === 'create') return createImageTools(scope, rest);
  if (name === 'inspect') return inspectImageTools(scope, rest);
  throw new CommandLineError(
    `docker buildx imagetools ${name} is not implemented here; create and inspect are`,
  );
}
