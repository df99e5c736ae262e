import type { Digest } from './digest.js';
import type { Platform } from './platform.js';

/** The execution parameters that a container of the image starts with. */
export interface ImageExecution {
  User?: string;
  ExposedPorts?: Record<string, object>;
  /** `NAME=value` entries. */
  Env?: string[];
  Entrypoint?: string[] | null;
  Cmd?: string[] | null;
  Volumes?: Record<string, object>;
  WorkingDir?: string;
  Labels?: Record<string, string>;
  StopSignal?: string;
}

export interface HistoryEntry {
  /** RFC 3339. */
  created?: string;
  created_by?: string;
  comment?: string;
  empty_layer?: boolean;
}

/** @see https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md */
export interface ImageConfig extends Platform {
  /** RFC 3339. */
  created?: string;
  author?: string;
  config?: ImageExecution;
  rootfs: {
    type: 'layers';
    /** Digests of the *uncompressed* layer tars, base layer first. */
    diff_ids: Digest[];
  };
  history?: HistoryEntry[];
}
