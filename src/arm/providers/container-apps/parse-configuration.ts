import type {
  Configuration,
  CorsPolicy,
  IngressConfiguration,
  IpRestriction,
  RegistryCredentials,
  Secret,
  TrafficWeight,
} from '../../../apps/documents.js';
import type { Template } from '../../../apps/template.js';
import { isAddressRange } from '../../../apps/ingress/access.js';
import { appErrors } from './errors.js';
import type { Fields } from './fields.js';

const DEFAULT_MAX_INACTIVE_REVISIONS = 100;
const SECRET_NAME = /^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/;
const UNSUPPORTED = ['service', 'dapr'];

/**
 * Reads `properties.configuration`.
 *
 * @param existing secrets that the app has: one that comes without a value keeps its own
 * @throws ArmError
 */
export function parseConfiguration(
  fields: Fields | undefined,
  existing: readonly Secret[],
): Configuration {
  for (const name of UNSUPPORTED) refuseFeature(fields, name);
  const mode = fields?.string('activeRevisionsMode')?.toLowerCase() ?? 'single';
  if (mode !== 'single' && mode !== 'multiple') {
    const path = `${fields?.path ?? ''}.activeRevisionsMode`;
    throw appErrors.invalidValue(path, `'${mode}' is neither 'Single' nor 'Multiple'`);
  }
  const ingressFields = fields?.object('ingress');
  const configuration: Configuration = {
    activeRevisionsMode: mode === 'single' ? 'Single' : 'Multiple',
    ...(ingressFields && { ingress: parseIngress(ingressFields) }),
    registries: (fields?.objects('registries') ?? []).map(parseRegistry),
    secrets: (fields?.objects('secrets') ?? []).map((secret) => parseSecret(secret, existing)),
    maxInactiveRevisions: fields?.integer('maxInactiveRevisions') ?? DEFAULT_MAX_INACTIVE_REVISIONS,
  };
  if (configuration.ingress?.stickySessions && mode === 'multiple') {
    throw appErrors.stickyInMultipleMode();
  }
  return configuration;
}

/** A feature that is switched on but does not exist here; switched off it is no matter. */
function refuseFeature(fields: Fields | undefined, name: string): void {
  const feature = fields?.object(name);
  if (feature && feature.boolean('enabled') !== false) {
    throw appErrors.notImplemented(feature.path);
  }
}

function parseIngress(fields: Fields): IngressConfiguration {
  const targetPort = fields.integer('targetPort') ?? 0;
  if (targetPort < 0 || targetPort > 65_535) {
    throw appErrors.invalidValue(`${fields.path}.targetPort`, `${targetPort} is no port`);
  }
  refuseIngressFeatures(fields);
  const transport = parseTransport(fields);
  const affinity = fields.object('stickySessions')?.string('affinity')?.toLowerCase();
  const corsPolicy = parseCors(fields.object('corsPolicy'));
  return {
    external: fields.boolean('external') ?? false,
    targetPort,
    exposedPort: parseExposedPort(fields, transport),
    transport,
    allowInsecure: fields.boolean('allowInsecure') ?? false,
    traffic: parseTraffic(fields),
    stickySessions: affinity === 'sticky',
    ipSecurityRestrictions: parseRestrictions(fields),
    ...(corsPolicy && { corsPolicy }),
  };
}

/** What an ingress cannot do here is not taken and forgotten. */
function refuseIngressFeatures(fields: Fields): void {
  for (const name of ['customDomains', 'additionalPortMappings']) {
    if (fields.objects(name).length > 0) throw appErrors.notImplemented(`${fields.path}.${name}`);
  }
  const mode = fields.string('clientCertificateMode')?.toLowerCase() ?? 'ignore';
  if (mode !== 'ignore') throw appErrors.notImplemented(`${fields.path}.clientCertificateMode`);
}

/** HTTP has its own ports in an environment, and so has the name server. */
const RESERVED_PORTS = [53, 80, 443];

function parseExposedPort(fields: Fields, transport: string): number {
  const port = fields.integer('exposedPort') ?? 0;
  const free = port >= 0 && port <= 65_535 && !RESERVED_PORTS.includes(port);
  if (transport !== 'Tcp' || free) return port;
  const why = `${port} is no port that TCP can have; ${RESERVED_PORTS.join(', ')} are taken`;
  throw appErrors.invalidValue(`${fields.path}.exposedPort`, why);
}

function parseTransport(fields: Fields): string {
  const text = fields.string('transport')?.toLowerCase() ?? 'auto';
  const known = ['Auto', 'Http', 'Http2', 'Tcp'].find((one) => one.toLowerCase() === text);
  if (known === undefined) {
    throw appErrors.invalidValue(`${fields.path}.transport`, `'${text}' is unknown`);
  }
  return known;
}

