import { parseMemory } from '../../../apps/memory.js';
import { TEMPLATE_DEFAULTS } from '../../../apps/template.js';
import type {
  AppContainer,
  ContainerResources,
  EnvironmentVariable,
  Probe,
  ProbeType,
  Scale,
  ScaleRule,
  Template,
  Volume,
} from '../../../apps/template.js';
import { CUSTOM_SCALERS, readCustomRule } from '../../../apps/scaling/custom-rule.js';
import { appErrors, isOfferedTotal } from './errors.js';
import type { Fields } from './fields.js';
import { checkVolumeMounts, parseVolumeMount, parseVolumes } from './parse-volumes.js';

const CONTAINER_NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SUFFIX = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const MAX_REVISION_NAME = 54;
const GI = 1024 ** 3;
/** Named so that nobody believes they took effect. */
const UNSUPPORTED = ['serviceBinds'];

export interface TemplateContext {
  appName: string;
  /** The consumption plan offers fixed totals of cores and memory. */
  consumption: boolean;
}

/** Reads `properties.template` and fills in what Azure would. @throws ArmError */
export function parseTemplate(fields: Fields, context: TemplateContext): Template {
  const grace = fields.integer('terminationGracePeriodSeconds');
  return {
    ...parsePod(fields, context),
    revisionSuffix: parseSuffix(fields, context.appName),
    scale: parseScale(fields.object('scale')),
    ...(grace !== undefined && { terminationGracePeriodSeconds: grace }),
  };
}

/**
 * What apps and jobs have in common.
 *
 * @param given volumes that are there besides its own
 * @throws ArmError
 */
export function parsePod(
  fields: Fields,
  context: TemplateContext,
  given: readonly Volume[] = [],
): Pick<Template, 'containers' | 'initContainers' | 'volumes'> {
  for (const name of UNSUPPORTED) {
    if (fields.given(name)) throw appErrors.notImplemented(`${fields.path}.${name}`);
  }
  const containers = fields.objects('containers').map(parseContainer);
  if (containers.length === 0) throw appErrors.containersRequired();
  const initContainers = fields.objects('initContainers').map(parseContainer);
  checkNames([...containers, ...initContainers]);
  const volumes = [...parseVolumes(fields), ...given];
  checkVolumeMounts([...containers, ...initContainers], volumes, context.appName);
  if (context.consumption) checkTotal(containers);
  return { containers, initContainers, ...(volumes.length > 0 && { volumes }) };
}

function parseSuffix(fields: Fields, appName: string): string {
  const suffix = fields.string('revisionSuffix') ?? '';
  if (suffix === '') return '';
  const name = `${appName}--${suffix}`;
  if (!SUFFIX.test(suffix) || suffix.includes('--') || name.length > MAX_REVISION_NAME) {
    throw appErrors.invalidRevisionName(suffix);
  }
  return suffix;
}

function parseContainer(fields: Fields): AppContainer {
  const image = fields.string('image') ?? '';
  const name = fields.string('name') ?? '';
  if (name === '') throw appErrors.invalidSchema(`${fields.path}.name`, 'a string');
  if (image === '') throw appErrors.imageRequired(name);
  const command = nonEmpty(fields.strings('command'));
  const args = nonEmpty(fields.strings('args'));
  const volumeMounts = fields.objects('volumeMounts').map(parseVolumeMount);
  return {
    name,
    image,
    ...(command && { command }),
    ...(args && { args }),
    env: fields.objects('env').map(parseVariable),
    resources: parseResources(fields),
    probes: fields.objects('probes').map(parseProbe),
    ...(volumeMounts.length > 0 && { volumeMounts }),
  };
}

function nonEmpty(list: string[] | undefined): string[] | undefined {
  return list && list.length > 0 ? list : undefined;
}

function parseVariable(fields: Fields): EnvironmentVariable {
  const name = fields.string('name') ?? '';
  if (name === '' || name.includes('=')) {
    throw appErrors.invalidValue(`${fields.path}.name`, 'it is empty or has a =');
  }
  const secretRef = fields.string('secretRef');
  if (secretRef !== undefined && secretRef !== '') return { name, secretRef };
  return { name, value: fields.string('value') ?? '' };
}

function parseResources(container: Fields): ContainerResources {
  const fields = container.object('resources');
  const cpu = fields?.number('cpu') ?? TEMPLATE_DEFAULTS.cpu;
  const memory = fields?.string('memory') ?? TEMPLATE_DEFAULTS.memory;
  if (cpu <= 0) throw appErrors.invalidValue(`${container.path}.resources.cpu`, `${cpu}`);
  if (parseMemory(memory) === undefined) {
    const why = `'${memory}' is no amount such as '0.5Gi'`;
    throw appErrors.invalidValue(`${container.path}.resources.memory`, why);
  }
  return { cpu, memory, ephemeralStorage: ephemeralStorageFor(cpu) };
}

/** @see https://learn.microsoft.com/azure/container-apps/storage-mounts#ephemeral-storage */
function ephemeralStorageFor(cpu: number): string {
  if (cpu <= 0.25) return '1Gi';
  if (cpu <= 0.5) return '2Gi';
  return cpu <= 1 ? '4Gi' : '8Gi';
}

function checkNames(containers: readonly AppContainer[]): void {
  const seen = new Set<string>();
  for (const { name } of containers) {
    if (!CONTAINER_NAME.test(name)) {
      throw appErrors.invalidValue('properties.template.containers.name', `'${name}' is no name`);
    }
    if (seen.has(name)) {
      const why = `there is more than one container named '${name}'`;
      throw appErrors.invalidValue('properties.template.containers.name', why);
    }
    seen.add(name);
  }
}

