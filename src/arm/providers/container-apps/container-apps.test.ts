import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createWorld,
  ENVIRONMENT,
  plainTokens,
  SUBSCRIPTION,
} from '../../../../test/support/app-world.js';
import type { World, WorldOptions } from '../../../../test/support/app-world.js';
import type { Json, JsonObject } from '../../../base/json.js';
import { ArmError } from '../../errors.js';
import type { RequestContext, ResourceProvider } from '../../provider.js';
import { parseResourceId } from '../../resource-id.js';
import type { ResourceId } from '../../resource-id.js';
import { createContainerAppsProvider } from './container-apps.js';
import { createReplicasProvider } from './replicas.js';
import { createRevisionsProvider } from './revisions.js';

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg`;
const ENVIRONMENT_ID = `${GROUP}/providers/Microsoft.App/managedEnvironments/cae`;
const IMAGE = 'acrlab.azurecr.io/labacr:v1';
const context: RequestContext = {
  caller: 'user@example.com',
  correlationId: 'c',
  apiVersion: '2025-01-01',
  baseUrl: 'https://localhost:7443',
};

function id(path = 'ca'): ResourceId {
  const parsed = parseResourceId(`${GROUP}/providers/Microsoft.App/containerApps/${path}`);
  if (!parsed) throw new Error(path);
  return parsed;
}

/** What the stock command line sends, nulls and all. */
interface Changes {
  container?: JsonObject;
  configuration?: JsonObject;
  template?: JsonObject;
}

function body(changes: Changes = {}): JsonObject {
  return {
    location: 'Korea Central',
    identity: { type: 'None', userAssignedIdentities: null },
    tags: { lab: 'acr' },
    properties: {
      environmentId: ENVIRONMENT_ID,
      workloadProfileName: null,
      configuration: {
        secrets: [{ name: 'acrlabazurecrio-acrlab', value: 'pa55', keyVaultUrl: '', identity: '' }],
        activeRevisionsMode: 'single',
        ingress: {
          fqdn: null,
          external: true,
          targetPort: 8000,
          transport: 'auto',
          exposedPort: null,
          allowInsecure: false,
          traffic: null,
          customDomains: null,
          ipSecurityRestrictions: null,
          stickySessions: null,
        },
        dapr: null,
        registries: [
          {
            server: 'acrlab.azurecr.io',
            username: 'acrlab',
            passwordSecretRef: 'acrlabazurecrio-acrlab',
          },
        ],
        ...changes.configuration,
      },
      template: {
        revisionSuffix: null,
        containers: [
          {
            image: IMAGE,
            name: 'app',
            command: null,
            args: null,
            env: [{ name: 'MESSAGE', value: 'hi' }],
            resources: null,
            volumeMounts: null,
            ...changes.container,
          },
        ],
        initContainers: null,
        scale: { minReplicas: 1, maxReplicas: 1, rules: [] },
        volumes: null,
        serviceBinds: null,
        ...changes.template,
      },
    },
  };
}

let world: World;
let apps: ResourceProvider;
let revisions: ResourceProvider;
let replicas: ResourceProvider;

async function open(options: WorldOptions = {}): Promise<void> {
  world = await createWorld({ programs: { hello: { port: 8000 } }, ...options });
  world.registry.images.set(IMAGE, 'hello');
  const { service, clock } = world;
  apps = createContainerAppsProvider({ service, tokens: plainTokens, clock });
  revisions = createRevisionsProvider({ service });
  replicas = createReplicasProvider({ service });
}

afterEach(() => world.close());

async function put(of: JsonObject = body()): Promise<void> {
  const result = await apps.put!(id(), of, context);
  const settled = result.pending?.then(
    () => undefined,
    (error: unknown) => error,
  );
  let done = false;
  void settled?.then(() => (done = true));
  await world.clock.until(() => done);
  const failure = await settled;
  if (failure !== undefined) throw failure as Error;
}

function at(value: Json | undefined, ...path: (string | number)[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (inner, step) => (inner as Record<string | number, Json> | null | undefined)?.[step],
    value,
  );
}

describe('a container app', () => {
  beforeEach(() => open());

  it('shows what was asked for with the defaults filled in', async () => {
    await put();
    const app = await apps.get(id(), context);
    const revision = world.latest();
    const domain = ENVIRONMENT.defaultDomain;
    expect(app).toMatchObject({
      id: `${GROUP}/providers/Microsoft.App/containerapps/ca`,
      name: 'ca',
      type: 'Microsoft.App/containerApps',
      location: 'Korea Central',
      tags: { lab: 'acr' },
      identity: { type: 'None' },
      systemData: { createdBy: 'user@example.com', createdAt: '2026-06-20T13:34:59.2000000' },
      properties: {
        provisioningState: 'Succeeded',
        runningStatus: 'Running',
        managedEnvironmentId: ENVIRONMENT_ID,
        environmentId: ENVIRONMENT_ID,
        workloadProfileName: 'Consumption',
        latestRevisionName: revision,
        latestReadyRevisionName: revision,
        latestRevisionFqdn: `${revision}.${domain}`,
        eventStreamEndpoint: `https://localhost:7443${GROUP}/containerApps/ca/eventstream`,
        configuration: {
          secrets: [{ name: 'acrlabazurecrio-acrlab' }],
          activeRevisionsMode: 'Single',
          maxInactiveRevisions: 100,
          registries: [
            {
              server: 'acrlab.azurecr.io',
              username: 'acrlab',
              passwordSecretRef: 'acrlabazurecrio-acrlab',
              identity: '',
            },
          ],
          ingress: {
            fqdn: `ca.${domain}`,
            external: true,
            targetPort: 8000,
            exposedPort: 0,
            transport: 'Auto',
            traffic: [{ weight: 100, latestRevision: true }],
          },
        },
        template: {
          revisionSuffix: '',
          containers: [
            {
              image: IMAGE,
              name: 'app',
              imageType: 'ContainerImage',
              env: [{ name: 'MESSAGE', value: 'hi' }],
              resources: { cpu: 0.5, memory: '1Gi', ephemeralStorage: '2Gi' },
            },
          ],
          scale: {
            minReplicas: 1,
            maxReplicas: 1,
            cooldownPeriod: 300,
            pollingInterval: 30,
            rules: null,
          },
        },
      },
    });
    expect(JSON.stringify(app)).not.toContain('pa55');
  });

  it('is pulled with its own credentials', async () => {
    await put();
    expect(world.registry.requests[0]).toEqual({
      name: IMAGE,
      credentials: { username: 'acrlab', password: 'pa55' },
    });
  });

  it('takes the whole of what GET gave back again without a new revision', async () => {
    await put();
    const shown = await apps.get(id(), context);
    await put(shown);
    expect(world.service.revisions(id().key)).toHaveLength(1);
    const secrets = await apps.actions!['listsecrets']!(id(), {}, context);
    expect(secrets.body).toEqual({ value: [{ name: 'acrlabazurecrio-acrlab', value: 'pa55' }] });
  });

  it('merges a patch: lists replace, null deletes, secrets stay', async () => {
    await put();
    world.registry.images.set('acrlab.azurecr.io/labacr:v2', 'hello');
    const patch = {
      properties: {
        template: {
          containers: [{ name: 'app', image: 'acrlab.azurecr.io/labacr:v2' }],
          revisionSuffix: null,
        },
      },
    };
    const { resource } = await apps.patch!(id(), patch, context);
    expect(at(resource.properties, 'latestRevisionName')).toBe('ca--0000001');
    expect(at(resource.properties, 'template', 'containers', 0, 'env')).toBeUndefined();
    expect(at(resource.properties, 'template', 'scale', 'minReplicas')).toBe(1);
    await apps.patch!(id(), { properties: { configuration: { ingress: null } } }, context);
    const app = world.service.app(id().key);
    expect(app?.configuration.ingress).toBeUndefined();
    expect(app?.configuration.secrets).toEqual([{ name: 'acrlabazurecrio-acrlab', value: 'pa55' }]);
  });

  it('forgets the suffix when a patch changes the template without giving one', async () => {
    await put(body({ template: { revisionSuffix: 'badv2' } }));
    expect(world.latest()).toBe('ca--badv2');
    await apps.patch!(id(), { properties: { template: { scale: { maxReplicas: 2 } } } }, context);
    expect(world.latest()).toBe('ca--0000001');
  });

  it('lists its revisions and replicas as they are', async () => {
    await put();
    const [revision] = await revisions.list(id(), context);
    expect(revision).toMatchObject({
      type: 'Microsoft.App/containerapps/revisions',
      properties: {
        active: true,
        replicas: 1,
        trafficWeight: 100,
        healthState: 'Healthy',
        provisioningState: 'Provisioned',
        runningState: 'RunningAtMaxScale',
        createdTime: '2026-06-20T13:34:59+00:00',
        template: { revisionSuffix: null, containers: [{ name: 'app', probes: [] }] },
      },
    });
    const parent = id(`ca/revisions/${revision!.name}`);
    const [replica] = await replicas.list(parent, context);
    expect(replica?.name).toMatch(new RegExp(`^${revision!.name}-[0-9a-f]{10}-[0-9a-z]{5}$`));
    const base = `${GROUP}/containerApps/ca/revisions/${revision!.name}/replicas/${replica!.name}/containers/app`;
    expect(replica).toMatchObject({
      properties: {
        runningState: 'Running',
        containers: [
          {
            name: 'app',
            ready: true,
            started: true,
            restartCount: 0,
            runningState: 'Running',
            runningStateDetails: 'Container started at: 6/20/2026 1:34:59 PM.',
            logStreamEndpoint: `https://localhost:7443${base}/logstream`,
            execEndpoint: `wss://localhost:7443${base}/exec`,
          },
        ],
      },
    });
    const one = id(`ca/revisions/${revision!.name}/replicas/${replica!.name}`);
    expect(await replicas.get(one, context)).toEqual(replica);
  });

  it('deactivates and activates a revision with a JSON answer', async () => {
    await put();
    const revision = id(`ca/revisions/${world.latest()}`);
    const off = await revisions.actions!['deactivate']!(revision, {}, context);
    expect(at(off.body, 'properties', 'active')).toBe(false);
    const on = await revisions.actions!['activate']!(revision, {}, context);
    expect(at(on.body, 'properties', 'active')).toBe(true);
    const missing = id('ca/revisions/ca--nothing');
    await expect(revisions.actions!['restart']!(missing, {}, context)).rejects.toMatchObject({
      code: 'ResourceNotFound',
    });
  });
});

