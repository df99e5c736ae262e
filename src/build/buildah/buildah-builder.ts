import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { formatPlatform } from '../../oci/platform.js';
import type { ImageBuilder } from '../image-builder.js';
import { externalBuilder, pairFlags, type ExternalBuild } from '../external/external-builder.js';
import { runTool } from '../external/run-tool.js';

/** Where buildah keeps images and layers; its own default when absent. */
export interface BuildahOptions {
  /** Options in front of the subcommand, e.g. `['--root', '/tmp/x', '--storage-driver', 'vfs']`. */
  globalOptions?: readonly string[];
  /** How RUN is kept apart, e.g. `'chroot'`; its own default when absent. */
  isolation?: string;
}

/** Builds with buildah; its layers stay in its storage as the cache of the next build. */
export function createBuildahBuilder(options: BuildahOptions = {}): ImageBuilder {
  const buildah = ['buildah', ...(options.globalOptions ?? [])];
  return externalBuilder('buildah', async (build) => {
    const { request, layoutDirectory, scratch, signal } = build;
    const run = { log: request.log, signal };
    const idFile = path.join(scratch, 'image-id');
    const isolation = options.isolation === undefined ? [] : ['--isolation', options.isolation];
    const command = buildCommand(build, idFile, isolation);
    await runTool([...buildah, ...command], run);
    const id = (await readFile(idFile, 'utf8')).trim();
    const compression = request.compression === 'zstd' ? ['--compression-format', 'zstd'] : [];
    const push = [...buildah, 'push', '--quiet', '--format', 'oci', ...compression];
    await runTool([...push, id, `oci:${layoutDirectory}`], run);
  });
}

function buildCommand(
  { request, dockerfile, secrets }: ExternalBuild,
  idFile: string,
  isolation: readonly string[],
): string[] {
  const { cpu, memoryBytes } = request.limits ?? {};
  return [
    ...['build', '--format', 'oci', '--layers', '--iidfile', idFile, ...isolation],
    ...['--platform', formatPlatform(request.platform), '--file', dockerfile],
    ...(request.target === undefined ? [] : ['--target', request.target]),
    ...(request.noCache === true ? ['--no-cache'] : []),
    ...(request.sourceDateEpoch === undefined ? [] : ['--timestamp', `${request.sourceDateEpoch}`]),
    ...(memoryBytes === undefined ? [] : ['--memory', `${memoryBytes}b`]),
    ...(cpu === undefined ? [] : ['--cpu-period=100000', `--cpu-quota=${Math.round(cpu * 1e5)}`]),
    ...pairFlags('--build-arg', request.buildArgs),
    ...pairFlags('--annotation', request.annotations),
    ...secrets.flatMap((secret) => ['--secret', secret]),
    request.contextDirectory,
  ];
}
