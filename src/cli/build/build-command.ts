import { writeFile } from 'node:fs/promises';
import { type Command } from 'commander';
import { systemClock } from '../../base/clock.js';
import { Failure } from '../../base/failure.js';
import { buildPlatforms, type BuiltPlatforms } from '../../build/build-platforms.js';
import { chooseBuilder } from '../../build/choose-builder.js';
import { BuildError, type BuildEvent, type BuildRequest } from '../../build/image-builder.js';
import { formatPlatform } from '../../oci/platform.js';
import { formatReference, type Reference } from '../../oci/reference.js';
import { BuildBench } from './build-bench.js';
import { openSource } from './build-context.js';
import {
  addBuildOptions,
  buildArgsOf,
  namesOf,
  platformsOf,
  secretsOf,
  type BuildOptions,
} from './build-options.js';
import { checkDelivery, deliver } from './build-output.js';
import { plainDisplay, type BuildDisplay } from './step-display.js';
import { TerminalDisplay } from './terminal-display.js';

/** Adds `build`. */
export function registerBuildCommand(program: Command): void {
  const command = program
    .command('build')
    .description('build an image from a Dockerfile, for one platform or several, without a daemon')
    .argument(
      '<context>',
      'directory, git or archive URL, or - for a tar or a Dockerfile on standard input',
    );
  addBuildOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  lazurite build -t localhost:5000/app:v1 --push .
  lazurite build -t localhost:5000/app:v1 --platform linux/amd64,linux/arm64 --push .
  lazurite build --output docker-archive:app.tar -t app:v1 . && docker load -i app.tar
  lazurite build --secret id=token,src=token.txt --build-arg VERSION=2 --target test .
  tar -c . | lazurite build --output oci:out -
  lazurite build --output oci:out https://github.com/team/app.git#main:service`,
    )
    .action(build);
}

async function build(context: string, options: BuildOptions): Promise<void> {
  const interrupted = new AbortController();
  const stop = (): void => {
    interrupted.abort(new Failure('the build was interrupted'));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const bench = await BuildBench.open(options.home);
  try {
    await buildOn(bench, context, options, interrupted.signal);
  } catch (error) {
    const cause: unknown = interrupted.signal.aborted ? interrupted.signal.reason : error;
    throw cause instanceof BuildError ? new Failure(cause.message, { cause }) : cause;
  } finally {
    await bench.close();
    process.removeListener('SIGINT', stop);
    process.removeListener('SIGTERM', stop);
  }
}

async function buildOn(
  bench: BuildBench,
  context: string,
  options: BuildOptions,
  signal: AbortSignal,
): Promise<void> {
  const platforms = platformsOf(options);
  const names = namesOf(options);
  const delivery = { names, push: options.push === true, output: options.output };
  await checkDelivery(delivery, platforms.length);
  const note = (line: string): void => void process.stderr.write(`${line}\n`);
  const { builder, reason } = await chooseBuilder(options.builder, bench.choices);
  note(`builder: ${builder.name} (${reason})`);
  const display = displayFor(options, platforms.length > 1);
  const request = await requestOf(bench, context, options);
  const log = builder.tellsSteps === true ? warningsTo(note) : display.onLine;
  const progress = (event: BuildEvent): void => {
    display.onEvent(event);
  };
  const whole = { ...request, log, progress };
  const built = await buildPlatforms(builder, whole, platforms, signal).finally(() => {
    display.end();
  });
  const { open } = bench;
  try {
    await deliver(built, delivery, { open, note, signal });
  } finally {
    await bench.removeImage(built);
  }
  if (!delivery.push && delivery.output === undefined) {
    note('the image was built and not kept: add --push, or --output oci:DIR');
  }
  await report(built, names, { options, builder: builder.name });
}

/** What the steps do not tell. */
function warningsTo(note: (line: string) => void): (line: string) => void {
  return (line) => {
    if (line.startsWith('[Warning]')) note(line);
  };
}

async function requestOf(
  bench: BuildBench,
  context: string,
  options: BuildOptions,
): Promise<Omit<BuildRequest, 'platform' | 'log'>> {
  const { scratch } = bench;
  const source = await openSource(context, options.file, { scratch, stdin: process.stdin });
  const { memory, cpus } = options;
  const sourceDateEpoch = epochOf(process.env);
  return {
    ...source,
    buildArgs: buildArgsOf(options, process.env),
    secrets: await secretsOf(options, process.env),
    annotations: new Map(options.annotation),
    compression: options.compression,
    noCache: !options.cache,
    credentialsFor: bench.credentialsFor,
    ...(options.target !== undefined && { target: options.target }),
    ...(sourceDateEpoch !== undefined && { sourceDateEpoch }),
    ...((memory !== undefined || cpus !== undefined) && {
      limits: {
        ...(cpus !== undefined && { cpu: cpus }),
        ...(memory !== undefined && { memoryBytes: memory }),
      },
    }),
  };
}

/** @see https://reproducible-builds.org/specs/source-date-epoch/ */
function epochOf(environment: NodeJS.ProcessEnv): number | undefined {
  const text = environment['SOURCE_DATE_EPOCH'];
  if (!text) return undefined;
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new Failure(`SOURCE_DATE_EPOCH is no time: ${text}`, {
    why: 'it must be seconds since 1970',
    help: 'export SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)',
    exitCode: 2,
  });
}

function displayFor({ progress }: BuildOptions, severalPlatforms: boolean): BuildDisplay {
  const { stderr } = process;
  const write = (text: string): void => void stderr.write(text);
  const now = (): number => systemClock.now().getTime();
  const common = { write, now, severalPlatforms };
  if (progress === 'plain' || (progress === 'auto' && !stderr.isTTY)) return plainDisplay(common);
  return new TerminalDisplay({
    ...common,
    columns: () => stderr.columns || 80,
    rows: () => stderr.rows || 24,
    every(redraw) {
      const timer = setInterval(redraw, REDRAW_MS);
      return () => {
        clearInterval(timer);
      };
    },
  });
}

const REDRAW_MS = 100;

async function report(
  built: BuiltPlatforms,
  names: readonly Reference[],
  { options, builder }: { options: BuildOptions; builder: string },
): Promise<void> {
  const { digest, mediaType, size } = built.manifest;
  const tags = names.map(formatReference);
  if (options.metadataFile !== undefined) {
    const metadata = {
      'containerimage.descriptor': { mediaType, digest, size },
      'containerimage.digest': digest,
      ...(tags.length > 0 && { 'image.name': tags.join(',') }),
    };
    await writeFile(options.metadataFile, `${JSON.stringify(metadata, null, 2)}\n`);
  }
  if (options.json !== true) {
    process.stdout.write(`${digest}\n`);
    return;
  }
  const images = built.images.map(({ platform, digest: child }) => ({
    platform: formatPlatform(platform),
    digest: child,
  }));
  const isPushed = options.push === true;
  const result = { builder, digest, mediaType, size, images, tags, pushed: isPushed };
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
}