describe('a bad body', () => {
  beforeEach(() => open());

  it.each<[string, Parameters<typeof body>[0], string, string]>([
    ['no image', { container: { image: '' } }, 'ContainerAppImageRequired', "'app' must have an"],
    [
      'cpu and memory that do not go together',
      { container: { resources: { cpu: 0.5, memory: '4Gi' } } },
      'ContainerAppInvalidResourceTotal',
      '[cpu: 0.5, memory: 1Gi]',
    ],
    [
      'a secret nobody defined',
      { container: { env: [{ name: 'A', secretRef: 'nope' }] } },
      'ContainerAppSecretRefNotFound',
      "SecretRef 'nope' defined for container 'app' not found.",
    ],
    [
      'a registry with a secret nobody defined',
      { configuration: { secrets: null } },
      'ContainerAppSecretRefNotFound',
      "registry server 'acrlab.azurecr.io'",
    ],
    [
      'a secret without a value',
      { configuration: { secrets: [{ name: 'x' }], registries: null } },
      'ContainerAppSecretInvalid',
      "'x'",
    ],
    [
      'traffic that does not add up',
      {
        configuration: {
          ingress: { targetPort: 80, traffic: [{ latestRevision: true, weight: 60 }] },
        },
      },
      'ContainerAppInvalidIngressTraffic',
      '60',
    ],
    [
      'a port that is none',
      { configuration: { ingress: { targetPort: 70_000 } } },
      'ContainerAppInvalidValue',
      '70000',
    ],
    [
      'a port of TCP that HTTP has',
      { configuration: { ingress: { targetPort: 80, transport: 'tcp', exposedPort: 443 } } },
      'ContainerAppInvalidValue',
      '443 is no port that TCP can have',
    ],
    [
      'an unknown transport',
      { configuration: { ingress: { targetPort: 80, transport: 'quic' } } },
      'ContainerAppInvalidValue',
      "'quic' is unknown",
    ],
    [
      'a number where text belongs',
      { container: { name: 7 } },
      'ContainerAppInvalidSchema',
      'properties.template.containers[0].name',
    ],
    [
      'two containers of one name',
      {
        template: {
          containers: [
            { name: 'a', image: 'x', resources: { cpu: 0.25, memory: '0.5Gi' } },
            { name: 'a', image: 'x', resources: { cpu: 0.25, memory: '0.5Gi' } },
          ],
        },
      },
      'ContainerAppInvalidValue',
      "more than one container named 'a'",
    ],
    [
      'no containers',
      { template: { containers: [] } },
      'ContainerAppContainersRequired',
      'at least one',
    ],
    [
      'a suffix that is no name',
      { template: { revisionSuffix: '7Bad' } },
      'ContainerAppInvalidRevisionName',
      "'7Bad'",
    ],
    [
      'an image that is no reference',
      { container: { image: 'acrlab.azurecr.io/LabAcr:v1' } },
      'InvalidParameterValueInContainerTemplate',
      'could not parse reference: acrlab.azurecr.io/LabAcr:v1',
    ],
    [
      'a volume of a secret that there is not',
      {
        template: {
          volumes: [{ name: 'v', storageType: 'Secret', secrets: [{ secretRef: 'nope' }] }],
        },
      },
      'ContainerAppSecretRefNotFound',
      "SecretRef 'nope' defined for volume 'v' not found.",
    ],
  ])('%s is refused', async (_name, changes, code, text) => {
    const refusal = apps.put!(id(), body(changes), context);
    await expect(refusal).rejects.toBeInstanceOf(ArmError);
    await expect(refusal).rejects.toMatchObject({ code });
    await expect(refusal).rejects.toThrow(text);
    expect(await apps.get(id(), context)).toBeUndefined();
  });

  it('refuses an unknown environment and a bad name', async () => {
    const elsewhere = body();
    (elsewhere['properties'] as JsonObject)['environmentId'] = `${ENVIRONMENT_ID}x`;
    await expect(apps.put!(id(), elsewhere, context)).rejects.toMatchObject({
      code: 'ManagedEnvironmentNotFound',
    });
    await expect(apps.put!(id('Bad--Name'), body(), context)).rejects.toMatchObject({
      code: 'ContainerAppInvalidName',
    });
  });
});

