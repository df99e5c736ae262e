import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../../base/failure.js';
import { parsePlatform, type Platform } from '../../oci/platform.js';
import { readOptions, type OptionTable, type ReadOptions } from './options.js';
import { CommandLineError } from './words.js';

/** What `docker build` and `docker buildx build` are asked to do. */
export interface BuildOptions {
  /** As written, in order. */
  tags: string[];
  /** Relative to the working directory; the context's own `Dockerfile` when absent. */
  file?: string;
  target?: string;
  buildArgs: Map<string, string>;
  secrets: Map<string, string>;
  /** Empty for the platform of the run. */
  platforms: Platform[];
  noCache: boolean;
  push: boolean;
  /** A directory relative to the working directory, or a URL. */
  context: string;
}

const OPTIONS: OptionTable = {
  ...{ tag: 'value', file: 'value', 'build-arg': 'value', target: 'value', platform: 'value' },
  ...{ secret: 'value', output: 'value', push: 'flag', 'no-cache': 'flag' },
  // These say how a build is done or shown, not what it comes to.
  ...{ pull: 'ignored', load: 'ignored', quiet: 'ignored', rm: 'ignored', 'force-rm': 'ignored' },
  ...{ compress: 'ignored', builder: 'ignored-value', progress: 'ignored-value' },
  ...{ 'cache-from': 'ignored-value', 'cache-to': 'ignored-value', isolation: 'ignored-value' },
  ...{ provenance: 'ignored-value', sbom: 'ignored-value', network: 'ignored-value' },
  ...{ memory: 'ignored-value', cpus: 'ignored-value', 'shm-size': 'ignored-value' },
};

/**
 * Reads what follows `docker build`.
 *
 * @param workingDirectory that files of secrets are relative to
 * @param env of the step: `--build-arg NAME` and `--secret id=x,env=NAME` take values from it
 * @throws CommandLineError
 */
export async function readBuildOptions(
  words: readonly string[],
  { workingDirectory, env }: { workingDirectory: string; env: ReadonlyMap<string, string> },
): Promise<BuildOptions> {
  const command = 'docker build';
  const read = readOptions(command, words, OPTIONS, {
    t: 'tag',
    f: 'file',
    q: 'quiet',
    o: 'output',
  });
  const [context, extra] = read.operands;
  if (context === undefined || extra !== undefined) {
    throw new CommandLineError(
      `${command} needs one context, a directory or a URL; there are ${read.operands.length}`,
    );
  }
  const file = read.values.get('file')?.at(-1);
  const target = read.values.get('target')?.at(-1);
  const secrets = new Map<string, string>();
  for (const text of read.values.get('secret') ?? []) {
    const [id, value] = await readSecret(text, workingDirectory, env);
    secrets.set(id, value);
  }
  return {
    tags: read.values.get('tag') ?? [],
    ...(file !== undefined && { file }),
    ...(target !== undefined && { target }),
    buildArgs: buildArguments(read, env),
    secrets,
    platforms: (read.values.get('platform') ?? []).flatMap((text) =>
      text.split(',').map(platformOf),
    ),
    noCache: read.flags.has('no-cache'),
    push: read.flags.has('push') || pushesByOutput(read),
    context,
  };
}

function buildArguments(read: ReadOptions, env: ReadonlyMap<string, string>): Map<string, string> {
  const found = new Map<string, string>();
  for (const text of read.values.get('build-arg') ?? []) {
    const [, name = text, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    const given = value ?? env.get(name);
    if (given !== undefined) found.set(name, given);
  }
  return found;
}

function platformOf(text: string): Platform {
  const platform = parsePlatform(text.trim());
  if (platform?.os === 'linux') return platform;
  throw new CommandLineError(
    platform === undefined
      ? `'${text}' is no platform; write it like linux/arm64`
      : `images for '${platform.os}' cannot be built here; only linux ones can`,
  );
}

function pushesByOutput(read: ReadOptions): boolean {
  const outputs = read.values.get('output') ?? [];
  for (const output of outputs) {
    const type = /(?:^|,)type=([^,]*)/.exec(output)?.[1];
    if (type === 'docker' || (type === 'image' && !/(?:^|,)push=true/.test(output))) continue;
    if (type === 'registry' || type === 'image') return true;
    throw new CommandLineError(
      `docker build: --output ${output} is not implemented; registry and image are`,
    );
  }
  return false;
}

async function readSecret(
  text: string,
  workingDirectory: string,
  env: ReadonlyMap<string, string>,
): Promise<[string, string]> {
  const fields = new Map(text.split(',').map((part) => splitAt(part)));
  const id = fields.get('id');
  if (!id) throw new CommandLineError(`--secret ${text} has no id`);
  const variable = fields.get('env') ?? (fields.get('type') === 'env' ? id : undefined);
  const source = fields.get('src') ?? fields.get('source');
  if (source !== undefined) return [id, await readSecretFile(id, source, workingDirectory)];
  const value = env.get(variable ?? id);
  if (value !== undefined) return [id, value];
  throw new CommandLineError(`--secret ${id}: the step has no variable ${variable ?? id}`);
}

async function readSecretFile(id: string, source: string, directory: string): Promise<string> {
  const file = path.resolve(directory, source);
  if (!file.startsWith(directory + path.sep)) {
    throw new CommandLineError(`--secret ${id}: ${source} is outside of the working directory`);
  }
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CommandLineError(`--secret ${id}: ${source} cannot be read (${codeOf(error) ?? ''})`);
  }
}

function splitAt(part: string): [string, string] {
  const at = part.indexOf('=');
  return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
}
