import type { Json } from '../base/json.js';
import type { Session } from './session.js';

/** A parsed argument: text, several texts, or a flag. */
export type ArgumentValue = string | string[] | string[][] | boolean | number;

/** How many words follow an option: none (`flag`), one, one or more, any number, or an optional true/false. */
export type ArgumentKind = 'flag' | 'text' | 'integer' | 'number' | 'list' | 'three-state';

/** One argument of a command, as help shows it and the parser takes it. */
export interface ArgumentSpec {
  /** Key in the parsed values, e.g. `'resourceGroup'`. */
  name: string;
  /** Spellings in the order errors show them, e.g. `['--resource-group', '-g']`; empty for a positional. */
  options: readonly string[];
  /** Shown for a positional, e.g. `'<SOURCE_LOCATION>'`. */
  metavar?: string;
  help: string;
  kind?: ArgumentKind;
  required?: boolean;
  /** Lists only: whether the option may be given without a word (`--set-env-vars ''` still counts as one). */
  mayBeEmpty?: boolean;
  /** Keeps each use: of a text, a list of them; of a list, a list of lists. Otherwise the last one counts. */
  repeatable?: boolean;
  choices?: readonly string[];
  default?: string | number;
  /** Section of the help, without the word "Arguments", e.g. `'Container'`. */
  group?: string;
  /** Environment variable that gives a value when the option is absent, e.g. `'AZURE_DEFAULTS_GROUP'`. */
  environment?: string;
}

export interface Example {
  title: string;
  /** e.g. `'az group create -l westus -n MyResourceGroup'` */
  command: string;
}

/** Rows of a table: key order is column order. */
export type TableTransform = (result: Json) => Json;

/** One command of the table. */
export interface CommandSpec {
  /** e.g. `'containerapp revision list'` */
  path: string;
  summary: string;
  arguments: readonly ArgumentSpec[];
  examples?: readonly Example[];
  table?: TableTransform;
  /** `az rest` prints what the server sent; everything else gains `resourceGroup` beside each ARM id. */
  raw?: boolean;
  /** Undefined prints nothing at all. */
  run(session: Session, args: ArgumentReader): Promise<Json | undefined>;
}

/** Typed access to parsed arguments; a wrong type is a mistake in the command table, not in the input. */
export interface ArgumentReader {
  /** @throws Error if the argument is absent: for arguments the table marks as required. */
  text(name: string): string;
  optional(name: string): string | undefined;
  number(name: string): number | undefined;
  flag(name: string): boolean;
  /** A three-state flag, undefined when not given. */
  state(name: string): boolean | undefined;
  list(name: string): string[] | undefined;
  lists(name: string): string[][];
  has(name: string): boolean;
}
