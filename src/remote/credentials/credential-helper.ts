import { spawn } from 'node:child_process';
import { codeOf, Failure, messageOf } from '../../base/failure.js';
import { isRecord } from '../../oci/document.js';
import type { Credentials } from '../registry-client.js';

/** Some helpers ask a cloud for a token; none may hang. */
const TIME_LIMIT_MS = 30_000;
const MAX_OUTPUT = 1024 * 1024;
/** The user that says that the secret is an OAuth2 refresh token. */
const TOKEN_USER = '<token>';

export interface HelperRequest {
  /** e.g. `'ecr-login'` for `docker-credential-ecr-login` */
  name: string;
  /** As the helper knows the registry, e.g. `'https://index.docker.io/v1/'`. */
  server: string;
  environment: NodeJS.ProcessEnv;
  timeLimitMs?: number;
}

/**
 * Asks a credential helper.
 *
 * @returns undefined when it knows no credentials for the registry
 * @throws Failure when it is missing, fails, or does not answer in time; never with what it printed
 * @see https://github.com/docker/docker-credential-helpers/blob/v0.9.3/README.md#development
 */
export async function askHelper(request: HelperRequest): Promise<Credentials | undefined> {
  const program = `docker-credential-${request.name}`;
  if (!/^[A-Za-z0-9._-]+$/.test(request.name)) {
    throw helperFailed(program, 'its name is no name of a program');
  }
  const { code, output } = await runHelper(program, request);
  if (code !== 0) {
    // Helpers report on standard output; this sentence is the agreed one for "none".
    if (/credentials not found/i.test(output)) return undefined;
    throw helperFailed(program, `it ended with ${code ?? 'a signal'} for ${request.server}`);
  }
  return parseAnswer(output, program);
}

function parseAnswer(output: string, program: string): Credentials | undefined {
  let document: unknown;
  try {
    document = JSON.parse(output);
  } catch {
    document = undefined;
  }
  if (!isRecord(document)) throw helperFailed(program, 'its answer is not JSON');
  const { Username: username, Secret: secret } = document;
  if (typeof username !== 'string' || typeof secret !== 'string') {
    throw helperFailed(program, 'its answer has no Username and Secret');
  }
  if (username === '' && secret === '') return undefined;
  if (username === TOKEN_USER) return { username: '', password: '', identityToken: secret };
  return { username, password: secret };
}

function runHelper(
  program: string,
  { server, environment, timeLimitMs = TIME_LIMIT_MS }: HelperRequest,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['get'], {
      env: environment,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const fail = (why: string): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(helperFailed(program, why));
    };
    const timer = setTimeout(() => {
      fail(`it did not answer within ${timeLimitMs / 1000} s`);
    }, timeLimitMs);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
      if (output.length > MAX_OUTPUT) fail('its answer is too long');
    });
    child.on('error', (error) => {
      fail(codeOf(error) === 'ENOENT' ? 'there is no such program on PATH' : messageOf(error));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    });
    child.stdin.on('error', () => undefined); // it may end without having read
    child.stdin.end(server);
  });
}

function helperFailed(program: string, why: string): Failure {
  return new Failure(`the credential helper ${program} failed`, {
    why,
    help: 'install it, or take it out of credsStore and credHelpers in ~/.docker/config.json',
  });
}
