import { join } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { Failure } from '../../base/failure.js';
import { DraftStore } from '../../image/index/draft-store.js';
import type { IndexContext } from '../../image/index/edit-draft.js';
import { INDEX_FORMATS, type IndexFormat } from '../../oci/index/index-type.js';
import { parseReference, type Reference } from '../../oci/reference.js';
import { homeDirectory } from '../../server/home.js';
import { accessOf, addAccessOptions, type AccessOptions } from './access-options.js';

/** What every command on indexes takes. */
export interface IndexOptions extends AccessOptions {
  home?: string;
  json?: boolean;
}

export function addIndexOptions(command: Command): Command {
  return addAccessOptions(command)
    .option('--home <dir>', 'where drafts are kept (default: $LAZURITE_HOME, else ~/.lazurite)')
    .option('--json', 'print JSON');
}

export function contextOf(options: IndexOptions, signal: AbortSignal): IndexContext {
  const drafts = new DraftStore(join(homeDirectory(options.home), 'index-drafts'));
  return { openRepository: accessOf(options), drafts, signal };
}

/** @throws Failure (exit code 2) */
export function requireReference(text: string): Reference {
  const reference = parseReference(text);
  if (reference) return reference;
  throw new Failure(`"${text}" is no reference to an image`, {
    help: 'write HOST/REPOSITORY:TAG',
    exitCode: 2,
  });
}

export function parseFormat(value: string): IndexFormat {
  const format = INDEX_FORMATS.find((one) => one === value);
  if (format) return format;
  throw new InvalidArgumentError(`it is one of ${INDEX_FORMATS.join(', ')}`);
}

/** For options that may be given several times: `NAME=VALUE`; `NAME=` removes. */
export function collectAnnotations(
  value: string,
  before: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const at = value.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('write NAME=VALUE');
  return { ...before, [value.slice(0, at)]: value.slice(at + 1) };
}
