import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import type { Case, Unit } from './cases.js';
import { isNoisy, type Sample } from './measure.js';
import { versionOf, type Peer } from './peers.js';

export interface Footprint {
  startMs: number;
  idleMiB: number;
  peakReadingMiB: number;
  peakWritingMiB: number;
}

export interface Results {
  quick: boolean;
  rounds: number;
  peers: readonly Peer[];
  /** Labels of what is not installed. */
  missing: readonly string[];
  cases: readonly Case[];
  /** By `PEER CASE`, one a round. */
  samples: Map<string, Sample[]>;
  /** By peer, one a round. */
  footprints: Map<string, Footprint[]>;
}

const ANCHOR = 'docker-registry';
const SELF = 'lazurite';
const MAX_PEAK_MIB = 150;
const CPU_UNIT: Record<Unit, { name: string; scale: number }> = {
  requests: { name: 'µs a request', scale: 1e6 },
  MiB: { name: 's a GiB', scale: 1 },
  images: { name: 'ms an image', scale: 1e3 },
};

/** The results as Markdown. */
export function writeReport(results: Results, seconds: number): string {
  return [
    '# Registry benchmark',
    '',
    ...preamble(results, seconds),
    '',
    '## Against the targets',
    '',
    ...targetTable(results),
    '',
    '## Every server',
    '',
    'Speed (requests, MiB or images a second) and, in brackets, the processor time of the server. Medians;',
    '`~` marks a case during which other programs had more than a fifth of the machine.',
    '',
    ...fullTable(results),
    '',
    '## Start and memory',
    '',
    ...footprintTable(results),
    '',
  ].join('\n');
}

function preamble({ quick, rounds, peers, missing }: Results, seconds: number): string[] {
  const cpuInfo = readFileSync('/proc/cpuinfo', 'utf8');
  const memory = Math.round(totalmem() / 2 ** 30);
  const date = new Date().toISOString().slice(0, 10);
  return [
    `\`npm run bench${quick ? ' -- --quick' : ''}\`, ${date}, ${Math.round(seconds)} s, ${rounds}`,
    `${rounds === 1 ? 'round' : 'interleaved rounds'}, each with freshly started servers; medians and ratios of medians.`,
    '',
    `- Machine: ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, SHA extensions: ${/\bsha_ni\b/.test(cpuInfo) ? 'yes' : 'no'}, ${memory} GiB, Linux ${release()}. Clients and servers share it, over loopback.`,
    `- Measured: ${peers.map((peer) => `${peer.label} ${versionOf(peer)}`).join('; ')}.`,
    ...(missing.length > 0 ? [`- Not installed, so left out: ${missing.join(', ')}.`] : []),
    '- zot is not measured: its module is not to be had from the Go module proxy used here.',
    '- Lazurite is `lazurite registry serve` as users run it: one process, authentication on (a bearer token, checked at each request), name validation and metrics on. The others run without authentication, docker-registry and distribution with their descriptor cache and without an access log.',
    '- Acknowledged bytes are on disk (fsync) with Lazurite, docker-registry and distribution; olareg does not sync.',
    '- What is read has been read once before, so that it comes from memory. Processor time is user and system of the server and its children, from /proc.',
  ];
}

