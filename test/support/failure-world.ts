import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import bcrypt from 'bcryptjs';
import { createAppService } from '../../src/apps/service.js';
import type { AppService } from '../../src/apps/service.js';
import type { AppContainer } from '../../src/apps/template.js';
import { systemClock } from '../../src/base/clock.js';
import { silentLogger } from '../../src/base/logger.js';
import type { RepositoryName } from '../../src/oci/reference.js';
import { createStandaloneRegistry } from '../../src/registry/standalone-registry.js';
import type { StandaloneRegistry } from '../../src/registry/standalone-registry.js';
import { createRegistryClient } from '../../src/remote/client.js';
import type { ContainerRuntime } from '../../src/runtime/runtime.js';
import { createMemoryMetadataStore } from '../../src/storage/memory-metadata-store.js';
import { pushHello } from './hello-image.js';
import type { AppRuntime } from './app-runtimes.js';
import { APP_KEY, appInput, ENVIRONMENT, plainTokens, template } from './app-world.js';

const USER = 'puller';
const PASSWORD = 'a long password';
const REPOSITORY = 'hello' as RepositoryName;

/** A registry that listens, a runtime that runs, and one app between them. */
export interface FailureWorld {
  service: AppService;
  runtime: ContainerRuntime;
  /** `'127.0.0.1:34567/hello:TAG'` */
  image: (tag: string) => string;
  /** Pushes the sample workload as a tag. */
  push: (tag: string) => Promise<void>;
  deleteTag: (tag: string) => Promise<void>;
  registryDown: () => Promise<void>;
  registryUp: () => Promise<void>;
  /** Changes the app; resolves to its new revision's name when that is ready or has failed once. */
  put: (container: Partial<AppContainer> & { image: string }, password?: string) => Promise<string>;
  env: (variables: Record<string, string>) => Pick<AppContainer, 'env'>;
  /** `provisioning/health/running` */
  states: (revision: string) => string;
  /** `Reason: Msg` of every row of the app. */
  rows: () => string[];
  close: () => Promise<void>;
}

export async function openFailureWorld(choice: AppRuntime): Promise<FailureWorld> {
  const directory = mkdtempSync(join(tmpdir(), 'lazurite-failures-'));
  let registry: StandaloneRegistry;
  let port = 0;
  const registryUp = async (): Promise<void> => {
    registry = await createStandaloneRegistry({
      dataDirectory: join(directory, 'registry'),
      port,
      access: {
        kind: 'users',
        users: { [USER]: bcrypt.hashSync(PASSWORD, 4) },
        anonymousPull: false,
      },
    });
    port = Number(new URL(registry.url).port);
  };
  await registryUp();
  const host = `127.0.0.1:${port}`;
  const registryClient = createRegistryClient({
    resolveEndpoint: (name) =>
      name.startsWith('127.0.0.1:') ? { baseUrl: `http://${name}` } : undefined,
  });
  const opened = await choice.open();
  const { runtime } = opened;
  const service = createAppService({
    metadata: createMemoryMetadataStore(),
    runtime,
    registryClient,
    clock: systemClock,
    logger: silentLogger,
    dataDirectory: join(directory, 'data'),
    tokens: plainTokens,
  });
  await service.start();
  await service.putEnvironment(ENVIRONMENT);
  const credentials = { username: USER, password: PASSWORD };
  const repository = registryClient.repository(host, REPOSITORY, credentials);
  return {
    service,
    runtime,
    image: (tag) => `${host}/${REPOSITORY}:${tag}`,
    push: async (tag) => {
      await pushHello(repository, tag);
    },
    deleteTag: async (tag) => {
      const basic = Buffer.from(`${USER}:${PASSWORD}`).toString('base64');
      const answer = await fetch(`${registry.url}/v2/${REPOSITORY}/manifests/${tag}`, {
        method: 'DELETE',
        headers: { authorization: `Basic ${basic}` },
      });
      if (!answer.ok) throw new Error(`DELETE answered ${answer.status}: ${await answer.text()}`);
    },
    registryDown: () => registry.close(),
    registryUp,
    put: async (container, password = PASSWORD) => {
      const input = appInput(template(container));
      const { outcome } = await service.putApp({
        ...input,
        configuration: {
          ...input.configuration,
          secrets: [{ name: 'password', value: password }],
          registries: [
            { server: host, username: USER, passwordSecretRef: 'password', identity: '' },
          ],
        },
      });
      await outcome;
      return service.app(APP_KEY)?.latestRevisionName ?? '';
    },
    env: (variables) => ({
      env: Object.entries(variables).map(([name, value]) => ({ name, value })),
    }),
    states: (revision) => {
      const status = service.revision(APP_KEY, revision)?.status;
      return `${status?.provisioningState}/${status?.healthState}/${status?.runningState}`;
    },
    rows: () => {
      const rows = service.systemLog(service.app(APP_KEY)!).rows();
      return rows.map(({ Reason, Msg }) => `${Reason}: ${Msg}`);
    },
    close: async () => {
      await service.close();
      await opened.close();
      await registry.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