function checkTotal(containers: readonly AppContainer[]): void {
  const cpu = containers.reduce((sum, { resources }) => sum + resources.cpu, 0);
  const bytes = containers.reduce(
    (sum, { resources }) => sum + (parseMemory(resources.memory) ?? 0),
    0,
  );
  const rounded = Math.round(cpu * 1000) / 1000;
  if (!isOfferedTotal(rounded, bytes / GI)) throw appErrors.resourceTotal(rounded, bytes / GI);
}

const PROBE_TYPES: readonly ProbeType[] = ['Startup', 'Liveness', 'Readiness'];
const DURATIONS = [
  'initialDelaySeconds',
  'periodSeconds',
  'timeoutSeconds',
  'successThreshold',
  'failureThreshold',
] as const;

function parseProbe(fields: Fields): Probe {
  const text = fields.string('type')?.toLowerCase();
  const type = PROBE_TYPES.find((one) => one.toLowerCase() === text);
  if (!type) throw appErrors.invalidSchema(`${fields.path}.type`, PROBE_TYPES.join(', '));
  const httpGet = fields.object('httpGet');
  const tcpSocket = fields.object('tcpSocket');
  if ((httpGet === undefined) === (tcpSocket === undefined)) {
    throw appErrors.invalidValue(fields.path, 'it needs exactly one of httpGet and tcpSocket');
  }
  const probe: Probe = { type };
  if (httpGet) probe.httpGet = parseHttpGet(httpGet);
  if (tcpSocket) probe.tcpSocket = { port: requiredPort(tcpSocket) };
  for (const name of DURATIONS) {
    const value = fields.integer(name);
    if (value === undefined) continue;
    if (value < (name === 'initialDelaySeconds' ? 0 : 1)) {
      throw appErrors.invalidValue(`${fields.path}.${name}`, `${value} is too small`);
    }
    probe[name] = value;
  }
  return probe;
}

function parseHttpGet(fields: Fields): NonNullable<Probe['httpGet']> {
  const path = fields.string('path');
  const host = fields.string('host');
  const secure = fields.string('scheme')?.toUpperCase() === 'HTTPS';
  const httpHeaders = fields.objects('httpHeaders').map((header) => ({
    name: header.string('name') ?? '',
    value: header.string('value') ?? '',
  }));
  return {
    port: requiredPort(fields),
    ...(path !== undefined && { path }),
    ...(host !== undefined && { host }),
    scheme: secure ? 'HTTPS' : 'HTTP',
    ...(httpHeaders.length > 0 && { httpHeaders }),
  };
}

function requiredPort(fields: Fields): number {
  const port = fields.integer('port') ?? 0;
  if (port >= 1 && port <= 65_535) return port;
  throw appErrors.invalidValue(`${fields.path}.port`, `${port} is no port`);
}

function parseScale(fields: Fields | undefined): Scale {
  const minReplicas = fields?.integer('minReplicas') ?? TEMPLATE_DEFAULTS.minReplicas;
  const maxReplicas =
    fields?.integer('maxReplicas') ?? Math.max(TEMPLATE_DEFAULTS.maxReplicas, minReplicas);
  const path = 'properties.template.scale';
  if (minReplicas < 0 || minReplicas > 1000) {
    throw appErrors.invalidValue(`${path}.minReplicas`, 'it must be between 0 and 1000');
  }
  if (maxReplicas < 1 || maxReplicas > 1000) {
    throw appErrors.invalidValue(`${path}.maxReplicas`, 'it must be between 1 and 1000');
  }
  if (minReplicas > maxReplicas) {
    throw appErrors.invalidValue(`${path}.minReplicas`, 'it is more than maxReplicas');
  }
  return {
    minReplicas,
    maxReplicas,
    cooldownPeriod: fields?.integer('cooldownPeriod') ?? TEMPLATE_DEFAULTS.cooldownPeriod,
    pollingInterval: fields?.integer('pollingInterval') ?? TEMPLATE_DEFAULTS.pollingInterval,
    rules: (fields?.objects('rules') ?? []).map(parseRule),
  };
}

/** @throws ArmError for a scaler that there is not, and for metadata that it could not use */
function checkCustomRule(rule: ScaleRule, path: string): void {
  const { customType = '' } = rule;
  if (!CUSTOM_SCALERS.some((scaler) => scaler === customType.toLowerCase())) {
    const known = CUSTOM_SCALERS.join("', '");
    throw appErrors.notImplemented(`${path}: the scaler '${customType}'; '${known}' are`);
  }
  const wrong = readCustomRule(rule);
  if (typeof wrong === 'string') throw appErrors.invalidValue(`${path}.metadata`, wrong);
}

function parseRule(fields: Fields): ScaleRule {
  const name = fields.string('name') ?? '';
  for (const kind of ['http', 'tcp', 'custom'] as const) {
    const rule = fields.object(kind);
    if (!rule) continue;
    const customType = kind === 'custom' ? rule.string('type') : undefined;
    const read: ScaleRule = {
      name,
      kind,
      ...(customType !== undefined && { customType }),
      metadata: rule.stringMap('metadata'),
    };
    if (kind === 'custom') checkCustomRule(read, rule.path);
    return read;
  }
  throw appErrors.notImplemented(`${fields.path}: a scale rule that is neither http nor tcp`);
}
