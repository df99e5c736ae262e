import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { Failure, messageOf } from '../base/failure.js';
import { Engine } from '../runtime/docker/engine.js';
import { findEngine } from '../runtime/docker/engine-address.js';
import { describeIsolation, describeNetwork } from '../runtime/embedded/embedded-runtime.js';
import { Home, homeDirectory } from '../server/home.js';
import type { AppStatus } from '../server/status.js';
import { fetchStatus, formatDiagnosis, formatNetwork } from './status.js';

/** One thing looked at. `bad` is what stops Lazurite from working at all. */
interface Finding {
  verdict: 'ok' | 'note' | 'bad';
  what: string;
}

interface DoctorOptions {
  home?: string;
  json?: boolean;
  from?: string;
}

const LOW_DISK_BYTES = 1024 ** 3;

export function registerDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('what works on this machine, why an app fails, or what an error means')
    .argument('[app]', 'name of an app of the running Lazurite')
    .option('--home <dir>', 'home folder (default: $LAZURITE_HOME, else ~/.lazurite)')
    .option(
      '--from <file>',
      'an error, the JSON of an operation, or rows of a log, from Azure or from here; - reads stdin',
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Exit codes: 0 all is well, or a cause was found with --from; 1 something fails, or no cause fits; 2 wrong usage.

Examples:
  lazurite doctor
  lazurite doctor ca-labacr
  az deployment operation group list -g GROUP -n DEPLOYMENT | lazurite doctor --from -`,
    )
    .action(async (app: string | undefined, options: DoctorOptions) => {
      if (options.from !== undefined) await examineFrom(app, options.from, options);
      else if (app === undefined) await examineMachine(options);
      else await examineApp(app, options);
    });
}

async function examineFrom(
  app: string | undefined,
  source: string,
  options: DoctorOptions,
): Promise<void> {
  if (app !== undefined || options.home !== undefined) {
    throw new Failure(`--from looks at a text, not at ${app === undefined ? 'a home' : 'an app'}`, {
      why: 'it needs no Lazurite that runs',
      help: `lazurite doctor --from ${source}`,
      exitCode: 2,
    });
  }
  const { examinePasted } = await import('./doctor-from.js');
  await examinePasted(source, options);
}

async function examineMachine(options: DoctorOptions): Promise<void> {
  const findings = [
    {
      verdict: 'ok' as const,
      what: `Node ${process.versions.node} on ${process.platform}/${process.arch}`,
    },
    ...examineHome(new Home(homeDirectory(options.home))),
    ...(await examineIsolation()),
    ...(await examineNetwork()),
    await examineEngine(),
  ];
  console.log(
    options.json
      ? JSON.stringify(findings, null, 2)
      : findings.map(({ verdict, what }) => `${verdict.padEnd(5)} ${what}`).join('\n'),
  );
  if (findings.some(({ verdict }) => verdict === 'bad')) process.exitCode = 1;
}

function examineHome(home: Home): Finding[] {
  const owner = home.owner();
  const running: Finding = owner
    ? { verdict: 'ok', what: `Lazurite runs in ${home.directory} (process ${owner.pid})` }
    : { verdict: 'note', what: `no Lazurite runs in ${home.directory} (start one: lazurite up)` };
  return [examineDisk(home.directory), running];
}

function examineDisk(directory: string): Finding {
  let existing = directory;
  while (!existsSync(existing)) existing = dirname(existing);
  try {
    accessSync(existing, constants.W_OK);
  } catch (error) {
    return {
      verdict: 'bad',
      what: `home ${directory} can't be written: ${messageOf(error)} (name another: --home DIR)`,
    };
  }
  const { bavail, bsize } = statfsSync(existing);
  const free = bavail * bsize;
  const text = `home ${directory}: ${(free / 1024 ** 3).toFixed(1)} GiB free`;
  return { verdict: free < LOW_DISK_BYTES ? 'note' : 'ok', what: text };
}

async function examineIsolation(): Promise<Finding[]> {
  if (process.platform !== 'linux') {
    return [{ verdict: 'note', what: 'isolation: the embedded runtime needs Linux' }];
  }
  const levels = await describeIsolation();
  return levels.map(({ level, works, reason }) => ({
    verdict: works ? 'ok' : 'note',
    what: `isolation ${level}: ${reason}`,
  }));
}

async function examineEngine(): Promise<Finding> {
  try {
    const address = findEngine();
    if (!address)
      return { verdict: 'note', what: 'container engine: none found (DOCKER_HOST names one)' };
    const engine = await Engine.connect(address);
    engine.close();
    const { name, apiVersion } = engine;
    const where = `${address.text} (${address.source})`;
    return {
      verdict: 'ok',
      what: `container engine: ${name} at ${where}, Engine API ${apiVersion}`,
    };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const why = error.why === undefined ? '' : `: ${error.why}`;
    return { verdict: 'note', what: `container engine: ${error.message}${why}` };
  }
}

async function examineNetwork(): Promise<Finding[]> {
  if (process.platform !== 'linux') return [];
  const network = await describeNetwork();
  if (!network) return [];
  const help =
    network.egress === 'none'
      ? ' (install nftables and run as root, or install slirp4netns or passt)'
      : '';
  return [
    {
      verdict: network.egress === 'none' ? 'note' : 'ok',
      what: `network: ${formatNetwork(network)}: ${network.reason}${help}`,
    },
  ];
}

async function examineApp(name: string, options: DoctorOptions): Promise<void> {
  const { apps } = await fetchStatus(options.home);
  const app = apps.find((candidate) => candidate.name === name);
  if (!app) {
    throw new Failure(`no app is called ${name}`, {
      why:
        apps.length > 0
          ? `there are: ${apps.map((known) => known.name).join(', ')}`
          : 'there are no apps',
      help: 'lazurite status',
    });
  }
  console.log(options.json ? JSON.stringify(app, null, 2) : describeApp(app));
  if (app.diagnosis) process.exitCode = 1;
}

function describeApp(app: AppStatus): string {
  const state = `${app.name}: revision ${app.latestRevision ?? '(none)'} is ${app.healthState}, ${app.runningState}`;
  return [state, ...formatDiagnosis(app)].join('\n');
}
