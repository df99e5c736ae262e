import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '../../base/clock.js';
import { createBuildahBuilder } from '../../build/buildah/buildah-builder.js';
import type { BuiltPlatforms } from '../../build/build-platforms.js';
import { createBuildxBuilder } from '../../build/buildx/buildx-builder.js';
import type { BuilderChoice } from '../../build/choose-builder.js';
import {
  createEmbeddedBuilder,
  type EmbeddedBuilder,
} from '../../build/embedded/embedded-builder.js';
import { WorkDirectory } from '../../storage/work-directory.js';
import { hasTool } from '../../build/external/run-tool.js';
import type { BuildRequest } from '../../build/image-builder.js';
import type { OpenRepository } from '../../image/image-access.js';
import { userAccess } from '../../image/user-access.js';
import { createRegistryClient } from '../../remote/client.js';
import { userCredentials } from '../../remote/credentials/user-credentials.js';
import type { RegistryEndpoint } from '../../remote/registry-client.js';
import { createTransport } from '../../remote/transport.js';
import { userEndpoints } from '../../remote/user-endpoints.js';
import { UNUSED_MS, type ContainerRuntime } from '../../runtime/runtime.js';
import { homeDirectory } from '../../server/home.js';
import { packageVersion } from '../../server/version.js';
import { lookupMirrors, runningMirror } from './running-mirror.js';

/** Everything a build on the command line works with; shares its cache with other builds, and with `up`. */
export class BuildBench {
  readonly choices: readonly BuilderChoice[];
  /** For files that go with this process. */
  readonly scratch: string;
  readonly open: OpenRepository;
  readonly credentialsFor: BuildRequest['credentialsFor'];
  readonly #closers: (() => Promise<void>)[] = [];
  readonly #home: string;
  #runtime: Promise<ContainerRuntime> | undefined;

  private constructor(home: string, stateDirectory: string, work: WorkDirectory) {
    this.#home = home;
    this.scratch = work.path('scratch');
    this.#closers.push(() => work.remove());
    const userAgent = `lazurite/${packageVersion()}`;
    const environment = process.env;
    this.open = userAccess({ environment, userAgent }).openRepository;
    const endpoints = new Map<string, RegistryEndpoint>();
    const findEndpoint = userEndpoints({ environment }, createTransport());
    const findCredentials = userCredentials(environment);
    const mirror = runningMirror(home);
    this.credentialsFor = async (registry, repository) => {
      const credentials = await findCredentials(registry, repository);
      // What needs credentials is nobody's to keep for others.
      const mirrored = credentials === undefined ? mirror?.(registry) : undefined;
      endpoints.set(registry, mirrored ?? (await findEndpoint(registry)));
      return credentials;
    };
    const registryClient = createRegistryClient({
      resolveEndpoint: (registry) => endpoints.get(registry),
      lookup: lookupMirrors,
      userAgent,
    });
    const embedded = (): EmbeddedBuilder => {
      const runtime = (): Promise<ContainerRuntime> => (this.#runtime ??= this.#openRuntime());
      const options = { stateDirectory, runtime, registryClient, clock: systemClock };
      const builder = createEmbeddedBuilder(options);
      this.#closers.push(() => builder.close());
      return builder;
    };
    this.choices = builderChoices(embedded);
  }

  static async open(home: string | undefined): Promise<BuildBench> {
    const directory = homeDirectory(home);
    const stateDirectory = path.join(directory, 'build');
    const work = await WorkDirectory.open(path.join(stateDirectory, 'work'), systemClock.now());
    const bench = new BuildBench(directory, stateDirectory, work);
    await mkdir(bench.scratch);
    return bench;
  }

  async removeImage({ layoutDirectory }: BuiltPlatforms): Promise<void> {
    await rm(layoutDirectory, { recursive: true, force: true });
  }

  /** Ends what is left of the build, and removes its files. */
  async close(): Promise<void> {
    const runtime = await this.#runtime?.catch(() => undefined);
    await runtime?.prune(new Date(systemClock.now().getTime() - UNUSED_MS));
    await runtime?.close();
    for (const close of this.#closers) await close();
  }

  /** Most builds run no command, and need not wait for it. */
  async #openRuntime(): Promise<ContainerRuntime> {
    const { createEmbeddedRuntime } = await import('../../runtime/embedded/embedded-runtime.js');
    const stateDirectory = path.join(this.scratch, 'runtime');
    // Layers are those that the apps of `up` have: what a base holds is on the disk once.
    const sharedDirectory = path.join(this.#home, 'runtime');
    const clock = systemClock;
    return createEmbeddedRuntime({ stateDirectory, sharedDirectory, network: 'none', clock });
  }
}

function builderChoices(embedded: () => EmbeddedBuilder): BuilderChoice[] {
  return [
    {
      name: 'embedded',
      create: embedded,
      obstacle: () =>
        Promise.resolve(process.platform === 'linux' ? undefined : 'it runs on Linux only'),
    },
    {
      name: 'buildx',
      create: () => createBuildxBuilder(),
      obstacle: async () =>
        (await hasTool('docker', 'buildx', 'version')) ? undefined : '`docker buildx` does not run',
    },
    {
      name: 'buildah',
      create: () => createBuildahBuilder(),
      obstacle: async () =>
        (await hasTool('buildah', '--version')) ? undefined : '`buildah` does not run',
    },
  ];
}
