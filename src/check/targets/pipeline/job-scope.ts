import type { Platform } from '../../../oci/platform.js';
import type { SourceFile } from '../../source/position.js';
import type { ImageBuild } from '../image-use.js';
import type { ReadOptions } from '../read-options.js';
import type { VariableLookup } from '../script/variables.js';

/** What the steps of a job see. */
export interface JobScope {
  owner: string;
  lookup: VariableLookup;
  machine: Platform;
  file: SourceFile;
  options: ReadOptions;
  /** What the steps before built. */
  earlier: readonly ImageBuild[];
}
