// npm run bench:apps -- [--quick] [--rounds N] [--cases start,many,ingress,split,zero] [--output FILE]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import { median } from '../control/measure.js';
import { cpuSeconds, residentMiB } from '../machine.js';
import { findProgram } from '../peers.js';
import { Targets } from '../targets.js';
import { openPeers, type Peer } from './engines.js';
import { load, startHello, startNginx, type LoadSample } from './load.js';
import { firstAnswer, openAppWorld, type AppWorld } from './world.js';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    cases: { type: 'string', default: 'start,many,ingress,split,zero' },
    output: { type: 'string', default: fileURLToPath(new URL('../APPS.md', import.meta.url)) },
  },
});
const quick = values.quick;
const rounds = Number(values.rounds ?? (quick ? 3 : 15));
const MANY = quick ? 10 : 50;
const IDLE_MS = quick ? 5_000 : 60_000;
const LOAD_SECONDS = quick ? 2 : 10;
const SPLIT = { requests: quick ? 2_000 : 10_000, weight: 80 };
const CONNECTIONS = 32;
/** The workload, which is not Lazurite. */
const PROGRAM = ['hello'];
/** What runs it, one process for each container at isolation `oci`. */
const ENGINES = ['runc', 'crun', ...PROGRAM];
/** Below the ports that the kernel gives to clients. */
const PORTS = 21_000;

const targets = new Targets();
const notes: string[] = [];
const directory = mkdtempSync('/tmp/lzb-');
const world = await openAppWorld(directory);
let peers: Peer[] = [];
try {
  peers = await openPeers(directory);
  const cases = { start, many, ingress, split, zero };
  for (const [name, run] of Object.entries(cases)) {
    if (!values.cases.split(',').includes(name)) continue;
    console.log(name);
    await run(world);
  }
} finally {
  for (const peer of peers) await peer.close().catch(console.error);
  await world.stop();
  rmSync(directory, { recursive: true, force: true });
}
const report = await format(writeReport(), { parser: 'markdown', printWidth: 120 });
writeFileSync(values.output, report);
console.log(`\n${report}`);

/** An update of an app whose image is here, against a new container; each in turn. */
async function start({ putApp, urlOf, deleteApps }: AppWorld): Promise<void> {
  const times = new Map<string, number[]>();
  const add = (name: string, ms: number): unknown =>
    times.set(name, [...(times.get(name) ?? []), ms]);
  await putApp('start');
  const url = await urlOf('start');
  await firstAnswer(url, 'start');
  for (let round = 0; round < rounds; round++) {
    const message = `round ${round}`;
    const started = performance.now();
    await putApp('start', { message });
    await firstAnswer(url, message);
    add('Lazurite, update', performance.now() - started);
    for (const peer of peers) {
      const begun = performance.now();
      const id = await peer.start(PORTS, message);
      add(peer.name, performance.now() - begun);
      await peer.remove([id]);
    }
  }
  const own = median(times.get('Lazurite, update') ?? []);
  for (const { name } of peers) {
    const theirs = median(times.get(name) ?? []);
    targets.tell({
      what: `update with a cached image, from the request to the first 200 of the new revision, against \`${name}\` to its first`,
      target: '≤ 1.00×',
      measured: `${(own / theirs).toFixed(2)}× (${own.toFixed(0)} ms, ${theirs.toFixed(0)} ms)`,
      met: own <= theirs,
    });
  }
  await deleteApps(['start']);
}

