import { existsSync, readFileSync } from 'node:fs';
import type { JsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { textAt } from '../json-path.js';
import type { ArgumentReader } from '../spec.js';
import { argumentsOf } from './build.js';
import { commandTask } from './run.js';

const TASK_FILE = 'acb.yaml';

/** What a task does, from the arguments of `az acr task create`. `context` is undefined for `/dev/null`. */
export function newStep(args: ArgumentReader, context: string | undefined): JsonObject {
  const token = args.optional('gitAccessToken');
  const common = { contextAccessToken: token, contextPath: context };
  if (context === undefined) return given({ ...encodedStep(args, 3600), ...common });
  const file = args.optional('file');
  if (file === undefined) throw new AzError('missing --file/-f argument');
  if (isTaskFile(file)) {
    return given({
      type: 'FileTask',
      taskFilePath: file,
      valuesFilePath: args.optional('values'),
      values: valuesOf(args),
      ...common,
    });
  }
  return given({
    type: 'Docker',
    imageNames: args.list('image'),
    isPushEnabled: args.state('noPush') !== true,
    noCache: args.state('noCache') ?? false,
    dockerFilePath: file,
    arguments: buildArgumentsOf(args),
    target: args.optional('target'),
    ...common,
  });
}

/** The same for `az acr task update`: what is not given stays as the task has it. */
export function changedStep(
  args: ArgumentReader,
  context: string | undefined,
  known: JsonObject,
): JsonObject {
  const file = args.optional('file');
  const common = {
    contextPath: context,
    contextAccessToken: args.optional('gitAccessToken') ?? known['contextAccessToken'],
  };
  if (context === undefined) {
    const isGiven = args.has('cmd') || file !== undefined;
    if (!isGiven && args.has('timeout')) {
      throw new AzError(
        "cannot update the task with change of 'timeout' only, please use create instead",
      );
    }
    const content = isGiven
      ? encodedStep(args, undefined)['encodedTaskContent']
      : known['encodedTaskContent'];
    return given({
      type: 'EncodedTask',
      encodedTaskContent: content,
      values: overrides(valuesOf(args)),
      ...common,
    });
  }
  const type =
    file === undefined ? textAt(known, 'type') : isTaskFile(file) ? 'FileTask' : 'Docker';
  if (type === 'FileTask') {
    return given({
      type,
      taskFilePath: file,
      valuesFilePath: args.optional('values'),
      values: overrides(valuesOf(args)),
      ...common,
    });
  }
  return given({
    type: 'Docker',
    imageNames: args.list('image'),
    isPushEnabled: args.state('noPush') !== true,
    noCache: args.state('noCache'),
    dockerFilePath: file,
    arguments: overrides(buildArgumentsOf(args)),
    target: args.optional('target'),
    ...common,
  });
}

export function valuesOf(args: ArgumentReader): JsonObject[] {
  return [
    ...argumentsOf(args.list('set') ?? [], false),
    ...argumentsOf(args.list('setSecret') ?? [], true),
  ];
}

export function buildArgumentsOf(args: ArgumentReader): JsonObject[] {
  return [
    ...argumentsOf(args.list('arg') ?? [], false),
    ...argumentsOf(args.list('secretArg') ?? [], true),
  ];
}

function overrides(list: JsonObject[]): JsonObject[] | undefined {
  return list.length === 0 ? undefined : list;
}

function isTaskFile(file: string): boolean {
  return /\.(ya?ml|toml|json)$|^-$/i.test(file);
}

/** A task file, or a command, that goes with the request. */
function encodedStep(args: ArgumentReader, timeout: number | undefined): JsonObject {
  const cmd = args.optional('cmd');
  const limit = args.number('timeout') ?? timeout;
  const text =
    cmd === undefined ? readTask(args.optional('file') ?? TASK_FILE) : commandTask(cmd, limit);
  return {
    type: 'EncodedTask',
    encodedTaskContent: Buffer.from(text).toString('base64'),
    values: valuesOf(args),
  };
}

function readTask(file: string): string {
  if (file !== '-' && !existsSync(file)) throw new AzError(`${file} does not exist.`);
  return readFileSync(file === '-' ? 0 : file, 'utf8');
}

/** Without what is undefined. */
export function given(
  fields: Readonly<Record<string, JsonObject[string] | undefined>>,
): JsonObject {
  const entries = Object.entries(fields);
  return Object.fromEntries(
    entries.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])),
  );
}
