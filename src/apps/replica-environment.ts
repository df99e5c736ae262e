import type { Clock } from '../base/clock.js';
import type { AppDocument } from './documents.js';
import type { ImageAccess } from './image-access.js';
import { fqdnOf } from './ingress/routing.js';
import type { ContainerEnvironment } from './replica/container-environment.js';
import type { ReplicaSpec } from './replica/replica.js';
import type { AppState } from './state.js';
import type { AppContainer } from './template.js';

interface Sources {
  state: AppState;
  access: ImageAccess;
  clock: Clock;
}

/** What a replica's containers get from their app, as it is at the moment they ask. */
export function replicaEnvironment(spec: ReplicaSpec, sources: Sources): ContainerEnvironment {
  const { state, access, clock } = sources;
  const app = (): AppDocument => {
    const found = state.app(spec.appKey);
    if (!found) throw new Error('the app was deleted');
    return found;
  };
  return {
    clock,
    pull: (image, signal) => access.pull(app(), image, signal),
    explain: (image, failure, signal) => access.explain(app(), image, failure, signal),
    describeAccess: (image) => access.describe(app(), image),
    platformVariables: () => platformVariables(app(), spec, state),
    variables: (container) => variablesOf(container, secretsOf(app())),
    secrets: () => secretsOf(app()),
  };
}

/** @see https://learn.microsoft.com/azure/container-apps/environment-variables#built-in-environment-variables */
function platformVariables(
  app: AppDocument,
  spec: ReplicaSpec,
  state: AppState,
): Map<string, string> {
  const environment = state.environment(app.environmentKey);
  const hostname = environment && fqdnOf(app, environment, spec.revisionName);
  const port = app.configuration.ingress?.targetPort;
  return new Map([
    ['CONTAINER_APP_NAME', app.name],
    ['CONTAINER_APP_REVISION', spec.revisionName],
    ['CONTAINER_APP_HOSTNAME', hostname ?? ''],
    ['CONTAINER_APP_ENV_DNS_SUFFIX', environment?.defaultDomain ?? ''],
    ['CONTAINER_APP_REPLICA_NAME', spec.name],
    ['HOSTNAME', spec.name],
    ...(port ? [['CONTAINER_APP_PORT', String(port)] as const] : []),
  ]);
}

function secretsOf(app: AppDocument): Map<string, string> {
  return new Map(app.configuration.secrets.map(({ name, value }) => [name, value]));
}

function variablesOf(
  container: AppContainer,
  secrets: ReadonlyMap<string, string>,
): Map<string, string> {
  return new Map(
    container.env.map(({ name, value, secretRef }) => [
      name,
      (secretRef === undefined ? value : secrets.get(secretRef)) ?? '',
    ]),
  );
}
