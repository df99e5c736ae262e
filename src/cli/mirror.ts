import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { Failure } from '../base/failure.js';
import type { MirrorEntry, UnusedStandIn } from '../mirror/mirror.js';
import type { MirrorProgress } from '../server/mirror-endpoints.js';
import { connectTo } from './connection.js';
import { formatTable } from './table.js';

interface MirrorOptions {
  home?: string;
  json?: boolean;
}

interface AddOptions extends MirrorOptions {
  from?: string;
  username?: string;
  passwordStdin?: boolean;
}

/** Adds `mirror add|list|remove`. */
export function registerMirrorCommands(program: Command): void {
  const mirror = program
    .command('mirror')
    .description('public images on this machine, asked before the network');
  withHome(mirror.command('add'))
    .description('keep an image with every platform, and serve it instead of what its registry has')
    .argument('<reference>', 'the name it is pulled by, e.g. docker.io/library/alpine:3.20')
    .option(
      '--from <source>',
      'oci:DIR[:NAME], docker-archive:FILE[:REF] or REGISTRY/REF (default: the reference itself)',
    )
    .option('--username <name>', 'for a source registry; needs --password-stdin')
    .option('--password-stdin', 'read the password of --username from standard input')
    .option('--json', 'print a JSON object')
    .addHelpText(
      'after',
      `
Examples:
  lazurite mirror add mcr.microsoft.com/k8se/quickstart:latest --from oci:./quickstart
  lazurite mirror add docker.io/library/alpine:3.20 --from docker-archive:alpine.tar
  lazurite mirror add docker.io/library/alpine:3.20 --from registry.example/cache/alpine:3.20`,
    )
    .action(addImage);
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

async function addImage(reference: string, options: AddOptions): Promise<void> {
  const credentials = await readCredentials(options);
  const from = options.from === undefined ? undefined : absoluteSource(options.from);
  const answer = await connectTo(options.home).call({
    method: 'POST',
    path: '/lazurite/mirror',
    body: { reference, from, credentials },
    onLine: (line) => {
      if (!options.json) showProgress(JSON.parse(line) as MirrorProgress);
    },
  });
  const image = answer as MirrorEntry;
  const platforms = image.platforms.join(', ') || 'no platforms';
  console.log(
    options.json
      ? JSON.stringify(image, null, 2)
      : `added ${image.reference} (${platforms}, ${formatSize(image.size)})\n${image.digest}`,
  );
}

/** The server has a working directory of its own. */
function absoluteSource(source: string): string {
  const [, scheme, rest] = /^(oci|docker-archive):(.+)$/s.exec(source) ?? [];
  if (scheme === undefined || rest === undefined) return source;
  const end = rest.search(/[:@]/);
  const path = end < 0 ? rest : rest.slice(0, end);
  return `${scheme}:${resolve(path)}${end < 0 ? '' : rest.slice(end)}`;
}

async function readCredentials({ username, passwordStdin }: AddOptions) {
  if (username === undefined && passwordStdin !== true) return undefined;
  if (username === undefined || passwordStdin !== true) {
    throw new Failure('--username and --password-stdin go together', { exitCode: 2 });
  }
  return { username, password: (await text(process.stdin)).replace(/\r?\n$/, '') };
}

function showProgress({ event, digest, size, outcome }: MirrorProgress): void {
  if (event === 'manifest') console.log(`  manifest ${digest}`);
  if (event === 'blob' && outcome !== 'found') {
    console.log(`  blob ${digest} ${formatSize(size ?? 0)} ${outcome}`);
  }
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
