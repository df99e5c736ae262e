import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { format, resolveConfig } from 'prettier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { guide } from '../seeds/guide.js';
import { mismatch } from '../seeds/mismatch.js';
import { pullFailure } from '../seeds/pull-failure.js';
import { renderSeedSteps, type Outcome } from '../seeds/render.js';
import { Shell, type Seen } from '../seeds/shell.js';
import type { SeedStep } from '../seeds/step.js';
import { ENTRY } from '../support/lazurite-command.js';
import { openPrivateMachine, type PrivateMachine } from '../support/private-machine.js';
import { findStockAz } from '../support/stock-az.js';
import { startPrivateBuildkit, startPrivateDockerd } from './private-daemons.js';
import { findTool } from './registry-command.js';

// Every command of the three documents, as they are written, against Azure's own names.

const DOCUMENTS = [mismatch, pullFailure, guide];
const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const REFERENCE = join(REPOSITORY, 'docs', 'reference', 'seed-steps.md');
const BROWSER = `${join(REPOSITORY, 'test', 'support', 'browser.mjs')} %s &`;
const TOOLS = ['dockerd', 'docker', 'docker-buildx', 'buildkitd', 'runc', 'curl', 'nsenter'];

const stockAz = findStockAz();
const missing = [
  ...(stockAz === undefined ? ['az'] : []),
  ...TOOLS.filter((tool) => findTool(tool) === undefined),
  ...(process.getuid?.() === 0 ? [] : ['root']),
];
if (missing.length > 0 && process.env['LAZURITE_REQUIRE_CLIENTS'] === '1') {
  throw new Error(`LAZURITE_REQUIRE_CLIENTS=1, but there is no ${missing.join(', no ')}`);
}

type Fields = Record<string, string>;

describe.skipIf(missing.length > 0)('the steps of the documents', () => {
  let directory: string;
  let machine: PrivateMachine;
  let environment: NodeJS.ProcessEnv;
  const stops: (() => Promise<unknown>)[] = [];
  const outcomes: Outcome[] = [];

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'lazurite-seeds-'));
    machine = await openPrivateMachine(directory);
    const up = ['up', '--azure-names', '--detach', '--port', '0'];
    await lazurite(...up);
    stops.push(() => lazurite('down'));
    const variables = JSON.parse(await lazurite('env', '--json')) as Record<string, string>;
    const dockerd = await startPrivateDockerd(machine, directory);
    const buildkit = await startPrivateBuildkit(machine, directory, variables);
    stops.push(dockerd.close, buildkit.close);
    environment = {
      ...process.env,
      ...variables,
      ...readersTools(directory),
      BUILDKIT: buildkit.address,
      DOCKER_HOST: dockerd.address,
      LAZURITE_HOME: join(directory, 'home'),
      HOME: directory,
      SCRATCH: directory,
      BROWSER,
    };
  });
  afterAll(async () => {
    if (process.env['LAZURITE_WRITE_DOCS'] === '1') await writeReference();
    for (const stop of stops.reverse()) await stop();
    await machine.close();
    rmSync(directory, { recursive: true, force: true });
  });

  async function writeReference(): Promise<void> {
    const ask = async (...argv: string[]): Promise<string> =>
      (await machine.run(argv, environment)).stdout.trim();
    const azVersion = JSON.parse(await ask('az', 'version', '--output', 'json')) as Fields;
    const docker = await ask('docker', 'version', '--format', '{{.Client.Version}}');
    const buildx = (await ask('docker', 'buildx', 'version')).split(' ')[1] ?? '';
    const versions = `az ${azVersion['azure-cli'] ?? ''}, docker ${docker}, buildx ${buildx}`;
    const date = new Date().toISOString().slice(0, 10);
    const text = renderSeedSteps({ documents: DOCUMENTS, outcomes, versions, date });
    const options = (await resolveConfig(REFERENCE)) ?? {};
    writeFileSync(REFERENCE, await format(text, { ...options, filepath: REFERENCE }));
  }

  async function lazurite(...argv: string[]): Promise<string> {
    const command = [process.execPath, ENTRY, ...argv, '--home', join(directory, 'home')];
    const { exitCode, stdout, stderr } = await machine.run(command);
    if (exitCode !== 0) throw new Error(`lazurite ${argv.join(' ')}\n${stderr}`);
    return stdout;
  }

  describe.each(DOCUMENTS)('$title', ({ title, steps }) => {
    let shell: Shell;
    beforeAll(() => {
      const run = (argv: readonly string[]) => machine.run(argv, environment);
      shell = new Shell(run, join(directory, `shell-${title[0]!}`), REPOSITORY);
    });

    it.each(steps)('$id $title', { timeout: 300_000 }, async (step) => {
      if (step.before !== undefined) {
        const { exitCode, output } = await shell.run(step.before);
        expect(exitCode, output).toBe(0);
      }
      const seen = await runUntilSeen(shell, step);
      const missed = complaints(step, seen);
      outcomes.push({ step, passed: missed.length === 0 });
      expect(missed, seen.output).toEqual([]);
    });
  });
});

/** PATH with the stock clients, as a reader has it; docker's plugin where docker looks for it. */
function readersTools(directory: string): NodeJS.ProcessEnv {
  const bin = join(directory, 'bin');
  const plugins = join(directory, '.docker', 'cli-plugins');
  mkdirSync(bin);
  mkdirSync(plugins, { recursive: true });
  symlinkSync(stockAz!, join(bin, 'az'));
  symlinkSync(findTool('docker-buildx')!, join(plugins, 'docker-buildx'));
  const script = `#!/bin/sh\nexec ${process.execPath} ${ENTRY} "$@"\n`;
  writeFileSync(join(bin, 'lazurite'), script, { mode: 0o755 });
  return { PATH: [bin, dirname(findTool('docker')!), process.env['PATH']].join(delimiter) };
}

/** Runs the command, and again while it may take its time to be seen. */
async function runUntilSeen(shell: Shell, step: SeedStep): Promise<Seen> {
  const deadline = Date.now() + (step.within ?? 0) * 1000;
  for (;;) {
    const seen = await shell.run(step.command);
    if (complaints(step, seen).length === 0 || Date.now() > deadline) return seen;
    await delay(500);
  }
}

/** What is not as the document says; empty when all is. */
function complaints(step: SeedStep, { exitCode, output }: Seen): string[] {
  const has = (what: RegExp | string): boolean =>
    typeof what === 'string' ? output.includes(what) : what.test(output);
  const refused = exitCode !== 0;
  return [
    ...(refused === (step.exit === 'refused') ? [] : [`exit code ${exitCode}`]),
    ...step.see.filter((what) => !has(what)).map((what) => `not seen: ${String(what)}`),
    ...(step.never ?? []).filter(has).map((what) => `seen: ${String(what)}`),
  ];
}
