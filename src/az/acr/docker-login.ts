import { spawn } from 'node:child_process';
import { codeOf } from '../../base/failure.js';
import { AzError } from '../az-error.js';
import type { Session } from '../session.js';

/**
 * Logs the docker command in, as `az acr login` does. The password goes through stdin.
 *
 * @throws AzError when docker is missing, its engine does not answer, or it refuses
 */
export async function dockerLogin(options: {
  session: Session;
  loginServer: string;
  username: string;
  password: string;
  registry: string;
}): Promise<void> {
  const { session, loginServer, username } = options;
  const docker = session.io.environment['DOCKER_COMMAND'] ?? 'docker';
  const probe = await runDocker(docker, ['ps']);
  if (probe.code !== 0 || probe.stderr !== '') {
    session.warn(
      `You may want to use 'az acr login -n ${options.registry} --expose-token' to get a refresh token, which does not require Docker to be installed.`,
    );
    throw new AzError(
      probe.stderr === ''
        ? `An error occurred: DOCKER_COMMAND_ERROR\nPlease verify if Docker client is installed and running.`
        : `An error occurred: DOCKER_COMMAND_ERROR\n${probe.stderr.trim()}`,
    );
  }
  const login = await runDocker(
    docker,
    ['login', '--username', username, '--password-stdin', loginServer],
    options.password,
  );
  if (login.code !== 0) {
    throw new AzError(`Login failed.${login.stderr === '' ? '' : `\n${login.stderr.trim()}`}`);
  }
  session.io.stdout(login.stdout);
}

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a docker command to its end. @returns code null when it can't be started; stderr says why */
export async function runDocker(command: string, args: string[], input = ''): Promise<Outcome> {
  return await new Promise<Outcome>((resolve) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const outcome: Outcome = { code: null, stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (outcome.stdout += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (outcome.stderr += chunk.toString('utf8')));
    child.on('error', (error) => {
      const why = codeOf(error) === 'ENOENT' ? `'${command}' is not installed` : error.message;
      resolve({ ...outcome, code: null, stderr: why });
    });
    child.on('close', (code) => {
      resolve({ ...outcome, code });
    });
    child.stdin.on('error', () => undefined); // it may end before it reads
    child.stdin.end(input);
  });
}
