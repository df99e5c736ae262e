import { formatPlatform } from '../../oci/platform.js';
import { BuildError, type ImageBuilder } from '../image-builder.js';
import { externalBuilder, pairFlags, type ExternalBuild } from '../external/external-builder.js';
import { runTool } from '../external/run-tool.js';

export interface BuildxOptions {
  /** `['docker', 'buildx']`, or the plugin on its own. */
  command?: readonly string[];
  /** The instance to build with; buildx's current one when absent. */
  instance?: string;
  environment?: NodeJS.ProcessEnv;
}

/** Builds with BuildKit through buildx. */
export function createBuildxBuilder(options: BuildxOptions = {}): ImageBuilder {
  const { command = ['docker', 'buildx'], instance, environment = process.env } = options;
  return externalBuilder('buildx', async (build) => {
    const { request, signal } = build;
    if (request.limits !== undefined) {
      throw new BuildError('buildx cannot limit the processor and memory of a build');
    }
    const selected = instance === undefined ? [] : ['--builder', instance];
    const argv = [...command, 'build', ...selected, ...buildFlags(build)];
    await runTool(argv, { log: request.log, environment, signal }).catch(explained);
  });
}

function buildFlags({ request, dockerfile, secrets, layoutDirectory }: ExternalBuild): string[] {
  const epoch = request.sourceDateEpoch;
  // Layers that an earlier build left are made anew where they are in another format.
  const force = request.compression === undefined ? '' : ',force-compression=true';
  const compression = `${request.compression ?? 'gzip'}${force}`;
  const rewrite = epoch === undefined ? '' : ',rewrite-timestamp=true';
  return [
    ...[
      '--progress',
      'plain',
      '--provenance=false',
      '--platform',
      formatPlatform(request.platform),
    ],
    ...['--file', dockerfile],
    ...(request.target === undefined ? [] : ['--target', request.target]),
    ...(request.noCache === true ? ['--no-cache'] : []),
    ...(epoch === undefined ? [] : ['--build-arg', `SOURCE_DATE_EPOCH=${epoch}`]),
    ...pairFlags('--build-arg', request.buildArgs),
    ...pairFlags('--annotation', request.annotations),
    ...secrets.flatMap((secret) => ['--secret', secret]),
    '--output',
    `type=oci,tar=false,dest=${layoutDirectory},compression=${compression}${rewrite}`,
    request.contextDirectory,
  ];
}

/** The driver that comes with docker writes no layouts; buildx says it in words that help nobody. */
function explained(error: unknown): never {
  if (error instanceof BuildError && /not supported for the docker driver/i.test(error.message)) {
    throw new BuildError(
      'the current buildx instance only loads images into docker; ' +
        'make one with BuildKit: docker buildx create --name mybuilder --use',
    );
  }
  throw error;
}