/** Many apps at once, and what Lazurite needs while nobody asks them anything. */
async function many({ putApp, urlOf, deleteApps, pid }: AppWorld): Promise<void> {
  const names = Array.from({ length: MANY }, (_, index) => `many${index}`);
  const started = performance.now();
  await Promise.all(
    names.map(async (name) => {
      await putApp(name);
      await firstAnswer(await urlOf(name), name);
    }),
  );
  const own = (performance.now() - started) / 1000;
  await idle(pid);
  await deleteApps(names);
  for (const peer of peers) {
    const begun = performance.now();
    const ids = await Promise.all(names.map((name, index) => peer.start(PORTS + index, name)));
    const theirs = (performance.now() - begun) / 1000;
    await peer.remove(ids);
    targets.tell({
      what: `${MANY} apps until each has answered, against ${MANY} × \`${peer.name}\` at once`,
      target: '≤ 1.00×',
      measured: `${(own / theirs).toFixed(2)}× (${own.toFixed(1)} s, ${theirs.toFixed(1)} s)`,
      met: own <= theirs,
    });
  }
}

async function idle(pid: number): Promise<void> {
  await delay(quick ? 1_000 : 10_000); // until what the start left to be done is done
  const before = [cpuSeconds(pid, ENGINES), cpuSeconds(pid, PROGRAM)] as const;
  await delay(IDLE_MS);
  const percent = (now: number, then: number): number => ((now - then) / (IDLE_MS / 1000)) * 100;
  const share = percent(cpuSeconds(pid, ENGINES), before[0]);
  const memory = residentMiB(pid, ENGINES);
  const all = percent(cpuSeconds(pid, PROGRAM), before[1]).toFixed(2);
  notes.push(
    `- With the OCI engine's own processes, one for each container: ${all} % and ${residentMiB(pid, PROGRAM).toFixed(0)} MiB, what they share counted each time.`,
  );
  targets.tell({
    what: `processor time of Lazurite and its helpers with ${MANY} apps that nobody asks`,
    target: '< 1 %',
    measured: `${share.toFixed(2)} %`,
    met: share < 1,
  });
  targets.tell({
    what: `their memory (resident, helpers included)`,
    target: '< 150 MiB',
    measured: `${memory.toFixed(0)} MiB`,
    met: memory < 150,
  });
}

/** The way through the ingress, against the way through nginx and the direct one. */
async function ingress({ putApp, urlOf, deleteApps, pid }: AppWorld): Promise<void> {
  const hello = await startHello(PORTS + 100);
  const nginx =
    findProgram('nginx') === undefined
      ? undefined
      : await startNginx(directory, PORTS + 101, PORTS + 100);
  try {
    await putApp('ingress', { silent: true });
    const url = await urlOf('ingress');
    await firstAnswer(url, 'ingress');
    const own = (): number => cpuSeconds(pid, PROGRAM);
    const one = { connections: 1, seconds: LOAD_SECONDS };
    const direct = await load(hello.url, { ...one, cpu: () => 0 });
    const through = await load(url, { ...one, cpu: own });
    const added = through.median - direct.median;
    targets.tell({
      what: 'latency that the ingress adds, median, one connection',
      target: '< 1 ms',
      measured: `${added.toFixed(3)} ms (${through.median.toFixed(3)} ms; ${direct.median.toFixed(3)} ms direct)`,
      met: added < 1,
    });
    const busy = { connections: CONNECTIONS, seconds: LOAD_SECONDS };
    const loaded = await load(url, { ...busy, cpu: own });
    if (nginx) {
      const peer = await load(nginx.url, { ...busy, cpu: () => cpuSeconds(nginx.pid) });
      compareWithNginx(loaded, peer);
    }
  } finally {
    await nginx?.stop();
    await hello.stop();
  }
  await deleteApps(['ingress']);
}

function compareWithNginx(own: LoadSample, peer: LoadSample): void {
  const share = (own.perCpuSecond / peer.perCpuSecond) * 100;
  targets.tell({
    what: `proxied requests for a second of processor time, ${CONNECTIONS} connections, against nginx with one worker`,
    target: '≥ 20 % (aim 35 %)',
    measured: `${share.toFixed(0)} % (${own.perCpuSecond.toFixed(0)}, ${peer.perCpuSecond.toFixed(0)})`,
    met: share >= 20,
  });
  notes.push(
    `- Requests a second through the ingress: ${own.requestsPerSecond.toFixed(0)}; through nginx: ${peer.requestsPerSecond.toFixed(0)}.`,
  );
}

