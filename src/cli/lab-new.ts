import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { Failure } from '../base/failure.js';
import type { Json } from '../base/json.js';
import { isJsonObject, textOf } from '../base/json.js';
import type { CapturedImage } from '../labs/authoring/app-files.js';
import type { AskAz, CapturedApp } from '../labs/authoring/captured-app.js';
import type { AppStatus } from '../server/status.js';
import { connectTo } from './connection.js';
import { fetchStatus } from './status.js';

interface NewOptions {
  template?: string;
  fromApp?: string;
  resourceGroup?: string;
  home?: string;
  output?: string;
}

const DEFAULT_TEMPLATE = 'crash-loop';
const ENTRY = fileURLToPath(new URL('../../bin/lazurite.cjs', import.meta.url));
const run = promisify(execFile);

/** `lazurite lab new` */
export function registerNewLab(lab: Command): void {
  lab
    .command('new')
    .description('begin a lab of your own: from one that there is, or from an app that fails')
    .argument('<name>', 'name of the new lab')
    .option('--template <lab>', `the lab to begin with (default: ${DEFAULT_TEMPLATE})`)
    .option('--from-app <app>', 'capture this app of the running Lazurite, with its images and log')
    .option('--resource-group <group>', "the app's, where several have an app of that name")
    .option('--home <dir>', 'home folder (default: $LAZURITE_HOME, else ~/.lazurite)')
    .option('--output <dir>', 'folder to make (default: ./<name>)')
    .addHelpText(
      'after',
      `
The new lab passes lab lint and runs as it is. Nothing is overwritten. Values of secrets are not captured.

Examples:
  lazurite lab new slow-start --template probe-failure
  lazurite lab new incident-0412 --from-app ca-shop`,
    )
    .action(newLab);
}

async function newLab(name: string, options: NewOptions): Promise<void> {
  const { checkLabName } = await import('../labs/authoring/write-lab.js');
  checkLabName(name);
  if (options.template !== undefined && options.fromApp !== undefined) {
    throw new Failure('a lab begins with a template or with an app, not with both', {
      help: `lazurite lab new ${name} --from-app ${options.fromApp}`,
      exitCode: 2,
    });
  }
  const folder = resolve(options.output ?? name);
  await (options.fromApp === undefined
    ? fromTemplate(name, folder, options.template ?? DEFAULT_TEMPLATE)
    : fromApp(name, folder, options.fromApp, options));
  const { findLab } = await import('../labs/catalogue.js');
  findLab(folder); // what does not parse must not be handed over
  const path = relative('.', folder);
  const shown = path.startsWith('.') ? path : `./${path}`;
  console.log(`made ${shown}\n  lazurite lab lint ${shown}\n  lazurite lab run ${shown}`);
}

async function fromTemplate(name: string, folder: string, template: string): Promise<void> {
  const [{ findLab }, { writeLab }, { copyTemplate }] = await Promise.all([
    import('../labs/catalogue.js'),
    import('../labs/authoring/write-lab.js'),
    import('../labs/authoring/lab-of-template.js'),
  ]);
  const lab = findLab(template);
  await writeLab(folder, (staging) => {
    copyTemplate(lab, name, staging);
  });
}

async function fromApp(
  name: string,
  folder: string,
  appName: string,
  options: NewOptions,
): Promise<void> {
  const [{ captureApp }, { experimentOf, imagesOf }, { definitionOfApp }, { filesOfApp }, writing] =
    await Promise.all([
      import('../labs/authoring/captured-app.js'),
      import('../labs/authoring/experiment-of-app.js'),
      import('../labs/authoring/lab-of-app.js'),
      import('../labs/authoring/app-files.js'),
      import('../labs/authoring/write-lab.js'),
    ]);
  const { home } = connectTo(options.home);
  const status = await appStatus(appName, options);
  const az = askAzOf(home);
  const app = await captureApp(az, { name: appName, resourceGroup: status.resourceGroup });
  const experiment = experimentOf(app);
  await writing.writeLab(folder, async (staging) => {
    const images = await captureImages(app, imagesOf(app), az, staging);
    const { cause = 'it fails', fix = 'to be found' } = status.diagnosis ?? {};
    writing.writeFiles(staging, [
      ...filesOfApp(experiment, images),
      { path: 'captured/system-log.json', content: JSON.stringify(app.rows, null, 2) + '\n' },
      { path: 'lab.yaml', content: definitionOfApp(name, app, experiment, { cause, fix }) },
    ]);
  });
}

