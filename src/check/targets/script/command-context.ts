import type { Platform } from '../../../oci/platform.js';
import type { Position } from '../../source/position.js';
import type { TargetContents } from '../contents.js';
import type { ImageBuild, Puller } from '../image-use.js';
import type { ShellWord } from './shell-commands.js';
import type { VariableLookup } from './variables.js';

/** A script inside another file. */
export interface Script {
  text: string;
  /** Place of an offset into the text. */
  place: (offset: number) => Position;
  /** e.g. `'job build'` */
  owner: string;
  /** What is known of the script's variables beyond those it sets itself. */
  lookup: VariableLookup;
  /** Puts in what is not the shell's: `${{ … }}`, `$(…)`. */
  expand: (text: string) => string;
  /** Of the machine that runs it: what docker builds and pulls for when not told. */
  machine: Platform;
  /** Of the steps before it, whose images it may push, tag and put into indexes. */
  earlier?: readonly ImageBuild[];
}

/** What the handler of one command works with. */
export interface CommandContext {
  script: Script;
  contents: TargetContents;
  /** Everything built so far, by this script and before it. */
  built: () => readonly ImageBuild[];
  /** Everything known put in. */
  expand: (word: ShellWord) => string;
  use: (
    word: ShellWord | undefined,
    command: string,
    more: { puller: Puller; platform?: Platform; because?: string; anyContent?: boolean },
  ) => void;
}
