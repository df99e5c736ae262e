import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { Failure, messageOf } from '../../base/failure.js';
import { BUILDER_NAMES, type BuilderName } from '../../build/choose-builder.js';
import { LAYER_COMPRESSIONS, type LayerCompression } from '../../build/image-builder.js';
import type { Platform } from '../../oci/platform.js';
import { hostPlatform } from '../../oci/platform/host.js';
import { collectPlatforms } from '../image/access-options.js';
import { parseReference, type Reference } from '../../oci/reference.js';

export interface BuildOptions {
  tag: string[];
  file?: string;
  platform: Platform[];
  buildArg: string[];
  target?: string;
  secret: string[];
  annotation: [string, string][];
  cache: boolean;
  push?: boolean;
  output?: BuildOutput;
  compression: LayerCompression;
  memory?: number;
  cpus?: number;
  builder: BuilderName | 'auto';
  progress: 'auto' | 'tty' | 'plain';
  metadataFile?: string;
  json?: boolean;
  home?: string;
}

/** Where the image goes besides, or instead of, a registry. */
export interface BuildOutput {
  kind: 'oci' | 'docker-archive' | 'dir';
  path: string;
}

/** Adds the flags of `build` to a command. */
export function addBuildOptions(command: Command): Command {
  return command
    .option('-t, --tag <ref>', 'name for the image; may be repeated', collect, [])
    .option('-f, --file <path>', 'Dockerfile (default: Dockerfile in the context)')
    .option('--platform <list>', 'platforms, e.g. linux/amd64,linux/arm64', collectPlatforms, [])
    .option(
      '--build-arg <name=value>',
      'value for an ARG; without =value from the environment',
      collect,
      [],
    )
    .option('--target <stage>', 'stage to build')
    .option('--secret <id=…>', 'id=NAME,src=FILE or id=NAME,env=VARIABLE', collect, [])
    .option('--annotation <name=value>', 'annotation of the manifests', collectPairs, [])
    .option('--no-cache', 'carry out every instruction')
    .option('--push', 'push under every --tag')
    .option('--output <place>', 'oci:DIR, docker-archive:FILE or dir:DIR', parseOutput)
    .addOption(choice('--compression <kind>', 'of the layers', LAYER_COMPRESSIONS, 'gzip'))
    .option('--memory <size>', 'what each RUN may use, e.g. 512m', parseSize)
    .option('--cpus <number>', 'processors each RUN may use, e.g. 0.5', parseCpus)
    .addOption(choice('--builder <name>', 'who builds', ['auto', ...BUILDER_NAMES], 'auto'))
    .addOption(choice('--progress <kind>', 'how to show it', ['auto', 'tty', 'plain'], 'auto'))
    .option('--metadata-file <file>', 'write digest and names as JSON, with the keys of buildx')
    .option('--json', 'print the result as JSON')
    .option(
      '--home <dir>',
      'folder of the build cache (default: $LAZURITE_HOME, else ~/.lazurite)',
    );
}

function choice(flags: string, text: string, values: readonly string[], preset: string): Option {
  return new Option(flags, text).choices(values).default(preset);
}

function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}

function collectPairs(value: string, previous: [string, string][]): [string, string][] {
  const equals = value.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('write NAME=VALUE');
  return [...previous, [value.slice(0, equals), value.slice(equals + 1)]];
}

function parseOutput(value: string): BuildOutput {
  const match = /^(oci|docker-archive|dir):(.+)$/s.exec(value);
  const kind = match?.[1] as BuildOutput['kind'] | undefined;
  if (kind && match?.[2]) return { kind, path: match[2] };
  throw new InvalidArgumentError('write oci:DIR, docker-archive:FILE or dir:DIR');
}

const SIZE_UNITS: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

function parseSize(value: string): number {
  const match = /^(\d+)([bkmg]?)b?$/i.exec(value);
  const bytes = Number(match?.[1]) * (SIZE_UNITS[match?.[2]?.toLowerCase() || 'b'] ?? 1);
  if (bytes >= 6 * 1024 ** 2) return bytes;
  throw new InvalidArgumentError('write a size of at least 6m, e.g. 512m or 2g');
}

function parseCpus(value: string): number {
  const cpus = Number(value);
  if (cpus > 0 && cpus <= 1024) return cpus;
  throw new InvalidArgumentError('write a number above 0, e.g. 0.5');
}

/** The platforms asked for, each once; this machine's when none is. */
export function platformsOf({ platform }: BuildOptions): Platform[] {
  const unique = new Map(platform.map((one) => [JSON.stringify(one), one]));
  return unique.size > 0 ? [...unique.values()] : [hostPlatform()];
}

/** @throws Failure for a name that is no reference, or that carries a digest */
export function namesOf({ tag }: BuildOptions): Reference[] {
  return tag.map((text) => {
    const reference = parseReference(text);
    if (reference !== undefined && reference.digest === undefined) return reference;
    throw new Failure(`"${text}" is no name for an image`, {
      help: 'write REGISTRY/REPOSITORY:TAG, e.g. localhost:5000/app:v1',
      exitCode: 2,
    });
  });
}

/** As docker does: a name alone takes its value from the environment, and nothing when it has none. */
export function buildArgsOf(
  { buildArg }: BuildOptions,
  environment: NodeJS.ProcessEnv,
): Map<string, string> {
  const pairs = buildArg.flatMap((text): [string, string][] => {
    const equals = text.indexOf('=');
    if (equals >= 0) return [[text.slice(0, equals), text.slice(equals + 1)]];
    const value = environment[text];
    return value === undefined ? [] : [[text, value]];
  });
  return new Map(pairs);
}

/** Reads `id=NAME[,src=FILE|,env=VARIABLE]`. @throws Failure; never with a secret's value */
export async function secretsOf(
  { secret }: BuildOptions,
  environment: NodeJS.ProcessEnv,
): Promise<Map<string, Uint8Array>> {
  const secrets = new Map<string, Uint8Array>();
  for (const text of secret) {
    const fields = new Map(
      text.split(',').map((field) => {
        const [name = '', ...value] = field.split('=');
        return [name.trim(), value.join('=')] as const;
      }),
    );
    const id = fields.get('id');
    if (!id) throw badSecret(text, 'it has no id');
    secrets.set(id, await secretValue(id, fields, environment));
  }
  return secrets;
}

async function secretValue(
  id: string,
  fields: ReadonlyMap<string, string>,
  environment: NodeJS.ProcessEnv,
): Promise<Uint8Array> {
  const file = fields.get('src') ?? fields.get('source');
  if (file !== undefined) {
    try {
      return await readFile(file);
    } catch (error) {
      throw badSecret(id, messageOf(error));
    }
  }
  const variable = fields.get('env') ?? id;
  const value = environment[variable];
  if (value === undefined) throw badSecret(id, `the variable ${variable} is not set`);
  return Buffer.from(value);
}

function badSecret(what: string, why: string): Failure {
  return new Failure(`secret ${what} cannot be read`, {
    why,
    help: 'write --secret id=NAME,src=FILE or --secret id=NAME,env=VARIABLE',
    exitCode: 2,
  });
}
