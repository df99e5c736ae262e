import type { Platform } from '../../../oci/platform.js';
import type { SourceFile } from '../../source/position.js';
import type { ImageBuild } from '../image-use.js';
import type { ReadOptions } from '../read-options.js';

/** What the steps of an Azure pipeline see. */
export interface PipelineScope {
  /** e.g. `'job build'` */
  owner: string;
  /** By lower-case name; parameters as `parameters.name`. */
  variables: ReadonlyMap<string, string>;
  machine: Platform;
  file: SourceFile;
  options: ReadOptions;
  /** What the steps before built. */
  earlier: readonly ImageBuild[];
}
