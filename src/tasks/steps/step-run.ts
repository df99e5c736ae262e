import type { Clock } from '../../base/clock.js';
import type { ImageBuilder } from '../../build/image-builder.js';
import type { Platform } from '../../oci/platform.js';
import type { Credentials, RegistryClient } from '../../remote/registry-client.js';
import type { ContainerRuntime } from '../../runtime/runtime.js';
import type { RunImages } from '../images/run-images.js';
import type { RunLog } from '../runs/run-log.js';
import type { OutputImage } from '../runs/run-record.js';
import type { TaskVolume } from '../yaml/task.js';
import type { RunNetwork } from './run-network.js';

/** A step that failed; its log lines are written. */
export class StepFailure extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StepFailure';
  }
}

/** What builds, runs and stores images for the steps of every run. */
export interface StepServices {
  builder: ImageBuilder;
  /** Absent where nothing runs containers: `cmd` steps with an image are refused then. */
  runtime?: ContainerRuntime;
  registryClient: RegistryClient;
  /** Where a registry of ours really answers, e.g. `'http://127.0.0.1:5001'`; undefined for others. */
  registryUrl: (loginServer: string) => string | undefined;
  credentialsFor: (registry: string) => Credentials | undefined;
  clock: Clock;
}

/** What the steps of one run share. */
export interface StepRun extends StepServices {
  /** Names containers; unique on this machine. */
  volumeName: string;
  /** e.g. `'localhost:5001'` */
  loginServer: string;
  /** Lower case, e.g. `'labacr'`. */
  registryName: string;
  /** The source; steps see it as `/workspace`. */
  workspace: string;
  /** For files of the run that steps do not see. */
  scratch: string;
  /** For what steps with `keep: true` wrote; stays with the record of the run. */
  keptDirectory: string;
  platforms: readonly [Platform, ...Platform[]];
  noCache: boolean;
  images: RunImages;
  /** What has been pushed, in order. */
  outputs: OutputImage[];
  volumes: readonly TaskVolume[];
  /** What the containers of the run share. */
  network: RunNetwork;
  log: RunLog;
}
