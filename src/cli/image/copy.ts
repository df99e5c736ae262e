import { InvalidArgumentError, type Command } from 'commander';
import { copyImage, type CopyResult } from '../../image/copy/copy-image.js';
import { openReader, openWriter } from '../../image/image-access.js';
import { parseLocation } from '../../image/location.js';
import { formatPlatform, type Platform } from '../../oci/platform.js';
import {
  accessOf,
  addAccessOptions,
  collectPlatforms,
  runImageCommand,
  type AccessOptions,
} from './access-options.js';
import { CopyProgress } from './copy-progress.js';
import { formatBytes } from './format-bytes.js';

interface CopyCommandOptions extends AccessOptions {
  platform?: Platform[];
  referrers?: boolean;
  concurrency: number;
  srcPlainHttp?: boolean;
  destPlainHttp?: boolean;
  json?: boolean;
}

export function registerCopyCommand(image: Command): void {
  const command = image
    .command('copy')
    .description('copy an image with all its platforms, byte for byte')
    .argument('<source>', 'HOST/REPOSITORY:TAG, oci:DIR[:NAME] or docker-archive:FILE[:REF]')
    .argument('<destination>', 'the same; the tag moves when everything else is there')
    .option('--platform <platform>', 'only this one (repeatable, or a,b)', collectPlatforms)
    .option('--referrers', 'also signatures and documents that refer to the image')
    .option('--concurrency <number>', 'transfers at a time', parseConcurrency, 4)
    .option('--src-plain-http', '--plain-http for the source alone')
    .option('--dest-plain-http', '--plain-http for the destination alone')
    .option('--json', 'print the result as JSON');
  addAccessOptions(command)
    .addHelpText(
      'after',
      `
A copy that was cut off is repeated with the same command: what is there is not sent again.
With --platform an index is rewritten, so its digest changes; the attestations of what stays stay too.

Examples:
  lazurite image copy alpine localhost:5000/alpine:3
  lazurite image copy --referrers ghcr.io/team/app:v1 oci:./app:v1
  lazurite image copy --platform linux/arm64 ghcr.io/team/app:v1 docker-archive:app.tar:app:v1`,
    )
    .action((source: string, destination: string, options: CopyCommandOptions) =>
      runImageCommand((signal) => copy(source, destination, options, signal)),
    );
}

async function copy(
  source: string,
  destination: string,
  options: CopyCommandOptions,
  signal: AbortSignal,
): Promise<void> {
  const { platform = [], srcPlainHttp, destPlainHttp } = options;
  const [from, to] = [parseLocation(source), parseLocation(destination)];
  const reader = await openReader(
    from,
    accessOf({ ...options, ...(srcPlainHttp && { plainHttp: true }) }),
  );
  const progress = new CopyProgress(process.stderr, options.json === true);
  try {
    const writer = await openWriter(
      to,
      accessOf({ ...options, ...(destPlainHttp && { plainHttp: true }) }),
    );
    const result = await copyImage(reader, writer, {
      platforms: platform,
      referrers: options.referrers === true,
      concurrency: options.concurrency,
      onEvent: (event) => {
        progress.show(event);
      },
      signal,
    }).finally(() => writer.close());
    progress.end();
    const json = { source, destination, ...result };
    console.log(options.json ? JSON.stringify(json, null, 2) : describe(json, platform));
  } finally {
    progress.end();
    await reader.close();
  }
}

function describe(
  result: CopyResult & { source: string; destination: string },
  platforms: readonly Platform[],
): string {
  const { manifests, blobs, rewrittenFrom, referrers } = result;
  const counts = [
    `${blobs.written} sent (${formatBytes(result.bytes)})`,
    `${blobs.mounted} mounted`,
    `${blobs.present} there already`,
    ...(blobs.foreign > 0 ? [`${blobs.foreign} left at their own addresses`] : []),
  ];
  const total = blobs.written + blobs.mounted + blobs.present + blobs.foreign;
  return [
    `${result.source} -> ${result.destination}`,
    `digest:    ${result.digest}`,
    `manifests: ${manifests.written + manifests.present}, of which ${manifests.present} there already`,
    `blobs:     ${total}: ${counts.join(', ')}`,
    ...(referrers > 0 ? [`referrers: ${referrers}`] : []),
    ...(rewrittenFrom === undefined
      ? []
      : [
          `rewritten: the index ${rewrittenFrom} for ${platforms.map(formatPlatform).join(', ')} alone;`,
          '           what signs the old digest does not cover the new one',
        ]),
  ].join('\n');
}

const MAX_CONCURRENCY = 64;

function parseConcurrency(value: string): number {
  const count = Number(value);
  if (Number.isInteger(count) && count >= 1 && count <= MAX_CONCURRENCY) return count;
  throw new InvalidArgumentError(`a number from 1 to ${MAX_CONCURRENCY}`);
}
