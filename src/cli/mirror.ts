import type { Command } from 'commander';
import type { MirrorEntry, UnusedStandIn } from '../mirror/mirror.js';
import { connectTo } from './connection.js';
import { formatTable } from './table.js';

interface MirrorOptions {
  home?: string;
  json?: boolean;
}

/** Adds `mirror list|remove`. */
export function registerMirrorCommands(program: Command): void {
  const mirror = program
    .command('mirror')
    .description('public images on this machine, asked before the network');
  withHome(mirror.command('list'))
    .description('images that were added, pulled through or stood in for')
    .option('--json', 'print a JSON list')
    .addHelpText('after', '\nExample:\n  lazurite mirror list --json')
    .action(listImages);
  withHome(mirror.command('remove'))
    .description('forget an image; the next pull asks its registry again')
    .argument('<reference>', 'e.g. docker.io/library/alpine:3.20')
    .addHelpText('after', '\nExample:\n  lazurite mirror remove mcr.microsoft.com/mcr/hello-world')
    .action(removeImage);
}

function withHome(command: Command): Command {
  return command.option('--home <dir>', 'home folder (default: $LAZURITE_HOME, else ~/.lazurite)');
}

async function listImages(options: MirrorOptions): Promise<void> {
  const answer = await connectTo(options.home).call({ method: 'GET', path: '/lazurite/mirror' });
  const images = answer as (MirrorEntry | UnusedStandIn)[];
  console.log(options.json ? JSON.stringify(images, null, 2) : formatImages(images));
}

function formatImages(images: readonly (MirrorEntry | UnusedStandIn)[]): string {
  const rows = images.map((image) =>
    image.digest === null
      ? [image.reference, 'stand-in, not used yet', '-', '-', '-']
      : [
          image.reference,
          image.from === undefined ? image.kind : `${image.kind} from ${image.from}`,
          image.platforms.join(', ') || '-',
          formatSize(image.size),
          image.digest,
        ],
  );
  return formatTable([['IMAGE', 'KIND', 'PLATFORMS', 'SIZE', 'DIGEST'], ...rows]);
}

/** `'3.1 MB'`, as docker counts. */
function formatSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit] ?? ''}`;
}

async function removeImage(reference: string, options: MirrorOptions): Promise<void> {
  const query = new URLSearchParams({ reference });
  const path = `/lazurite/mirror?${query.toString()}`;
  await connectTo(options.home).call({ method: 'DELETE', path });
  console.log(`removed ${reference}`);
}