/** Whether weights are kept. */
async function split({ putApp, urlOf, deleteApps }: AppWorld): Promise<void> {
  await putApp('split', { suffix: 'a', message: 'a', traffic: {} });
  const shares = { a: SPLIT.weight, b: 100 - SPLIT.weight };
  await putApp('split', { suffix: 'b', message: 'b', traffic: { a: 100 } });
  await putApp('split', { suffix: 'b', message: 'b', traffic: shares });
  const url = await urlOf('split');
  await firstAnswer(url, 'b');
  const counts: Record<string, number> = {};
  const ask = async (): Promise<void> => {
    const { message } = (await (await fetch(url)).json()) as { message: string };
    counts[message] = (counts[message] ?? 0) + 1;
  };
  for (let sent = 0; sent < SPLIT.requests; sent += CONNECTIONS) {
    const left = Math.min(CONNECTIONS, SPLIT.requests - sent);
    await Promise.all(Array.from({ length: left }, ask));
  }
  const share = ((counts['a'] ?? 0) / SPLIT.requests) * 100;
  targets.tell({
    what: `share of a revision with ${SPLIT.weight} % of the traffic, ${SPLIT.requests} requests`,
    target: `${SPLIT.weight} ± 1 %`,
    measured: `${share.toFixed(2)} %`,
    met: Math.abs(share - SPLIT.weight) <= 1,
  });
  await deleteApps(['split']);
}

/** The first answer of an app without a replica, against an update's. */
async function zero({ putApp, urlOf, deleteApps, call }: AppWorld): Promise<void> {
  const fromZero: number[] = [];
  const updates: number[] = [];
  for (let round = 0; round < Math.min(rounds, 5); round++) {
    const [up, down] = [`up${round}`, `zero${round}`];
    await putApp(up);
    const updated = await urlOf(up);
    await firstAnswer(updated, up);
    const started = performance.now();
    await putApp(up, { message: 'again' });
    await firstAnswer(updated, 'again');
    updates.push(performance.now() - started);
    await putApp(down, { minReplicas: 0, cooldownPeriod: 1 });
    const url = await urlOf(down);
    await firstAnswer(url, down);
    await untilGone(call, down);
    const asked = performance.now();
    await firstAnswer(url, down);
    fromZero.push(performance.now() - asked);
    await deleteApps([up, down]);
  }
  const [own, reference] = [median(fromZero), median(updates)];
  targets.tell({
    what: 'first answer of an app that has scaled to zero, against an update',
    target: '≤ 1.50×',
    measured: `${(own / reference).toFixed(2)}× (${own.toFixed(0)} ms, ${reference.toFixed(0)} ms)`,
    met: own <= 1.5 * reference,
  });
}

async function untilGone(call: AppWorld['call'], name: string): Promise<void> {
  const app = `~/resourceGroups/rg/providers/Microsoft.App/containerApps/${name}`;
  const { properties } = (await call('GET', app)) as { properties: Record<string, unknown> };
  const revision = String(properties['latestRevisionName']);
  for (;;) {
    const { value } = (await call('GET', `${app}/revisions/${revision}/replicas`)) as {
      value: unknown[];
    };
    if (value.length === 0) return;
    await delay(50);
  }
}

function writeReport(): string {
  return [
    '# Container Apps benchmark',
    '',
    `\`npm run bench:apps\`, ${targets.when}, ${rounds} rounds, each in turn; medians.`,
    ...(quick ? ['', '**A quick run: orders of magnitude only.**'] : []),
    '',
    targets.machine,
    `- Lazurite: the embedded runtime, over plain HTTP, with requests to the control plane counted.`,
    ...peers.map(
      ({ name, version }) => `- \`${name}\`: ${version}; a port published, the image loaded.`,
    ),
    ...(peers.length === 0 ? ['- Neither docker nor podman is installed.'] : []),
    ...notes,
    '',
    ...targets.table,
    '',
  ].join('\n');
}
