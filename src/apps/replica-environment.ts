import type { Clock } from '../base/clock.js';
import type { AppDocument, EnvironmentDocument, Workload } from './documents.js';
import type { ImageAccess } from './image-access.js';
import { fqdnOf } from './ingress/routing.js';
import type { ContainerEnvironment } from './replica/container-environment.js';
import type { ReplicaSpec } from './replica/replica.js';
import type { AppContainer } from './template.js';

interface Sources<W extends Workload> {
  /** As it is at the moment; undefined once it was deleted. */
  workload: () => W | undefined;
  /** What the platform itself sets. */
  platformVariables: (workload: W) => ReadonlyMap<string, string>;
  access: ImageAccess;
  clock: Clock;
  /** What a program needs to ask for tokens of its workload's identities. */
  identityVariables: ((workload: Workload) => ReadonlyMap<string, string>) | undefined;
}

/** What a replica's containers get from their app or job, as it is at the moment they ask. */
export function replicaEnvironment<W extends Workload>(sources: Sources<W>): ContainerEnvironment {
  const { access, clock, identityVariables } = sources;
  const workload = (): W => {
    const found = sources.workload();
    if (!found) throw new Error('what this replica is of was deleted');
    return found;
  };
  return {
    clock,
    pull: (image, signal) => access.pull(workload(), image, signal),
    explain: (image, failure, signal) => access.explain(workload(), image, failure, signal),
    describeAccess: (image) => access.describe(workload(), image),
    platformVariables: () =>
      new Map([
        ...sources.platformVariables(workload()),
        ...(identityVariables?.(workload()) ?? []),
      ]),
    variables: (container) => variablesOf(container, secretsOf(workload())),
    secrets: () => secretsOf(workload()),
  };
}

/** @see https://learn.microsoft.com/azure/container-apps/environment-variables#built-in-environment-variables */
export function appVariables(
  app: AppDocument,
  spec: ReplicaSpec,
  environment: EnvironmentDocument | undefined,
): Map<string, string> {
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

function secretsOf({ configuration }: Workload): Map<string, string> {
  return new Map(configuration.secrets.map(({ name, value }) => [name, value]));
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