function parseTraffic(fields: Fields): TrafficWeight[] {
  const traffic = fields.objects('traffic').map((entry): TrafficWeight => {
    const revisionName = entry.string('revisionName');
    const label = entry.string('label');
    return {
      latestRevision: entry.boolean('latestRevision') ?? false,
      weight: entry.integer('weight') ?? 0,
      ...(revisionName && { revisionName }),
      ...(label && { label }),
    };
  });
  if (traffic.length === 0) return [{ latestRevision: true, weight: 100 }];
  const sum = traffic.reduce((total, { weight }) => total + weight, 0);
  if (sum !== 100 || traffic.some(({ weight }) => weight < 0)) throw appErrors.trafficSum(sum);
  return traffic;
}

/** All of one kind, as the service demands. */
function parseRestrictions(fields: Fields): IpRestriction[] {
  const restrictions = fields.objects('ipSecurityRestrictions').map(parseRestriction);
  if (new Set(restrictions.map(({ action }) => action)).size > 1) {
    const why = 'restrictions must all allow or all deny';
    throw appErrors.invalidValue(`${fields.path}.ipSecurityRestrictions`, why);
  }
  return restrictions;
}

function parseRestriction(fields: Fields): IpRestriction {
  const action = fields.string('action')?.toLowerCase() === 'deny' ? 'Deny' : 'Allow';
  const description = fields.string('description');
  const ipAddressRange = fields.string('ipAddressRange') ?? '';
  if (!isAddressRange(ipAddressRange)) {
    const why = `'${ipAddressRange}' is no address and no range such as '10.0.0.0/8'`;
    throw appErrors.invalidValue(`${fields.path}.ipAddressRange`, why);
  }
  return {
    name: fields.string('name') ?? '',
    ipAddressRange,
    action,
    ...(description !== undefined && { description }),
  };
}

function parseCors(fields: Fields | undefined): CorsPolicy | undefined {
  if (!fields) return undefined;
  const allowedMethods = fields.strings('allowedMethods');
  const allowedHeaders = fields.strings('allowedHeaders');
  const exposeHeaders = fields.strings('exposeHeaders');
  const maxAge = fields.integer('maxAge');
  return {
    allowedOrigins: fields.strings('allowedOrigins') ?? [],
    ...(allowedMethods && { allowedMethods }),
    ...(allowedHeaders && { allowedHeaders }),
    ...(exposeHeaders && { exposeHeaders }),
    ...(maxAge !== undefined && { maxAge }),
    allowCredentials: fields.boolean('allowCredentials') ?? false,
  };
}

export function parseRegistry(fields: Fields): RegistryCredentials {
  const server = fields.string('server') ?? '';
  if (server === '') throw appErrors.invalidSchema(`${fields.path}.server`, 'a host name');
  return {
    server,
    username: fields.string('username') ?? '',
    passwordSecretRef: fields.string('passwordSecretRef') ?? '',
    identity: fields.string('identity') ?? '',
  };
}

export function parseSecret(fields: Fields, existing: readonly Secret[]): Secret {
  const name = fields.string('name') ?? '';
  if (!SECRET_NAME.test(name)) {
    throw appErrors.invalidValue(`${fields.path}.name`, `'${name}' is no name for a secret`);
  }
  if (fields.string('keyVaultUrl')) throw appErrors.notImplemented(`${fields.path}.keyVaultUrl`);
  const value = fields.string('value') ?? existing.find((secret) => secret.name === name)?.value;
  if (value === undefined || value === '') throw appErrors.secretInvalid(name);
  return { name, value };
}

/** Every secret that something refers to exists. @throws ArmError ContainerAppSecretRefNotFound */
export function checkSecretRefs(
  configuration: Pick<Configuration, 'registries' | 'secrets'>,
  template: Pick<Template, 'containers' | 'initContainers' | 'volumes'>,
): void {
  const secrets = new Set(configuration.secrets.map(({ name }) => name));
  for (const { server, passwordSecretRef } of configuration.registries) {
    if (passwordSecretRef !== '' && !secrets.has(passwordSecretRef)) {
      throw appErrors.secretRefNotFound(passwordSecretRef, `registry server '${server}'`);
    }
  }
  for (const container of [...template.initContainers, ...template.containers]) {
    for (const { secretRef } of container.env) {
      if (secretRef !== undefined && !secrets.has(secretRef)) {
        throw appErrors.secretRefNotFound(secretRef, `container '${container.name}'`);
      }
    }
  }
  for (const { name, secrets: items = [] } of template.volumes ?? []) {
    for (const { secretRef } of items) {
      if (!secrets.has(secretRef)) throw appErrors.secretRefNotFound(secretRef, `volume '${name}'`);
    }
  }
}