async function appStatus(name: string, options: NewOptions): Promise<AppStatus> {
  const { apps } = await fetchStatus(options.home);
  const found = apps.filter(
    (app) =>
      app.name === name && (options.resourceGroup ?? app.resourceGroup) === app.resourceGroup,
  );
  const [only] = found;
  if (only && found.length === 1) return only;
  throw new Failure(only ? `several apps are called ${name}` : `no app is called ${name}`, {
    why: `there are: ${apps.map((app) => `${app.name} in ${app.resourceGroup}`).join(', ') || 'none'}`,
    help: only ? `add --resource-group ${only.resourceGroup}` : 'lazurite status',
    exitCode: 2,
  });
}

/** `az` of this Lazurite, with JSON as its answer; a log is JSON line by line. */
function askAzOf(home: string): AskAz {
  return async (...args) => {
    const { stdout } = await command(['az', ...args, '--output', 'json'], { LAZURITE_HOME: home });
    const lines = stdout.trim().split('\n');
    // JSON.parse answers JSON by definition
    if (args.includes('logs')) return lines.map((line) => JSON.parse(line) as Json);
    return stdout.trim() === '' ? null : (JSON.parse(stdout) as Json);
  };
}

async function command(
  args: readonly string[],
  environment: Record<string, string>,
): Promise<{ stdout: string }> {
  try {
    return await run(process.execPath, [ENTRY, ...args], {
      env: { ...process.env, ...environment },
      maxBuffer: 64 * 1024 ** 2,
    });
  } catch (error) {
    const said = isFailedCommand(error) ? error.stderr.trim() : '';
    throw new Failure(`lazurite ${args.slice(0, 4).join(' ')} failed`, { why: said, cause: error });
  }
}

function isFailedCommand(error: unknown): error is { stderr: string } {
  return typeof error === 'object' && error !== null && 'stderr' in error;
}

/** Copies each image into one layout; one that can't be read is what fails, and is left out. */
async function captureImages(
  app: CapturedApp,
  images: readonly string[],
  az: AskAz,
  staging: string,
): Promise<CapturedImage[]> {
  const captured: CapturedImage[] = [];
  const config = mkdtempSync(join(tmpdir(), 'lazurite-capture-'));
  try {
    writeFileSync(join(config, 'config.json'), await dockerConfig(app, az), { mode: 0o600 });
    for (const image of images) {
      const layoutTag = `image-${captured.length + 1}`;
      const target = `oci:${join(staging, 'images')}:${layoutTag}`;
      try {
        await command(['image', 'copy', image, target], { DOCKER_CONFIG: config });
        captured.push({ name: image.slice(image.indexOf('/') + 1), layoutTag });
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        console.error(`not captured: ${image}: ${error.why?.split('\n')[0] ?? error.message}`);
      }
    }
    return captured;
  } finally {
    rmSync(config, { recursive: true, force: true });
  }
}

async function dockerConfig({ registries }: CapturedApp, az: AskAz): Promise<string> {
  const auths: Record<string, { auth: string }> = {};
  for (const [server, name] of registries) {
    const shown = await az('acr', 'credential', 'show', '--name', name).catch(() => null);
    const passwords = isJsonObject(shown) ? shown['passwords'] : [];
    const first = Array.isArray(passwords) ? passwords[0] : undefined;
    const password = isJsonObject(first) ? textOf(first['value']) : '';
    if (password === '') continue; // without its admin user the registry gives nothing away
    auths[server] = { auth: Buffer.from(`${name}:${password}`).toString('base64') };
  }
  return JSON.stringify({ auths });
}
