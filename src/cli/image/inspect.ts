import type { Command } from 'commander';
import { Failure } from '../../base/failure.js';
import { chooseRoot } from '../../image/copy/choose-root.js';
import { openReader } from '../../image/image-access.js';
import { chooseManifest } from '../../image/inspect/choose-manifest.js';
import { readTree } from '../../image/inspect/read-tree.js';
import { parseLocation } from '../../image/location.js';
import type { Platform } from '../../oci/platform.js';
import {
  accessOf,
  addAccessOptions,
  collectPlatforms,
  runImageCommand,
  type AccessOptions,
} from './access-options.js';
import { formatTree } from './tree-text.js';

interface InspectOptions extends AccessOptions {
  platform?: Platform[];
  raw?: boolean;
  json?: boolean;
}

export function registerInspectCommand(image: Command): void {
  const command = image
    .command('inspect')
    .description('show what an image consists of')
    .argument('<image>', 'HOST/REPOSITORY:TAG, oci:DIR[:NAME] or docker-archive:FILE[:REF]')
    .option('--platform <platform>', 'only this one (repeatable, or a,b)', collectPlatforms)
    .option('--raw', 'print the manifest byte for byte')
    .option('--json', 'print JSON');
  addAccessOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  lazurite image inspect ghcr.io/team/app:v1
  lazurite image inspect --platform linux/arm64 oci:./app
  lazurite image inspect --raw alpine | sha256sum`,
    )
    .action((image: string, options: InspectOptions) =>
      runImageCommand((signal) => inspect(image, options, signal)),
    );
}

async function inspect(image: string, options: InspectOptions, signal: AbortSignal): Promise<void> {
  const reader = await openReader(parseLocation(image), accessOf(options));
  try {
    const { platform = [] } = options;
    const { root, original } = await chooseRoot(reader, platform, signal);
    if (options.raw) {
      if (platform.length > 1) throw new Failure('--raw takes one --platform', { exitCode: 2 });
      const { bytes } = await chooseManifest(reader, original, platform[0], signal);
      process.stdout.write(bytes);
      return;
    }
    // A choice of platforms is a view: what is shown is the index that lies there, in part.
    const { digest, bytes } = original;
    const tree = await readTree(reader, { ...root, digest }, { signal });
    const shown = { ...tree, size: bytes.length };
    console.log(
      options.json
        ? JSON.stringify({ reference: image, ...shown }, null, 2)
        : formatTree(image, shown),
    );
  } finally {
    await reader.close();
  }
}
