import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findBusybox } from '../../test/conformance/container-runtime-images.js';
import { ENTRY, startControlServer, type ControlServer } from '../control/server.js';

const GROUP = '~/resourceGroups/rg';
const HELLO = fileURLToPath(new URL('../../workload/hello/bin/hello-linux-amd64', import.meta.url));
const POLL_MS = 2;

/** A Lazurite with the sample workload in a registry of its own, and an environment for apps. */
export interface AppWorld extends ControlServer {
  putApp(name: string, more?: AppShape): Promise<void>;
  /** Where an app is reached on this machine. */
  urlOf(name: string): Promise<URL>;
  deleteApps(names: readonly string[]): Promise<void>;
}

export interface AppShape {
  /** What the workload answers. */
  message?: string;
  minReplicas?: number;
  /** Seconds. */
  cooldownPeriod?: number;
  suffix?: string;
  /** It writes no line for each request; reading those is no work of the ingress. */
  silent?: boolean;
  /** Weights of revisions, in percent by suffix; with it, empty or not, several are active. */
  traffic?: Record<string, number>;
}

export async function openAppWorld(directory: string): Promise<AppWorld> {
  const server = await startControlServer();
  const { call } = server;
  await call('PUT', GROUP, { location: 'eastus' });
  const registry = `${GROUP}/providers/Microsoft.ContainerRegistry/registries/acrbench`;
  const sku = { name: 'Basic' };
  await call('PUT', registry, { location: 'eastus', sku, properties: { adminUserEnabled: true } });
  const environment = `${GROUP}/providers/Microsoft.App/managedEnvironments/cae`;
  await call('PUT', environment, { location: 'eastus', properties: {} });
  const made = await settled(call, registry);
  const image = `${String(made['loginServer'])}/hello:v1`;
  await settled(call, environment);
  buildHello(directory, server.environment);
  const secret = await call('POST', `${registry}/listCredentials`);
  const { id: environmentId } = (await call('GET', environment)) as { id: string };
  const app = (name: string): string => `${GROUP}/providers/Microsoft.App/containerApps/${name}`;
  return {
    ...server,
    async putApp(name, more = {}) {
      const body = appBody({ environmentId, image, secret, name, more });
      await call('PUT', app(name), body);
    },
    async urlOf(name) {
      const { apps } = (await server.status()) as { apps: { name: string; url: string }[] };
      const found = apps.find((each) => each.name === name);
      return new URL(found?.url ?? `no app ${name}`);
    },
    async deleteApps(names) {
      await Promise.all(names.map((name) => call('DELETE', app(name))));
    },
  };
}

function appBody(options: {
  environmentId: string;
  image: string;
  secret: Record<string, unknown>;
  name: string;
  more: AppShape;
}): unknown {
  const { environmentId, image, secret, name, more } = options;
  const { message = name, minReplicas = 1, cooldownPeriod = 300, suffix, traffic } = more;
  const [{ value: password }] = secret['passwords'] as [{ value: string }];
  const server = image.slice(0, image.indexOf('/'));
  const weights = Object.entries(traffic ?? {}).map(([of, weight]) => ({
    revisionName: `${name}--${of}`,
    weight,
  }));
  return {
    location: 'eastus',
    properties: {
      environmentId,
      configuration: {
        activeRevisionsMode: traffic ? 'Multiple' : 'Single',
        ingress: {
          ...{ external: true, targetPort: 8000, allowInsecure: true },
          ...(weights.length > 0 && { traffic: weights }),
        },
        secrets: [{ name: 'password', value: password }],
        registries: [{ server, username: secret['username'], passwordSecretRef: 'password' }],
      },
      template: {
        ...(suffix !== undefined && { revisionSuffix: suffix }),
        containers: [
          {
            ...{ name: 'app', image, env: [{ name: 'MESSAGE', value: message }] },
            ...(more.silent && { command: ['/busybox', 'sh', '-c', 'exec /hello >/dev/null'] }),
            resources: { cpu: 0.25, memory: '0.5Gi' },
          },
        ],
        scale: { minReplicas, maxReplicas: 1, cooldownPeriod },
      },
    },
  };
}

/** Waits for the end of a creation; its properties. */
async function settled(
  call: ControlServer['call'],
  path: string,
): Promise<Record<string, unknown>> {
  for (;;) {
    const properties = (await call('GET', path))['properties'] as Record<string, unknown>;
    if (properties['provisioningState'] === 'Succeeded') return properties;
    await delay(20);
  }
}

function buildHello(directory: string, env: NodeJS.ProcessEnv): void {
  const context = join(directory, 'context');
  mkdirSync(context);
  copyFileSync(HELLO, join(context, 'hello'));
  const busybox = findBusybox();
  if (busybox === undefined) throw new Error('the benchmark needs busybox-static');
  copyFileSync(busybox, join(context, 'busybox'));
  const file = 'FROM scratch\nCOPY --chmod=755 hello busybox /\nENTRYPOINT ["/hello"]\n';
  writeFileSync(join(context, 'Dockerfile'), file);
  const argv = ['az', 'acr', 'build', '-r', 'acrbench', '-t', 'hello:v1', context];
  execFileSync(process.execPath, [ENTRY, ...argv], { env, stdio: 'pipe' });
}

/** Polls until it answers 200, with this message. */
export async function firstAnswer(url: URL, message: string): Promise<void> {
  for (;;) {
    try {
      const answer = await fetch(url);
      const body = await answer.text();
      if (answer.status === 200 && body.includes(JSON.stringify(message))) return;
    } catch {
      // nobody listens yet
    }
    await delay(POLL_MS);
  }
}
