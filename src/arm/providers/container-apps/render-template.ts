import type { JsonObject } from '../../../base/json.js';
import type { AppContainer, Probe, ScaleRule, Template } from '../../../apps/template.js';

/** The template as an app shows it: with what the server filled in. */
export function renderTemplate(template: Template): JsonObject {
  const { scale } = template;
  return {
    revisionSuffix: template.revisionSuffix,
    terminationGracePeriodSeconds: template.terminationGracePeriodSeconds ?? null,
    containers: template.containers.map(renderContainer),
    initContainers: renderInit(template, renderContainer),
    scale: {
      minReplicas: scale.minReplicas,
      maxReplicas: scale.maxReplicas,
      cooldownPeriod: scale.cooldownPeriod,
      pollingInterval: scale.pollingInterval,
      rules: renderRules(template),
    },
    customMetricsSettings: null,
    volumes: renderVolumes(template),
    serviceBinds: null,
  };
}

/** What a job runs, as the job and its executions show it. */
export function renderPod(
  template: Pick<Template, 'containers' | 'initContainers' | 'volumes'>,
): JsonObject {
  return {
    containers: template.containers.map(renderContainer),
    initContainers: renderInit(template, renderContainer),
    volumes: renderVolumes(template),
  };
}

/** The template as a revision shows it: without what the server filled in for the app. */
export function renderRevisionTemplate(template: Template): JsonObject {
  const { minReplicas, maxReplicas } = template.scale;
  return {
    revisionSuffix: null,
    terminationGracePeriodSeconds: template.terminationGracePeriodSeconds ?? null,
    containers: template.containers.map(renderRevisionContainer),
    initContainers: renderInit(template, renderRevisionContainer),
    scale: {
      minReplicas,
      maxReplicas,
      cooldownPeriod: null,
      pollingInterval: null,
      rules: renderRules(template),
    },
    volumes: renderVolumes(template),
    serviceBinds: null,
  };
}

function renderInit(
  template: Pick<Template, 'initContainers'>,
  render: (container: AppContainer) => JsonObject,
): JsonObject[] | null {
  return template.initContainers.length > 0 ? template.initContainers.map(render) : null;
}

function renderContainer(container: AppContainer): JsonObject {
  const { cpu, memory, ephemeralStorage } = container.resources;
  return {
    ...renderCommon(container),
    imageType: 'ContainerImage',
    resources: { cpu, memory, ephemeralStorage },
    ...(container.probes.length > 0 && { probes: container.probes.map(renderProbe) }),
  };
}

function renderRevisionContainer(container: AppContainer): JsonObject {
  const { cpu, memory } = container.resources;
  return {
    ...renderCommon(container),
    resources: { cpu, memory },
    probes: container.probes.map(renderProbe),
  };
}

function renderCommon({ image, name, command, args, env, volumeMounts }: AppContainer): JsonObject {
  return {
    image,
    name,
    ...(command && { command }),
    ...(args && { args }),
    ...(env.length > 0 && {
      env: env.map(({ name: variable, value, secretRef }): JsonObject =>
        secretRef === undefined
          ? { name: variable, value: value ?? '' }
          : { name: variable, secretRef },
      ),
    }),
    ...(volumeMounts && { volumeMounts: volumeMounts.map((mount) => ({ ...mount })) }),
  };
}

function renderVolumes({ volumes }: Pick<Template, 'volumes'>): JsonObject[] | null {
  if (!volumes) return null;
  return volumes.map(({ name, storageType, secrets }) => ({
    name,
    storageType,
    ...(secrets && { secrets: secrets.map((secret) => ({ ...secret })) }),
  }));
}

function renderProbe({ httpGet, tcpSocket, ...probe }: Probe): JsonObject {
  return {
    ...probe,
    ...(httpGet && { httpGet: { ...httpGet } }),
    ...(tcpSocket && { tcpSocket: { ...tcpSocket } }),
  };
}

function renderRules({ scale }: Template): JsonObject[] | null {
  if (scale.rules.length === 0) return null;
  return scale.rules.map(({ name, kind, customType, metadata }: ScaleRule) => ({
    name,
    [kind]: { ...(customType !== undefined && { type: customType }), metadata, auth: [] },
  }));
}
