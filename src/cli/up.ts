import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { Failure } from '../base/failure.js';
import {
  ISOLATION_LEVELS,
  RUNTIME_CHOICES,
  type IsolationLevel,
  type RuntimeChoice,
} from '../runtime/runtime.js';
import { Home, homeDirectory } from '../server/home.js';
import type { ImageAdmission } from '../apps/image-admission.js';
import type { LazuriteStatus } from '../server/status.js';
import { formatStatus } from './status.js';

interface UpOptions {
  home?: string;
  port: number;
  runtime: RuntimeChoice;
  isolation?: IsolationLevel;
  replicaNetwork?: string;
  imageAdmission: ImageAdmission;
  azureNames?: boolean;
  /** Seconds. */
  rolePropagation: number;
  detach?: boolean;
  json?: boolean;
  untilStdinEnds?: boolean;
}

/** What `up` says once it answers requests: one JSON line on stdout with --json. */
interface ReadyEvent {
  event: 'ready';
  gateway: string;
  home: string;
  pid: number;
}

export function registerUpCommand(program: Command): void {
  program
    .command('up')
    .description('start Lazurite; Ctrl-C stops it and everything it runs')
    .option('--home <dir>', 'home folder (default: $LAZURITE_HOME, else ~/.lazurite)')
    .option('--port <port>', 'port of the gateway on loopback; 0 takes a free one', parsePort, 7443)
    .addOption(
      new Option('--runtime <driver>', 'what runs containers')
        .choices([...RUNTIME_CHOICES])
        .default('auto'),
    )
    .addOption(
      new Option('--isolation <level>', 'how the embedded runtime keeps containers apart').choices([
        ...ISOLATION_LEVELS,
      ]),
    )
    .option(
      '--replica-network <range>',
      "addresses for replicas' way out, e.g. 10.50.0.0/20, or none (default: a free range)",
    )
    .addOption(
      new Option('--image-admission <mode>', 'where a bad image is refused')
        .choices(['documented', 'api', 'revision'])
        .default('documented'),
    )
    .option(
      '--azure-names',
      "Azure's own names on ports 80 and 443 by the hosts file, as root: NAME.azurecr.io, app FQDNs",
    )
    .option(
      '--role-propagation <seconds>',
      'how long a new role assignment has no effect on registries, as in Azure',
      parseSeconds,
      0,
    )
    .option('--detach', 'start in the background and return when it is ready')
    .option('--json', 'print one JSON line when ready')
    .option('--until-stdin-ends', 'stop when standard input ends: with the program that started it')
    .addHelpText(
      'after',
      '\nExamples:\n  lazurite up --detach && eval "$(lazurite env)"\n  sudo lazurite up --azure-names',
    )
    .action(async (options: UpOptions) => {
      await (options.detach ? startDetached(options) : runInForeground(options));
    });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new InvalidArgumentError('a port is a number from 0 to 65535');
  }
  return port;
}

function parseSeconds(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('a number of seconds from 0 to 99999');
}

async function runInForeground(options: UpOptions): Promise<void> {
  const { startLazurite } = await import('../server/lazurite.js');
  const stop = Promise.race([
    nextStopSignal(),
    ...(options.untilStdinEnds === true ? [stdinEnded()] : []),
  ]);
  const lazurite = await startLazurite({
    ...options,
    rolePropagationMs: options.rolePropagation * 1_000,
    home: homeDirectory(options.home),
  });
  try {
    announce(await lazurite.status(), options.json === true);
    await stop;
  } finally {
    await lazurite.stop();
    // Open standard input would keep the process, and with it whoever waits for its end.
    if (options.untilStdinEnds === true) process.stdin.destroy();
  }
}

/** A pipe ends when the process at its other end does, however it does. */
async function stdinEnded(): Promise<void> {
  await new Promise<void>((done) => {
    process.stdin.once('close', done).once('end', done).once('error', done).resume();
  });
}

/** The first of the signals that end a service; a second one ends the process the hard way. */
async function nextStopSignal(): Promise<void> {
  await new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        done();
      });
    }
  });
}

function announce(status: LazuriteStatus, json: boolean): void {
  const ready: ReadyEvent = {
    event: 'ready',
    gateway: status.gateway,
    home: status.home,
    pid: status.pid,
  };
  if (process.send) {
    process.send(ready);
    process.disconnect();
  } else if (json) {
    console.log(JSON.stringify(ready));
  } else {
    console.log(`${formatStatus(status)}\n\nready; in another shell: eval "$(lazurite env)"`);
  }
}

async function startDetached(options: UpOptions): Promise<void> {
  const home = new Home(homeDirectory(options.home));
  home.refuseSecondOwner(); // a Lazurite that runs keeps its log
  const { refuseTakenPort } = await import('../server/listener.js');
  await refuseTakenPort('127.0.0.1', options.port); // before anything is written
  home.prepare();
  const logFile = home.path('logs', 'up.log');
  const log = openSync(logFile, 'w', 0o600);
  const arguments_ = process.argv.slice(2).filter((argument) => argument !== '--detach');
  const entry = fileURLToPath(new URL('../../bin/lazurite.cjs', import.meta.url));
  const child = spawn(process.execPath, [entry, ...arguments_], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  const ready = await new Promise<ReadyEvent>((done, fail) => {
    child.once('message', (message) => {
      done(message as ReadyEvent);
    });
    child.once('exit', (code) => {
      const output = readFileSync(logFile, 'utf8').trim();
      fail(
        output.startsWith('error: ')
          ? new Failure(output.slice('error: '.length))
          : new Failure(`Lazurite ended while starting (exit code ${code ?? -1})`, { why: output }),
      );
    });
  });
  child.unref();
  console.log(
    options.json
      ? JSON.stringify(ready)
      : `Lazurite is ready at ${ready.gateway} (process ${ready.pid})\n  eval "$(lazurite env)"   points az, docker and curl at it\n  lazurite down            stops it`,
  );
}
