import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf, messageOf } from '../../base/failure.js';
import type { ImageConfig } from '../../oci/image-config.js';
import { formatPlatform, type Platform } from '../../oci/platform.js';
import { hostPlatform } from '../../oci/platform/host.js';
import { acceptablePlatforms } from '../../oci/platform/matching.js';
import {
  ContainerStartError,
  type Container,
  type ContainerRuntime,
  type ExitStatus,
  type Sandbox,
} from '../../runtime/runtime.js';
import type { Finding } from './finding.js';
import type { RunImage } from './verify-platform.js';

export interface RunOptions {
  /** Port that must answer; by default a port that the image exposes, if it has one. */
  probePort?: number | undefined;
  /** Ask for this over HTTP and want an answer of 200 to 399; else a connection is enough. */
  probePath?: string | undefined;
  /** How long a program without a probe must stay up. */
  settleMs: number;
  /** How long one platform may take until it answers. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

const PROBE_INTERVAL_MS = 100;
const PROBE_TIMEOUT_MS = 2_000;
const STOP_GRACE_MS = 1_000;
/** The last of what the program writes is evidence. */
const OUTPUT_CHARACTERS = 2_000;

/**
 * Starts images, each in a sandbox of its own, and waits for what shows that they run: an answer on a port,
 * exit code 0, or staying up for a while. Programs for other machines need an emulator (binfmt_misc).
 */
export function imageRunner(runtime: ContainerRuntime, options: RunOptions): RunImage {
  let count = 0;
  return async (source, platform) => {
    if (platform.os !== 'linux')
      return impossible(`${platform.os} images run on ${platform.os} only`);
    const argv = commandOf(source.config);
    if (argv.length === 0) return impossible('the image names no program to run');
    const image = await runtime.unpack(source, options.signal);
    const sandbox = await runtime.createSandbox({
      id: `verify-${process.pid}-${++count}`,
      hostname: 'verify',
    });
    try {
      const { config } = source.config;
      let output = '';
      const container = await sandbox.run(
        {
          name: 'app',
          rootfs: { image },
          argv,
          env: config?.Env ?? [],
          workingDir: config?.WorkingDir ?? '/',
          user: config?.User ?? '',
          onOutput: (_stream, chunk) => {
            output = `${output}${chunk.toString()}`.slice(-OUTPUT_CHARACTERS);
          },
        },
        options.signal,
      );
      const result = await observe(container, sandbox, source.config, options);
      await container.stop(STOP_GRACE_MS, config?.StopSignal);
      return result.failure === undefined
        ? { outcome: result.outcome, findings: [] }
        : failed(result.failure, output);
    } catch (error) {
      if (error instanceof ContainerStartError) return notStarted(error, platform);
      throw error;
    } finally {
      await sandbox.remove();
    }
  };
}

function commandOf({ config }: ImageConfig): string[] {
  return [...(config?.Entrypoint ?? []), ...(config?.Cmd ?? [])];
}

type Observation =
  { outcome: string; failure?: undefined } | { outcome?: undefined; failure: string };

async function observe(
  container: Container,
  sandbox: Sandbox,
  config: ImageConfig,
  options: RunOptions,
): Promise<Observation> {
  const started = Date.now();
  const port = options.probePort ?? exposedPort(config);
  const isProbed = options.probePort !== undefined || options.probePath !== undefined;
  const patience = isProbed ? options.timeoutMs : options.settleMs;
  let exit: ExitStatus | undefined;
  void container.exited.then((status) => (exit = status));
  let lastError = 'nothing answered';
  while (Date.now() - started < patience) {
    options.signal?.throwIfAborted();
    if (exit) return exited(exit, isProbed);
    const answer = port === undefined ? undefined : await probe(sandbox, port, options.probePath);
    if (answer?.ok) return { outcome: answer.text };
    if (answer) lastError = answer.text;
    await Promise.race([delay(PROBE_INTERVAL_MS), container.exited]);
  }
  if (exit) return exited(exit, isProbed);
  const seconds = patience / 1000;
  if (!isProbed) return { outcome: `stayed up for ${seconds} s` };
  return { failure: `port ${port ?? '?'} did not answer within ${seconds} s: ${lastError}` };
}

function exited({ code, outOfMemory }: ExitStatus, isProbed: boolean): Observation {
  if (code === 0 && !isProbed) return { outcome: 'exited with 0' };
  const why = outOfMemory ? ': out of memory' : '';
  return { failure: `it exited with ${code}${isProbed ? ' before its probe answered' : ''}${why}` };
}

function exposedPort({ config }: ImageConfig): number | undefined {
  const ports = Object.keys(config?.ExposedPorts ?? {}).filter((name) => !name.endsWith('/udp'));
  const port = Number.parseInt(ports[0] ?? '', 10);
  return port > 0 && port < 65_536 ? port : undefined;
}

async function probe(
  sandbox: Sandbox,
  port: number,
  path: string | undefined,
): Promise<{ ok: boolean; text: string }> {
  let connection: Duplex | undefined;
  try {
    connection = await sandbox.dial(port);
    if (path === undefined) return { ok: true, text: `port ${port} answers` };
    const status = await httpStatus(connection, path);
    const ok = status >= 200 && status < 400;
    return { ok, text: `port ${port} answers ${status} to GET ${path}` };
  } catch (error) {
    return { ok: false, text: codeOf(error) ?? messageOf(error) };
  } finally {
    connection?.destroy();
  }
}

function httpStatus(connection: Duplex, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const get = request({
      createConnection: () => connection,
      path,
      headers: { host: 'localhost' },
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    get.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    get.on('error', reject);
    get.end();
  });
}

function impossible(message: string): { outcome: string; findings: Finding[] } {
  return {
    outcome: 'not run',
    findings: [{ code: 'run-impossible', level: 'warning', message: `not run: ${message}` }],
  };
}

function failed(message: string, output: string): { outcome: string; findings: Finding[] } {
  const evidence = output
    .trim()
    .split('\n')
    .slice(-5)
    .filter((line) => line !== '');
  return {
    outcome: message,
    findings: [{ code: 'run-failed', level: 'error', message, evidence }],
  };
}

function notStarted(
  error: ContainerStartError,
  platform: Platform,
): { outcome: string; findings: Finding[] } {
  const host = hostPlatform();
  const own = acceptablePlatforms(host, true).map(({ architecture }) => architecture);
  if (error.reason !== 'ENOEXEC' || own.includes(platform.architecture)) {
    return failed(`it could not be started: ${error.message}`, '');
  }
  const finding: Finding = {
    code: 'run-impossible',
    level: 'error',
    message: `${formatPlatform(platform)} programs do not run on this ${formatPlatform(host)} machine: no emulator is registered`,
    help: `apt-get install qemu-user-static binfmt-support, or: docker run --privileged --rm tonistiigi/binfmt --install ${platform.architecture}`,
  };
  return { outcome: 'not run', findings: [finding] };
}
