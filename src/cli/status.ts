import type { Command } from 'commander';
import type { NetworkInfo } from '../runtime/runtime.js';
import type { AppStatus, LazuriteStatus } from '../server/status.js';
import { connectTo } from './connection.js';
import { formatTable } from './table.js';

export function registerStatusCommand(program: Command): void {
  program
    .command('status')
    .description('what runs: endpoints, registries, apps and what ails them')
    .option('--home <dir>', 'home folder (default: $LAZURITE_HOME, else ~/.lazurite)')
    .option('--json', 'print a JSON object')
    .action(async (options: { home?: string; json?: boolean }) => {
      const status = await fetchStatus(options.home);
      console.log(options.json ? JSON.stringify(status, null, 2) : formatStatus(status));
    });
}

export async function fetchStatus(home?: string): Promise<LazuriteStatus> {
  return (await connectTo(home).call({
    method: 'GET',
    path: '/lazurite/status',
  })) as LazuriteStatus;
}

export function formatStatus(status: LazuriteStatus): string {
  const { runtime } = status;
  const limits = [runtime.limits.cpu && 'cpu', runtime.limits.memory && 'memory'].filter(Boolean);
  const lines = [
    formatTable([
      ['version', `${status.version} (process ${status.pid})`],
      ['home', status.home],
      ['gateway', status.gateway],
      ['runtime', describeDriver(runtime)],
      ['', runtime.why],
      ['', runtime.reason],
      ['network', formatNetwork(runtime.network)],
      ['', runtime.network.reason],
      ['limits', limits.length > 0 ? `${limits.join(' and ')} enforced` : 'none enforced'],
      ...(runtime.limits.reason ? [['', runtime.limits.reason]] : []),
      ['images', `for ${status.requiredPlatform}; admission ${status.imageAdmission}`],
    ]),
  ];
  if (status.registries.length > 0) {
    const rows = status.registries.map(({ name, loginServer, url }) => [name, loginServer, url]);
    lines.push('', formatTable([['REGISTRY', 'LOGIN SERVER', 'URL'], ...rows]));
  }
  if (status.apps.length > 0) lines.push('', formatApps(status.apps));
  return lines.join('\n');
}

function describeDriver({ driver, isolation, engine }: LazuriteStatus['runtime']): string {
  return driver === 'docker' ? `docker, ${engine ?? ''}` : `${driver}, isolation ${isolation}`;
}

/** What replicas reach, in a line. */
export function formatNetwork({ egress, gateway }: NetworkInfo): string {
  switch (egress) {
    case 'host':
      return "this machine's own; apps don't find each other by name";
    case 'none':
      return `NO WAY OUT for replicas; they reach ${gateway ? 'each other and Lazurite' : 'nothing'}`;
    default:
      return `one for each replica, with a way out by ${egress}`;
  }
}

function formatApps(apps: readonly AppStatus[]): string {
  const rows = apps.map((app) => [
    app.name,
    app.latestRevision ?? '-',
    app.healthState,
    app.runningState,
    app.url ?? '-',
  ]);
  const table = formatTable([['APP', 'LATEST REVISION', 'HEALTH', 'STATE', 'URL'], ...rows]);
  const diagnoses = apps.flatMap((app) => formatDiagnosis(app));
  return [table, ...diagnoses].join('\n');
}

/** The cause in a sentence, what shows it, and the command that repairs it. */
export function formatDiagnosis({ name, diagnosis }: AppStatus): string[] {
  if (!diagnosis) return [];
  return [
    '',
    `${name}: ${diagnosis.cause}`,
    ...diagnosis.evidence.map((row) => `  seen: ${row}`),
    `  fix:  ${diagnosis.fix}`,
  ];
}
