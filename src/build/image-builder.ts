import type { Descriptor } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import type { Platform } from '../oci/platform.js';
import type { RepositoryName } from '../oci/reference.js';
import type { Credentials, RegistryClient } from '../remote/registry-client.js';

export interface BuildRequest {
  /** Directory that COPY and ADD read from. */
  contextDirectory: string;
  /** Path relative to `dockerfileDirectory`, e.g. `'Dockerfile'`. */
  dockerfile: string;
  /** The context when absent. A Dockerfile may not be reached by a link that leads out of it. */
  dockerfileDirectory?: string;
  /** Stage to build; the last one when absent. */
  target?: string;
  buildArgs: ReadonlyMap<string, string>;
  /** By id, for `RUN --mount=type=secret`; never in a layer, the history or the log. */
  secrets?: ReadonlyMap<string, string | Uint8Array>;
  platform: Platform;
  /** Credentials for a repository that a base image comes from. */
  credentialsFor: CredentialsFor;
  /** Reads base images instead of the builder's own client, e.g. from a store of the caller. */
  registryClient?: RegistryClient;
  /** One line of progress, without its newline. */
  log: (line: string) => void;
  /** The same progress in pieces, for whoever shows it another way; not every builder tells it. */
  progress?: (event: BuildEvent) => void;
  /** Carries out every instruction, whatever an earlier build has left. */
  noCache?: boolean;
  /** Seconds since the epoch that every created time and file time is set to. */
  sourceDateEpoch?: number;
  /** Of the layers that are made; gzip when absent. */
  compression?: LayerCompression;
  /** Of the manifest, e.g. `'org.opencontainers.image.source'`. */
  annotations?: ReadonlyMap<string, string>;
  /** What each RUN may use: `cpu` in cores, memory in bytes. */
  limits?: { cpu?: number; memoryBytes?: number };
}

export const LAYER_COMPRESSIONS = ['gzip', 'zstd'] as const;
export type LayerCompression = (typeof LAYER_COMPRESSIONS)[number];

type CredentialsFor = (
  registry: string,
  repository: RepositoryName,
) => Credentials | undefined | Promise<Credentials | undefined>;

/** A step that was begun, what it prints, and how it ended. Steps of several stages interleave. */
export type BuildEvent =
  | { type: 'started'; step: BuildStep }
  | { type: 'output'; step: BuildStep; line: string }
  | { type: 'ended'; step: BuildStep; outcome: 'done' | 'cached' | 'failed' };

export interface BuildStep {
  /** e.g. `'compile'`; undefined for a stage without a name when it is the only one. */
  stage?: string;
  /** 1-based place in its stage, of `total`. */
  number: number;
  total: number;
  /** As written, e.g. `'RUN make'`. */
  text: string;
  platform: Platform;
}

export interface BuiltImage {
  /** OCI layout that holds the manifest, its config and its layers. The caller removes it. */
  layoutDirectory: string;
  manifest: Descriptor;
  /** Images it was built on and copied from; the one that the last stage starts with comes first. */
  baseImages?: BaseImageUse[];
}

/** An image that a build took part of its content from. */
export interface BaseImageUse {
  /** e.g. `'docker.io'` */
  registry: string;
  /** e.g. `'library/alpine'` */
  repository: string;
  tag?: string;
  /** Of what the reference named when it was pulled. */
  digest: Digest;
}

/** The Dockerfile or a step of it is at fault: shown to the user with its place. */
export class BuildError extends Error {
  /** 1-based line of the Dockerfile, when the fault has one. */
  readonly line: number | undefined;

  constructor(message: string, line?: number) {
    super(message);
    this.name = 'BuildError';
    this.line = line;
  }
}

export interface ImageBuilder {
  /** e.g. `'embedded'`; printed with each build. */
  readonly name: string;
  /** Whether it tells `progress` every step; then `log` says the same once more. */
  readonly tellsSteps?: boolean;
  /** @throws BuildError */
  build(request: BuildRequest, signal?: AbortSignal): Promise<BuiltImage>;
}
