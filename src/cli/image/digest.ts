import type { Command } from 'commander';
import { Failure } from '../../base/failure.js';
import { chooseRoot } from '../../image/copy/choose-root.js';
import { openReader } from '../../image/image-access.js';
import { chooseManifest } from '../../image/inspect/choose-manifest.js';
import { parseLocation } from '../../image/location.js';
import type { Platform } from '../../oci/platform.js';
import {
  accessOf,
  addAccessOptions,
  collectPlatforms,
  runImageCommand,
  type AccessOptions,
} from './access-options.js';

interface DigestOptions extends AccessOptions {
  platform?: Platform[];
}

export function registerDigestCommand(image: Command): void {
  const command = image
    .command('digest')
    .description('print the digest that an image has now')
    .argument('<image>', 'HOST/REPOSITORY:TAG, oci:DIR[:NAME] or docker-archive:FILE[:REF]')
    .option('--platform <platform>', 'that of its image for this platform', collectPlatforms);
  addAccessOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  lazurite image digest ghcr.io/team/app:v1
  lazurite image digest --platform linux/arm64 ghcr.io/team/app:v1`,
    )
    .action((image: string, options: DigestOptions) =>
      runImageCommand((signal) => digest(image, options, signal)),
    );
}

async function digest(image: string, options: DigestOptions, signal: AbortSignal): Promise<void> {
  const { platform = [] } = options;
  if (platform.length > 1) throw new Failure('digest takes one --platform', { exitCode: 2 });
  const reader = await openReader(parseLocation(image), accessOf(options));
  try {
    const { original } = await chooseRoot(reader, platform, signal);
    console.log((await chooseManifest(reader, original, platform[0], signal)).digest);
  } finally {
    await reader.close();
  }
}
