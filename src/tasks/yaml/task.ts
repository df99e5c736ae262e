/** What every kind of step may say. Times are seconds. */
export interface StepOptions {
  /** Unique in its task, and its host name for other steps; `acb_step_0` when the file gives none. */
  id: string;
  /** Ids of the steps that must have succeeded first; empty starts at once. */
  after: readonly string[];
  /** 1-based line of the task file. */
  line: number;
  timeout: number;
  /** `NAME=value`. */
  env: readonly string[];
  workingDirectory?: string;
  /** Waited before each attempt. */
  startDelay: number;
  /** How often a failed attempt is made again. */
  retries: number;
  /** Waited between an attempt and the next one. */
  retryDelay: number;
  /** How often it is carried out besides the first time. */
  repeat: number;
  /** Its failure does not fail the run. */
  ignoreErrors: boolean;
  /** Not waited for; ended with the run. */
  detach: boolean;
  /** Its container's files are left alone until the run ends. */
  keep: boolean;
  privileged: boolean;
  entryPoint?: string;
  user?: string;
  /** `'8080:80'` */
  ports: readonly string[];
  expose: readonly string[];
  network?: string;
  isolation?: string;
  pull: boolean;
  disableWorkingDirectoryOverride: boolean;
  volumeMounts: readonly VolumeMount[];
}

export interface VolumeMount {
  /** Of a volume of the task. */
  name: string;
  /** e.g. `'/run/test'` */
  mountPath: string;
}

/** What a step does. */
export type StepAction =
  | {
      kind: 'build';
      /** What follows `docker build`, e.g. `'-t app:v1 -f Dockerfile .'`. */
      build: string;
      /** `enabled` asks for BuildKit's cache. */
      cache?: string;
    }
  | { kind: 'push'; images: readonly string[] }
  /** Image and arguments, or a command that is built in. */
  | { kind: 'cmd'; cmd: string };

export type Step = StepOptions & StepAction;

export interface TaskNetwork {
  name: string;
  driver: string;
  ipv6: boolean;
  skipCreation: boolean;
  isDefault: boolean;
}

/** Files of a volume by name, decoded. */
export interface TaskVolume {
  name: string;
  files: ReadonlyMap<string, Buffer>;
}

/** A task file that makes sense: every name it uses is there and its steps can be ordered. */
export interface Task {
  version: 'v1.0.0' | 'v1.1.0';
  steps: readonly Step[];
  networks: readonly TaskNetwork[];
  volumes: readonly TaskVolume[];
}
