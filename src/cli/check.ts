import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { codeOf, Failure } from '../base/failure.js';
import { checkTargets } from '../check/check.js';
import { CONFIG_FILE, parseConfig, type CheckConfig } from '../check/config/check-config.js';
import { ImageInspector } from '../check/facts/image-inspector.js';
import { summarize, type CheckReport } from '../check/report/check-report.js';
import { writeJson } from '../check/report/json.js';
import { writeJunit } from '../check/report/junit.js';
import { writeSarif } from '../check/report/sarif.js';
import { writeText } from '../check/report/text.js';
import { TARGET_KINDS, type TargetKind } from '../check/targets/kind.js';
import type { ReadOptions } from '../check/targets/read-options.js';
import { readTarget } from '../check/targets/read-target.js';
import type { OpenRepository } from '../image/image-access.js';
import type { Platform } from '../oci/platform.js';
import {
  accessOf,
  addAccessOptions,
  collectPlatforms,
  type AccessOptions,
} from './image/access-options.js';
import { packageVersion } from '../server/version.js';
import { withLocalRegistries } from './local-registries.js';

const FORMATS = ['text', 'json', 'sarif', 'junit'] as const;

interface CheckOptions extends AccessOptions {
  platform?: Platform[];
  format: (typeof FORMATS)[number];
  kind?: TargetKind;
  parameters?: string[];
  resourceGroup?: string;
  subscription?: string;
  profilePlatform?: Map<string, Platform>;
  buildArg?: Map<string, string>;
  resolve?: Map<string, string>;
  config?: string;
  failOn: 'error' | 'warning';
  concurrency: number;
  timeout: number;
  deep?: boolean;
  home?: string;
}

/** Adds `check`. */
export function registerCheckCommand(program: Command): void {
  const command = program
    .command('check')
    .description('find out before a deployment whether its images will run')
    .argument('<target...>', 'image references, files, folders, or - for standard input')
    .option(
      '--platform <list>',
      'platforms that are needed, e.g. linux/amd64,linux/arm64',
      collectPlatforms,
    )
    .addOption(new Option('--format <format>', 'of the report').choices(FORMATS).default('text'))
    .addOption(new Option('--kind <kind>', 'what the targets are').choices(TARGET_KINDS))
    .option(
      '--parameters <value...>',
      'of Bicep and ARM templates: NAME=VALUE, parameters files, .bicepparam files',
    )
    .option('--resource-group <name>', 'where a template will be deployed')
    .option('--subscription <id>', 'where a template will be deployed')
    .option(
      '--profile-platform <name=platform>',
      'platform of a workload profile, when it is not linux/amd64',
      profilePlatform,
    )
    .option('--build-arg <name=value>', 'of Dockerfiles', pair)
    .option('--resolve <host=host>', 'ask the second registry for images of the first', pair)
    .option('--deep', 'read the layers too: digests, and whether the programs are for the platform')
    .option('--home <dir>', 'Lazurite whose registries are asked for NAME.azurecr.io, if it runs')
    .option('--config <file>', 'findings that are allowed (default: lazurite-check.yaml, if there)')
    .addOption(
      new Option('--fail-on <severity>', 'least severity that fails the check')
        .choices(['error', 'warning'])
        .default('error'),
    )
    .option('--concurrency <number>', 'images asked about at once', positive, 8)
    .option('--timeout <seconds>', 'for everything about one image', positive, 30);
  addAccessOptions(command)
    .addHelpText(
      'after',
      `
Exit codes: 0 the targets would run, 1 one would fail, 2 wrong usage.

Examples:
  lazurite check ghcr.io/team/app:v1 --platform linux/amd64,linux/arm64
  lazurite check infra/main.bicep --parameters baseName=shop --resource-group rg --subscription ID
  lazurite check k8s/ --platform linux/arm64 --deep --timeout 300
  helm template ./chart | lazurite check - --platform linux/amd64,linux/arm64
  lazurite check k8s/web.yaml --format json`,
    )
    .action(check);
}

async function check(names: string[], options: CheckOptions): Promise<void> {
  const readOptions: ReadOptions = {
    platforms: options.platform,
    parameters: options.parameters ?? [],
    ...(options.resourceGroup !== undefined && { resourceGroup: options.resourceGroup }),
    ...(options.subscription !== undefined && { subscription: options.subscription }),
    profilePlatforms: options.profilePlatform ?? new Map(),
    buildArgs: options.buildArg ?? new Map<string, string>(),
    environment: process.env,
    readFile: readText,
  };
  const targets = [];
  for (const name of names) targets.push(await readTarget(name, readOptions, options.kind));
  const inspector = new ImageInspector({
    openRepository: openWith(options),
    concurrency: options.concurrency,
    timeoutMs: options.timeout * 1000,
    deep: options.deep === true,
  });
  const config = readConfig(options.config);
  const today = new Date().toISOString().slice(0, 10);
  const report = await checkTargets(targets, inspector, { config, today });
  process.stdout.write(write(report, options.format));
  const { errors, warnings } = summarize(report);
  if (errors > 0 || (options.failOn === 'warning' && warnings > 0)) process.exitCode = 1;
}

/** What `--resolve` says goes before the registries of a Lazurite that runs here. */
function openWith(options: CheckOptions): OpenRepository {
  const open = accessOf(options);
  const local = withLocalRegistries(open, options.home, (name, url) => {
    process.stderr.write(`${name} is asked at the Lazurite that runs here: ${url}\n`);
  });
  return (reference) => {
    const registry = options.resolve?.get(reference.registry);
    return registry === undefined ? local(reference) : open({ ...reference, registry });
  };
}

function write(report: CheckReport, format: CheckOptions['format']): string {
  if (format === 'json') return writeJson(report);
  if (format === 'sarif') return writeSarif(report, packageVersion());
  if (format === 'junit') return writeJunit(report);
  const colour = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
  return writeText(report, { colour });
}

/** @throws Failure when a file that was asked for is not there, or one is not what it must be */
function readConfig(path: string | undefined): CheckConfig {
  const text = readText(path ?? CONFIG_FILE);
  if (text !== undefined) return parseConfig({ path: path ?? CONFIG_FILE, text });
  if (path === undefined) return { allow: [] };
  throw new Failure(`the configuration ${path} can't be read`, {
    why: 'there is no such file, or it is not readable',
    help: 'look at the path given with --config',
    exitCode: 2,
  });
}

function pair(text: string, before = new Map<string, string>()): Map<string, string> {
  const at = text.indexOf('=');
  if (at <= 0) throw new InvalidArgumentError('NAME=VALUE is needed');
  return before.set(text.slice(0, at), text.slice(at + 1));
}

function profilePlatform(
  text: string,
  before = new Map<string, Platform>(),
): Map<string, Platform> {
  const at = text.indexOf('=');
  const [platform] = collectPlatforms(text.slice(at + 1));
  if (at <= 0 || !platform) throw new InvalidArgumentError('NAME=linux/arm64 is needed');
  return before.set(text.slice(0, at).toLowerCase(), platform);
}

/** What targets refer to; a file that can't be read is one that is not there. */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return undefined;
  }
}

function positive(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('a whole number above 0 is needed');
}