function targetTable(results: Results): string[] {
  const rows = results.cases
    .filter(({ target }) => target !== undefined)
    .map((each) => {
      const ours = medianOf(results, SELF, each);
      const theirs = medianOf(results, ANCHOR, each);
      if (ours === undefined || theirs === undefined) return undefined;
      const speed = ours.speed / theirs.speed;
      const cpu = ours.cpu / theirs.cpu;
      const { speed: least = 0, cpu: most = Infinity } = each.target ?? {};
      const speeds = ratios(results, each);
      const range = speeds.length > 1 ? ` [${speeds.map(times).join(' – ')}]` : '';
      const targets = [`≥ ${times(least)}`, ...(most < Infinity ? [`CPU ≤ ${share(most)}`] : [])];
      const isMet = speed >= least && cpu <= most;
      const noise = ours.isNoisy || theirs.isNoisy ? ' ~' : '';
      const verdict = isMet ? 'met' : '**missed**';
      return `| ${each.label} | ${targets.join(', ')} | ${times(speed)}${range}${noise} | ${share(cpu)} | ${verdict} |`;
    });
  const peaks = results.footprints
    .get(SELF)
    ?.flatMap((each) => [each.peakReadingMiB, each.peakWritingMiB]);
  const peak = Math.max(...(peaks ?? [NaN]));
  const memory = `| memory at its peak, under any of these loads | ≤ ${MAX_PEAK_MIB} MiB | ${peak.toFixed(0)} MiB | | ${peak <= MAX_PEAK_MIB ? 'met' : '**missed**'} |`;
  return [
    '| operation | target, against docker-registry | speed [per round] | CPU | |',
    '|---|---|---|---|---|',
    ...rows.filter((row) => row !== undefined),
    memory,
  ];
}

function fullTable({ peers, cases, ...rest }: Results): string[] {
  const head = `| operation | CPU in | ${peers.map(({ label }) => label).join(' | ')} |`;
  const rule = `|---|---|${'---|'.repeat(peers.length)}`;
  const rows = cases.map((each) => {
    const { name, scale } = CPU_UNIT[each.unit];
    const cells = peers.map((peer) => {
      const median = medianOf({ peers, cases, ...rest }, peer.key, each);
      if (median === undefined) return '–';
      const cpu = (median.cpu * scale).toLocaleString('en', { maximumSignificantDigits: 3 });
      return `${round(median.speed)} (${cpu})${median.isNoisy ? ' ~' : ''}`;
    });
    return `| ${each.label} | ${name} | ${cells.join(' | ')} |`;
  });
  return [head, rule, ...rows];
}

function footprintTable({ peers, footprints }: Results): string[] {
  const rows = peers.map((peer) => {
    const all = footprints.get(peer.key) ?? [];
    const cell = (field: keyof Footprint): string =>
      all.length === 0 ? '–' : median(all.map((each) => each[field])).toFixed(0);
    const peakWriting = peer.isRegistry ? cell('peakWritingMiB') : '–';
    return `| ${peer.label} | ${cell('startMs')} | ${cell('idleMiB')} | ${cell('peakReadingMiB')} | ${peakWriting} |`;
  });
  return [
    '| server | start to first answer, ms | idle, MiB | peak while read, MiB | peak while written, MiB |',
    '|---|---|---|---|---|',
    ...rows,
  ];
}

function medianOf({ samples }: Results, peer: string, each: Case) {
  const all = samples.get(`${peer} ${each.id}`);
  if (all === undefined || all.length === 0) return undefined;
  return {
    speed: median(all.map(({ speed }) => speed)),
    cpu: median(all.map(({ cpu }) => cpu)),
    isNoisy: all.filter(isNoisy).length * 2 > all.length,
  };
}

/** Slowest and fastest round, against the anchor in the same round. */
function ratios({ samples }: Results, each: Case): number[] {
  const ours = samples.get(`${SELF} ${each.id}`) ?? [];
  const theirs = samples.get(`${ANCHOR} ${each.id}`) ?? [];
  const all = ours.map(({ speed }, at) => speed / (theirs[at]?.speed ?? NaN));
  return all.length < 2 ? all : [Math.min(...all), Math.max(...all)];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? NaN) + high) / 2;
}

function times(value: number): string {
  return `${value >= 20 ? value.toFixed(0) : value.toPrecision(3)}×`;
}

function share(value: number): string {
  return value < 0.2 ? `1/${Math.round(1 / value)}` : value.toFixed(2);
}

function round(value: number): string {
  return Math.round(value).toLocaleString('en');
}
