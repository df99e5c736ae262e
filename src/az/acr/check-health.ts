import { lookup } from 'node:dns/promises';
import { messageOf } from '../../base/failure.js';
import { AzError } from '../az-error.js';
import { FOLLOWED_RELEASE } from '../followed-release.js';
import type { Session } from '../session.js';
import type { ArgumentReader } from '../spec.js';
import { accessToken, refreshToken } from './data-plane.js';
import { runDocker } from './docker-login.js';
import { findRegistry, registryName } from './registries.js';

const SAMPLE = 'mcr.microsoft.com/mcr/hello-world:latest';

/** A check that failed: `DOCKER_DAEMON_ERROR` and what to do. */
class Unhealthy extends Error {
  constructor(title: string, message: string) {
    super(`An error occurred: ${title}\n${message}`);
    this.name = 'Unhealthy';
  }
}

/**
 * `az acr check-health`: docker, then the way to a registry; says what works, and stops at the first thing that
 * does not unless errors are ignored.
 *
 * @throws AzError
 */
export async function checkHealth(session: Session, args: ArgumentReader): Promise<void> {
  const name = args.optional('registry');
  const check = async (one: () => Promise<void>): Promise<void> => {
    try {
      await one();
    } catch (error) {
      if (!(error instanceof Unhealthy)) throw error;
      if (!args.flag('ignoreErrors')) throw new AzError(error.message, { cause: error });
      session.io.stderr(`ERROR: ${error.message}\n`);
    }
  };
  await check(async () => {
    await checkDocker(session, args.flag('yes'));
  });
  session.warn(`Azure CLI version: ${FOLLOWED_RELEASE}`);
  if (name === undefined) session.warn('Registry name must be provided to check connectivity.');
  else {
    await check(async () => {
      await checkRegistry(session, name);
    });
  }
  session.warn('\nPlease refer to https://aka.ms/acr/health-check for more information.');
}

async function checkDocker(session: Session, yes: boolean): Promise<void> {
  const docker = session.io.environment['DOCKER_COMMAND'] ?? 'docker';
  const version = await runDocker(docker, [
    ...['version', '--format', '{{.Client.Version}}, platform {{.Client.Os}}/{{.Client.Arch}}'],
  ]);
  if (version.stdout === '') {
    throw new Unhealthy(
      'DOCKER_COMMAND_ERROR',
      `Please verify if Docker client is installed and running.\n${version.stderr.trim()}`,
    );
  }
  session.warn(`Docker version: ${version.stdout.trim()}`);
  const engine = await runDocker(docker, ['ps']);
  if (engine.code !== 0) {
    throw new Unhealthy(
      'DOCKER_DAEMON_ERROR',
      `Please verify if Docker daemon is running, or try restarting it.\n${engine.stderr.trim()}`,
    );
  }
  session.warn('Docker daemon status: available');
  if (!yes) {
    session.warn(`Skipping pull check: with --yes the image ${SAMPLE} is pulled.`);
    return;
  }
  const pull = await runDocker(docker, ['pull', SAMPLE]);
  if (pull.code !== 0) {
    throw new Unhealthy(
      'DOCKER_PULL_ERROR',
      `An error occurred while pulling a sample image. Please validate your network connection and verify if Docker daemon is running properly.\n${pull.stderr.trim()}`,
    );
  }
  session.warn(`Docker pull of '${SAMPLE}' : OK`);
}

async function checkRegistry(session: Session, given: string): Promise<void> {
  const name = registryName(given);
  const { loginServer } = await findRegistry(session, name, undefined);
  const { hostname } = new URL(`https://${loginServer}`);
  const address = await attempt(
    'CONNECTIVITY_DNS_ERROR',
    `Failed to reach DNS for registry '${loginServer}'. Please check your network connectivity.`,
    async () => (await lookup(hostname)).address,
  );
  session.warn(`DNS lookup to ${loginServer} at IP ${address} : OK`);
  const url = `https://${loginServer}/v2/`;
  const challenge = await attempt(
    'CONNECTIVITY_CHALLENGE_ERROR',
    `Registry '${loginServer}' did not issue a challenge.`,
    async () => await session.http.send({ method: 'GET', url }),
  );
  if (challenge.status === 403) {
    throw new Unhealthy(
      'CONNECTIVITY_FORBIDDEN_ERROR',
      `Looks like you don't have access to registry '${loginServer}'. To see configured firewall rules, run 'az acr show --query networkRuleSet --name ${name}'.`,
    );
  }
  if (challenge.status !== 401) {
    throw new Unhealthy(
      'CONNECTIVITY_CHALLENGE_ERROR',
      `Registry '${loginServer}' did not issue a challenge. It answers ${challenge.status}.`,
    );
  }
  session.warn(`Challenge endpoint ${url} : OK`);
  await checkTokens(session, loginServer);
}

async function checkTokens(session: Session, loginServer: string): Promise<void> {
  const denied = `Access to registry '${loginServer}' was denied.`;
  await attempt('CONNECTIVITY_REFRESH_TOKEN_ERROR', denied, async () => {
    await refreshToken(session, loginServer);
  });
  session.warn(`Fetch refresh token for registry '${loginServer}' : OK`);
  await attempt('CONNECTIVITY_ACCESS_TOKEN_ERROR', denied, async () => {
    await accessToken(session, loginServer, 'registry:catalog:*', undefined);
  });
  session.warn(`Fetch access token for registry '${loginServer}' : OK`);
}

async function attempt<T>(title: string, message: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Unhealthy(title, `${message}\n${messageOf(error)}`);
  }
}
