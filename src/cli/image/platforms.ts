import type { Command } from 'commander';
import { Failure } from '../../base/failure.js';
import { openReader } from '../../image/image-access.js';
import { listPlatforms, type PlatformEntry } from '../../image/inspect/list-platforms.js';
import { parseLocation } from '../../image/location.js';
import { formatPlatform } from '../../oci/platform.js';
import { formatTable } from '../table.js';
import {
  accessOf,
  addAccessOptions,
  runImageCommand,
  type AccessOptions,
} from './access-options.js';

interface PlatformsOptions extends AccessOptions {
  json?: boolean;
}

export function registerPlatformsCommand(image: Command): void {
  const command = image
    .command('platforms')
    .description('what an image runs on, one line a platform')
    .argument('<image>', 'HOST/REPOSITORY:TAG, oci:DIR[:NAME] or docker-archive:FILE[:REF]')
    .option('--json', 'print JSON');
  addAccessOptions(command)
    .addHelpText(
      'after',
      `
Attestations are no platforms and left out. Platforms that the index does not name are read
from the image's config and marked with *.

Example:
  lazurite image platforms mcr.microsoft.com/mcr/hello-world`,
    )
    .action((image: string, options: PlatformsOptions) =>
      runImageCommand((signal) => platforms(image, options, signal)),
    );
}

async function platforms(
  image: string,
  options: PlatformsOptions,
  signal: AbortSignal,
): Promise<void> {
  const reader = await openReader(parseLocation(image), accessOf(options));
  try {
    const entries = await listPlatforms(reader, signal);
    if (options.json) console.log(JSON.stringify(entries.map(toJson), null, 2));
    else if (entries.length > 0) console.log(formatTable(entries.map(toRow)));
    else {
      throw new Failure(`${image} runs nowhere`, {
        why: 'it holds no image for any platform: attestations or artifacts only',
        help: `lazurite image inspect ${image}`,
      });
    }
  } finally {
    await reader.close();
  }
}

function toJson({ platform, ...entry }: PlatformEntry): object {
  return { platform: formatPlatform(platform), ...platform, ...entry };
}

function toRow({ platform, declaredBy, digest }: PlatformEntry): string[] {
  const mark = declaredBy === 'config' ? '*' : '';
  return [`${formatPlatform(platform)}${mark}`, platform['os.version'] ?? '-', digest];
}
