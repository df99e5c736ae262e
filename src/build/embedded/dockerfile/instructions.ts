import type { Heredoc } from './source.js';

/** Where an instruction stands, and how it was written. */
interface Placed {
  line: number;
  column: number;
  /** For the build log and the history, e.g. `'COPY . /app'`. */
  text: string;
}

/** `['a', 'b']` in exec form; a text for the shell otherwise. */
export type Command = { form: 'exec'; argv: string[] } | { form: 'shell'; text: string };

export interface FromInstruction extends Placed {
  keyword: 'FROM';
  /** Image reference or stage name, variables not yet replaced. */
  image: string;
  /** Lower case. */
  alias?: string;
  platform?: string;
}

export interface CopyInstruction extends Placed {
  keyword: 'COPY' | 'ADD';
  sources: string[];
  destination: string;
  from?: string;
  chown?: string;
  chmod?: string;
  exclude: string[];
  parents: boolean;
  link: boolean;
  /** Of a remote file that ADD fetches. */
  checksum?: string;
  /** Whether ADD unpacks an archive; undefined leaves it to what the source is. */
  unpack?: boolean;
  heredocs: Heredoc[];
}

/** One `--mount=type=…`. */
export type MountSpec = ReadonlyMap<string, string>;

export interface RunInstruction extends Placed {
  keyword: 'RUN';
  command: Command;
  mounts: MountSpec[];
  network: string;
  heredocs: Heredoc[];
}

export interface PairsInstruction extends Placed {
  keyword: 'ENV' | 'LABEL';
  pairs: { name: string; value: string }[];
}

export interface ArgInstruction extends Placed {
  keyword: 'ARG';
  args: { name: string; value?: string }[];
}

export interface CommandInstruction extends Placed {
  keyword: 'CMD' | 'ENTRYPOINT';
  command: Command;
}

export interface TextInstruction extends Placed {
  keyword: 'WORKDIR' | 'USER' | 'STOPSIGNAL' | 'ONBUILD' | 'MAINTAINER';
  value: string;
}

export interface WordsInstruction extends Placed {
  keyword: 'EXPOSE' | 'VOLUME' | 'SHELL';
  words: string[];
}

export interface HealthcheckInstruction extends Placed {
  keyword: 'HEALTHCHECK';
  command: Command | undefined;
  flags: ReadonlyMap<string, string>;
}

export type StageInstruction =
  | CopyInstruction
  | RunInstruction
  | PairsInstruction
  | ArgInstruction
  | CommandInstruction
  | TextInstruction
  | WordsInstruction
  | HealthcheckInstruction;

export interface Stage {
  index: number;
  from: FromInstruction;
  instructions: StageInstruction[];
}

export interface Dockerfile {
  /** In front of the first FROM. */
  globalArgs: ArgInstruction[];
  stages: Stage[];
}
