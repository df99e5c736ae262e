import { existsSync, readFileSync, statSync } from 'node:fs';
import type { Json, JsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import type { Session } from '../session.js';
import type { ArgumentReader } from '../spec.js';
import { argumentsOf, platformOf } from './build.js';
import { queueRun } from './queue-run.js';
import { findRegistry, registryName, registryPath } from './registries.js';
import { uploadSource } from './upload-source.js';

const NO_SOURCE = '/dev/null';
const TASK_FILES = ['acb.yaml', 'acr.yaml'];

/** `az acr run`: queues a task file, or a command, with a source or without one. */
export async function runTaskFile(
  session: Session,
  args: ArgumentReader,
): Promise<Json | undefined> {
  const registry = await findRegistry(
    session,
    registryName(args.text('registry')),
    args.optional('resourceGroup'),
  );
  const path = registryPath(session, registry.resourceGroup, registry.name);
  const source = args.text('sourceLocation');
  const file = args.optional('file');
  const cmd = args.optional('cmd');
  if (file !== undefined && cmd !== undefined) {
    throw new AzError(
      'Azure Container Registry can run with either `--cmd myCommand /dev/null` or `-f myFile`, but not both.',
    );
  }
  const location =
    source === NO_SOURCE ? undefined : await sendSource(session, path, registry.name, source);
  const timeout = args.number('timeout');
  const pool = args.optional('agentPool');
  const common: JsonObject = {
    isArchiveEnabled: false,
    values: [
      ...argumentsOf(args.list('set') ?? [], false),
      ...argumentsOf(args.list('setSecret') ?? [], true),
    ],
    platform: platformOf(args.optional('platform')),
    credentials: {},
    ...(location !== undefined && { sourceLocation: location }),
    ...(timeout !== undefined && { timeout }),
    ...(pool !== undefined && { agentPoolName: pool }),
  };
  const work = workOf({ source, file, cmd, values: args.optional('values'), timeout });
  return queueRun(session, args, path, { ...common, ...work }, 'run');
}

/** Where the registry finds the source: a folder is packed and uploaded, an address goes as it is. */
export async function sendSource(
  session: Session,
  path: string,
  registry: string,
  location: string,
): Promise<string> {
  if (!existsSync(location)) {
    if (/^(git@|git:\/\/|https?:\/\/|github\.com\/|oci:\/\/)/i.test(location)) {
      session.warn(`Sending context to registry: ${registry}...`);
      return location;
    }
    throw new AzError(`'${location}' doesn't exist.`);
  }
  if (!statSync(location).isDirectory()) {
    throw new AzError('Source location should be a local directory path or remote URL.');
  }
  return uploadSource(session, {
    path,
    registry,
    context: location,
    archivePrefix: 'cli_source_archive',
  });
}

interface WorkOptions {
  source: string;
  file: string | undefined;
  cmd: string | undefined;
  values: string | undefined;
  timeout: number | undefined;
}

/** A file without a source goes with the request; `-` is the standard input. */
function workOf({ source, file, cmd, values, timeout }: WorkOptions): JsonObject {
  if (cmd !== undefined) return encoded(commandTask(cmd, timeout), values);
  if (source === NO_SOURCE) {
    if (file === undefined) {
      throw new AzError(
        'Please provide a task file with -f, or a command with --cmd, to run without a source.',
      );
    }
    return encoded(readFileSync(file === '-' ? 0 : file, 'utf8'), values);
  }
  const found = TASK_FILES.find((name) => existsSync(`${source}/${name}`)) ?? 'acb.yaml';
  return {
    type: 'FileTaskRunRequest',
    taskFilePath: file ?? found,
    ...(values !== undefined && { valuesFilePath: values }),
  };
}

function encoded(text: string, values: string | undefined): JsonObject {
  const encode = (content: string): string => Buffer.from(content).toString('base64');
  return {
    type: 'EncodedTaskRunRequest',
    encodedTaskContent: encode(text),
    ...(values !== undefined && { encodedValuesContent: encode(readFileSync(values, 'utf8')) }),
  };
}

/** A task file with one command. */
export function commandTask(cmd: string, timeout: number | undefined): string {
  const limit = timeout === undefined ? '' : `    timeout: ${timeout}\n`;
  return `version: v1.1.0\nsteps: \n  - cmd: ${cmd}\n    disableWorkingDirectoryOverride: true\n${limit}`;
}
