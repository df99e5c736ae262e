import type { Descriptor } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import type { Platform } from '../oci/platform.js';
import type { Credentials } from '../remote/registry-client.js';

export interface BuildRequest {
  /** Directory that COPY and ADD read from. */
  contextDirectory: string;
  /** Path relative to the context, e.g. `'Dockerfile'`. */
  dockerfile: string;
  /** Stage to build; the last one when absent. */
  target?: string;
  buildArgs: ReadonlyMap<string, string>;
  /** By id, for `RUN --mount=type=secret`; never in a layer, the history or the log. */
  secrets?: ReadonlyMap<string, string>;
  platform: Platform;
  /** Credentials for a registry host that a base image comes from. */
  credentialsFor: (registry: string) => Credentials | undefined;
  /** One line of progress, without its newline. */
  log: (line: string) => void;
  /** Carries out every instruction, whatever an earlier build has left. */
  noCache?: boolean;
  /** Seconds since the epoch that every created time and file time is set to. */
  sourceDateEpoch?: number;
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
  /** @throws BuildError */
  build(request: BuildRequest, signal?: AbortSignal): Promise<BuiltImage>;
}
