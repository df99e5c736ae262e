import type { JsonObject } from '../../base/json.js';
import { isJsonObject, textOf } from '../../base/json.js';
import { objectOf, objects } from '../document-values.js';
import { differences, type Difference } from '../json-diff.js';
import type { CapturedApp, CapturedRow } from './captured-app.js';

/** What one of the two apps of an experiment is deployed with. */
export interface DeployedRevision {
  /** Images of captured registries begin with {@link LOGIN_SERVER}. */
  template: JsonObject;
  ingress: JsonObject;
  /** Empty for the registry's own. */
  registryPassword: string;
}

/** What an app that fails is compared with. */
export interface Experiment {
  good: DeployedRevision;
  bad: DeployedRevision;
  /** Where the two differ: what the experiment varies. */
  varied: Difference[];
  /** Whether the good one is a stand-in, because the app never had a revision that was Healthy. */
  isStandIn: boolean;
  /** Names of the secrets of the app, whose values are not captured. */
  secrets: string[];
}

/** Stands in images for the login server of the registry that the lab makes. */
export const LOGIN_SERVER = '__LOGIN_SERVER__';
export const STAND_IN_IMAGE = 'stand-in:v1';
const WORKLOAD_PORT = 8000;

/** Proposes what to compare the failing revision with: the last one that was Healthy, else a stand-in. */
export function experimentOf(app: CapturedApp): Experiment {
  const bad = {
    template: portable(app.failing.template, app),
    ingress: ingressOf(app),
    registryPassword: isRefusedPassword(app) ? 'not-the-password' : '',
  };
  const port = listeningPort(app.rows);
  const ingress = { ...bad.ingress, ...(port !== undefined && { targetPort: port }) };
  const before = app.healthy && portable(app.healthy.template, app);
  const proven: DeployedRevision[] = before
    ? [{ template: before, ingress, registryPassword: '' }]
    : [];
  const repaired: DeployedRevision = { template: bad.template, ingress, registryPassword: '' };
  const candidates = [...proven, repaired].filter(
    (good) => differences({ ...good }, { ...bad }).length > 0,
  );
  const good = candidates[0] ?? standIn(bad);
  return {
    good,
    bad,
    varied: differences({ ...good }, { ...bad }),
    isStandIn: candidates.length === 0,
    secrets: secretsOf(app),
  };
}

/** A template without what the service adds and with images that can be anywhere. */
function portable(template: JsonObject, { registries }: CapturedApp): JsonObject {
  const text = JSON.stringify(template, (key, value: unknown) =>
    value === null || key === 'revisionSuffix' || key === 'imageType' || key === 'ephemeralStorage'
      ? undefined
      : value,
  );
  const moved = [...registries.keys()].reduce(
    (all, server) => all.replaceAll(`"image":"${server}/`, `"image":"${LOGIN_SERVER}/`),
    text,
  );
  return JSON.parse(moved) as JsonObject; // a round trip through JSON is JSON
}

function ingressOf({ configuration }: CapturedApp): JsonObject {
  const { external, targetPort, transport } = objectOf(configuration['ingress']);
  if (typeof targetPort !== 'number') return {};
  return { external: external === true, targetPort, transport: textOf(transport) || 'Auto' };
}

/** A password can't be captured; that it was refused can. */
function isRefusedPassword({ rows, configuration }: CapturedApp): boolean {
  const withPassword = objects(configuration['registries']).some((one) => one['username'] !== '');
  return withPassword && rows.some(({ reason }) => reason === 'ImagePullUnauthorized');
}

function listeningPort(rows: readonly CapturedRow[]): number | undefined {
  const ports = rows.flatMap(
    ({ message }) => /does not match the listening ports? (\d+)/.exec(message)?.[1] ?? [],
  );
  return ports[0] === undefined ? undefined : Number(ports[0]);
}

/** The workload of the labs in the place of the first container. */
function standIn(bad: DeployedRevision): DeployedRevision {
  const [first] = objects(bad.template['containers']);
  const { name, resources } = first ?? {};
  const container = { name: name ?? 'app', image: `${LOGIN_SERVER}/${STAND_IN_IMAGE}` };
  return {
    template: {
      containers: [{ ...container, ...(isJsonObject(resources) && { resources }) }],
      scale: objectOf(bad.template['scale']),
    },
    ingress:
      bad.ingress['targetPort'] === undefined ? {} : { ...bad.ingress, targetPort: WORKLOAD_PORT },
    registryPassword: '',
  };
}

/** The registry's own is made anew. */
function secretsOf({ configuration }: CapturedApp): string[] {
  const ofRegistries = objects(configuration['registries']).map((one) =>
    textOf(one['passwordSecretRef']),
  );
  return objects(configuration['secrets'])
    .map(({ name }) => name)
    .map(textOf)
    .filter((name) => !ofRegistries.includes(name));
}

/** The images of both, once each, as they were in the registries of the app. */
export function imagesOf(app: CapturedApp): string[] {
  const templates = [app.failing.template, ...(app.healthy ? [app.healthy.template] : [])];
  const all = templates.flatMap(({ containers, initContainers }) =>
    [...objects(containers), ...objects(initContainers)].map(({ image }) => textOf(image)),
  );
  const own = all.filter((image) => app.registries.has(image.split('/')[0] ?? ''));
  return [...new Set(own)];
}