describe('image admission', () => {
  const arm = { program: 'hello', platforms: [{ os: 'linux', architecture: 'arm64' }] };

  it('documented: refuses a wrong platform at once, in the words of the lab', async () => {
    await open();
    world.registry.images.set(IMAGE, { ...arm, index: true });
    await expect(apps.put!(id(), body(), context)).rejects.toMatchObject({
      code: 'ContainerAppContainersInvalidCpu',
      message: `no child with platform linux/amd64 found in manifest list for ${IMAGE}`,
    });
    world.registry.images.set(IMAGE, { ...arm, index: false });
    await expect(apps.put!(id(), body(), context)).rejects.toMatchObject({
      message: 'image OS/Arc must be linux/amd64 but found linux/arm64',
    });
  });

  it('api: a missing tag fails the operation and leaves an app without a revision', async () => {
    await open({ admission: 'api' });
    world.registry.images.delete(IMAGE);
    await expect(put()).rejects.toMatchObject({
      code: 'ContainerAppOperationError',
      message: expect.stringContaining(
        `Field 'template.containers.app.image' is invalid with details: 'Invalid value: "${IMAGE}": ` +
          `GET https:: MANIFEST_UNKNOWN: manifest tagged by "v1" is not found; map[Tag:v1]';..`,
      ) as string,
    });
    const app = await apps.get(id(), context);
    expect(app?.properties).toMatchObject({
      provisioningState: 'Failed',
      latestRevisionName: null,
      latestRevisionFqdn: null,
      configuration: { ingress: { fqdn: null, exposedPort: null, traffic: null, transport: null } },
    });
    expect(app?.properties).not.toHaveProperty('eventStreamEndpoint');
    expect(await revisions.list(id(), context)).toEqual([]);
    world.registry.images.set(IMAGE, 'hello');
    await put();
    expect(at((await apps.get(id(), context))?.properties, 'provisioningState')).toBe('Succeeded');
    expect(world.latest()).toMatch(/^ca--[0-9a-z]{7}$/);
  });

  it('revision: a wrong platform becomes a revision that fails', async () => {
    await open({ admission: 'revision' });
    world.registry.images.set(IMAGE, { ...arm, index: true });
    await put();
    expect(world.states(world.latest())).toBe('Failed/Unhealthy/Failed');
    expect(world.rows()).toContain(
      `ImagePullFailed: Failed to pull image: no child with platform linux/amd64 found in manifest list for ${IMAGE}`,
    );
  });

  it('looks again at a known reference when a new revision is made, and only then', async () => {
    await open({ admission: 'documented' });
    await put();
    const first = world.latest();
    world.registry.images.set(IMAGE, { ...arm, index: true });
    await put(body({ configuration: { maxInactiveRevisions: 5 } }));
    expect(world.latest()).toBe(first);
    const changed = body({ template: { scale: { minReplicas: 1, maxReplicas: 2 } } });
    await expect(put(changed)).rejects.toMatchObject({ code: 'ContainerAppContainersInvalidCpu' });
    expect(world.latest()).toBe(first);
  });
});
