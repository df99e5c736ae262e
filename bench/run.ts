// Besides Debian's docker-registry, nginx and wrk: what .ci/go-tool builds is measured too, e.g.
//   .ci/go-tool distribution github.com/distribution/distribution/v3 v3.1.2 ./cmd/registry
//   .ci/go-tool olareg github.com/olareg/olareg v0.1.2 ./cmd/olareg
// npm run bench -- [--quick] [--rounds N] [--peers lazurite,docker-registry] [--cases get,put] [--output FILE]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import { CASES, type Case, type CaseContext } from './cases.js';
import { buildLoadClient } from './clients.js';
import { makeContent, type Content } from './content.js';
import { measure, type Sample } from './measure.js';
import { findProgram, installedPeers, startServer, type Peer, type Server } from './peers.js';
import { writeReport, type Footprint, type Results } from './report.js';
import { seed } from './seed.js';

/** Later than this no case is repeated, so that a run ends within twelve minutes on a busy machine. */
const REPEAT_MS = 3 * 60_000;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    peers: { type: 'string', default: '' },
    cases: { type: 'string', default: '' },
    output: { type: 'string', default: fileURLToPath(new URL('RESULTS.md', import.meta.url)) },
  },
});
const split = (text: string): string[] => text.split(',').filter((part) => part !== '');
const quick = values.quick;
const rounds = Number(values.rounds ?? (quick ? 1 : 3));
const prefixes = split(values.cases);
const cases = CASES.filter(
  ({ id }) => prefixes.length === 0 || prefixes.some((prefix) => id.startsWith(prefix)),
);

for (const tool of ['cc', 'wrk']) {
  if (findProgram(tool) === undefined) throw new Error(`the benchmark needs ${tool}`);
}
const { peers, missing } = installedPeers(split(values.peers));
if (missing.length > 0) console.log(`not installed, left out: ${missing.join(', ')}`);

const directory = mkdtempSync(join(tmpdir(), 'lazurite-bench-'));
const results: Results = {
  quick,
  rounds,
  peers,
  missing,
  cases,
  samples: new Map(),
  footprints: new Map(),
};
const started = Date.now();
try {
  buildLoadClient(directory);
  console.log('making content');
  const content = makeContent(join(directory, 'content'), quick);
  for (const peer of peers) {
    console.log(`seeding ${peer.label}`);
    await seed(peer, join(directory, peer.key), content);
  }
  for (let round = 1; round <= rounds; round++) {
    for (const peer of peers) await runRound(peer, content, round);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
const report = await format(writeReport(results, (Date.now() - started) / 1000), {
  parser: 'markdown',
});
writeFileSync(values.output, report);
console.log(`\n${report}`);

/** A fresh server for reading and one for writing. */
async function runRound(peer: Peer, content: Content, round: number): Promise<void> {
  console.log(`round ${round}: ${peer.label}`);
  const footprint: Footprint = { startMs: 0, idleMiB: 0, peakReadingMiB: 0, peakWritingMiB: 0 };
  const reading = await startServer(peer, join(directory, peer.key));
  footprint.startMs = reading.startMs;
  footprint.idleMiB = reading.residentMiB();
  await runCases(reading, content, 'seeded');
  footprint.peakReadingMiB = reading.peakMiB();
  await reading.stop();
  if (peer.isRegistry) {
    const empty = join(directory, `${peer.key}-empty`);
    const writing = await startServer(peer, empty);
    await runCases(writing, content, 'empty');
    footprint.peakWritingMiB = writing.peakMiB();
    await writing.stop();
    rmSync(empty, { recursive: true, force: true });
  }
  const all = results.footprints.get(peer.key) ?? [];
  results.footprints.set(peer.key, [...all, footprint]);
}

async function runCases(server: Server, content: Content, over: Case['over']): Promise<void> {
  const mayRepeat = !quick && Date.now() < started + REPEAT_MS;
  const context: CaseContext = { server, content, quick, mayRepeat, directory };
  for (const each of cases.filter(
    (candidate) => candidate.over === over && fits(candidate, server.peer),
  )) {
    // Once before the clock: to warm up, and so that every server has read the files into the cache.
    if (over === 'seeded') await each.run({ ...context, quick: true });
    const sample = await measure(each, context);
    const key = `${server.peer.key} ${each.id}`;
    const samples: Sample[] = results.samples.get(key) ?? [];
    results.samples.set(key, [...samples, sample]);
    const { speed, cpu, foreign } = sample;
    console.log(
      `  ${each.id}: ${speed.toFixed(0)}/s, ${cpu.toPrecision(3)} s, ${(foreign * 100).toFixed(0)} % foreign`,
    );
  }
}

function fits(each: Case, peer: Peer): boolean {
  if (peer.lacks?.[each.id] !== undefined) return false;
  return peer.isRegistry || each.file !== undefined;
}
