import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { openReader } from '../../image/image-access.js';
import { parseLocation } from '../../image/location.js';
import { imageRunner } from '../../image/verify/run-image.js';
import { verifyImage, type ImageReport } from '../../image/verify/verify-image.js';
import type { RunImage } from '../../image/verify/verify-platform.js';
import { formatPlatform, type Platform } from '../../oci/platform.js';
import { createEmbeddedRuntime } from '../../runtime/embedded/embedded-runtime.js';
import { removeTree } from '../../storage/remove-tree.js';
import {
  accessOf,
  addAccessOptions,
  collectPlatforms,
  runImageCommand,
  type AccessOptions,
} from './access-options.js';
import { findingText, platformText, reportJson } from './verify-text.js';

interface VerifyCommandOptions extends AccessOptions {
  platform?: Platform[];
  run?: boolean;
  probePort?: number;
  probePath?: string;
  settle: number;
  timeout: number;
  json?: boolean;
}

export function registerVerifyCommand(image: Command): void {
  const command = image
    .command('verify')
    .description('check that an image is what it claims to be, on each of its platforms')
    .argument('<image>', 'HOST/REPOSITORY:TAG, oci:DIR[:NAME] or docker-archive:FILE[:REF]')
    .option('--platform <platform>', 'only this one (repeatable, or a,b)', collectPlatforms)
    .option('--run', 'also start each, and wait until it answers, stays up or exits with 0')
    .option('--probe-port <port>', 'with --run: this port must answer', parsePositive)
    .option('--probe-path <path>', 'with --run: GET it; 200 to 399 is an answer')
    .option('--settle <seconds>', 'with --run: stay up this long without a probe', parsePositive, 5)
    .option('--timeout <seconds>', 'with --run: answer within', parsePositive, 60)
    .option('--json', 'print JSON');
  addAccessOptions(command)
    .addHelpText(
      'after',
      `
Every layer is read and checked against its digest and its diff id. The platform that is declared is
compared with the machine of the program, of its interpreter and of the programs on its PATH.
Exit code 1: something would fail.

Examples:
  lazurite image verify r.io/app:v1
  lazurite image verify --platform linux/amd64,linux/arm64 --run r.io/app:v1
  lazurite image verify --run --probe-port 8080 --probe-path /healthz oci:./app`,
    )
    .action((reference: string, options: VerifyCommandOptions) =>
      runImageCommand((signal) => verify(reference, options, signal)),
    );
}

async function verify(
  reference: string,
  options: VerifyCommandOptions,
  signal: AbortSignal,
): Promise<void> {
  const reader = await openReader(parseLocation(reference), accessOf(options));
  const isTerminal = process.stderr.isTTY && options.json !== true;
  const show = (text: string): void => {
    if (isTerminal) process.stderr.write(`\r\u001b[K${text}`);
  };
  try {
    const report = await withRunner(options, signal, (run) =>
      verifyImage(reader, {
        platforms: options.platform,
        run,
        signal,
        onPlatform(platform, done) {
          show(done ? '' : `verifying ${formatPlatform(platform)}`);
          if (done && options.json !== true) console.log(platformText(done));
        },
      }),
    );
    finish(reference, report, options.json === true);
  } finally {
    await reader.close();
  }
}

function finish(reference: string, report: ImageReport, isJson: boolean): void {
  if (isJson) console.log(JSON.stringify(reportJson(reference, report), null, 2));
  else for (const finding of report.findings) console.log(findingText(finding));
  if (!report.ok) process.exitCode = 1;
}

/** Containers get a folder that is gone afterwards. */
async function withRunner<T>(
  options: VerifyCommandOptions,
  signal: AbortSignal,
  work: (run: RunImage | undefined) => Promise<T>,
): Promise<T> {
  if (options.run !== true) return work(undefined);
  const directory = await mkdtemp(join(tmpdir(), 'lazurite-verify-'));
  try {
    const runtime = await createEmbeddedRuntime({ stateDirectory: directory });
    try {
      return await work(
        imageRunner(runtime, {
          probePort: options.probePort,
          probePath: options.probePath,
          settleMs: options.settle * 1000,
          timeoutMs: options.timeout * 1000,
          signal,
        }),
      );
    } finally {
      await runtime.close();
    }
  } finally {
    await removeTree(directory);
  }
}

function parsePositive(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
  throw new InvalidArgumentError('a whole number from 1 to 65535');
}
