import { newestReady } from '../app-controller.js';
import type { AppDocument, EnvironmentDocument, RevisionDocument } from '../documents.js';

/** What a host name stands for. */
export interface HostTarget {
  appKey: string;
  /** Set when the host names one revision. */
  revisionName?: string;
  label?: string;
}

/**
 * Host name of an app or of one of its revisions; apps without external ingress have `internal` in it.
 *
 * @returns undefined when the app has no ingress
 */
export function fqdnOf(
  app: AppDocument,
  environment: EnvironmentDocument,
  revisionName?: string,
): string | undefined {
  const domain = domainOf(app, environment);
  return domain && `${revisionName ?? app.name}.${domain}`;
}

/**
 * Whether the world outside may call an app. Those of an internal environment answer its virtual network alone.
 *
 * @see https://learn.microsoft.com/azure/container-apps/networking
 */
export function isPublic(app: AppDocument, environment: EnvironmentDocument | undefined): boolean {
  return app.configuration.ingress?.external === true && environment?.network?.internal !== true;
}

/** Every host name an app answers to. */
export function hostsOf(
  app: AppDocument,
  environment: EnvironmentDocument,
  revisions: readonly RevisionDocument[],
): [host: string, target: HostTarget][] {
  const domain = domainOf(app, environment);
  return domain === undefined ? [] : hostsIn([`.${domain}`], app, revisions);
}

/**
 * Host names by which an app is called from inside its environment: besides the ones that it has anyway its
 * bare name, and the internal name of an app that is external, too.
 *
 * @see https://learn.microsoft.com/azure/container-apps/connect-apps
 */
export function insideHostsOf(
  app: AppDocument,
  environment: EnvironmentDocument,
  revisions: readonly RevisionDocument[],
): [host: string, target: HostTarget][] {
  const domain = domainOf(app, environment);
  if (domain === undefined) return [];
  const suffixes = new Set(['', `.${domain}`, `.internal.${environment.defaultDomain}`]);
  return hostsIn([...suffixes], app, revisions);
}

function domainOf(app: AppDocument, environment: EnvironmentDocument): string | undefined {
  const { ingress } = app.configuration;
  if (!ingress) return undefined;
  return ingress.external ? environment.defaultDomain : `internal.${environment.defaultDomain}`;
}

function hostsIn(
  suffixes: readonly string[],
  app: AppDocument,
  revisions: readonly RevisionDocument[],
): [host: string, target: HostTarget][] {
  const names: [string, HostTarget][] = [[app.name, { appKey: app.key }]];
  for (const { active, name } of revisions) {
    if (active) names.push([name, { appKey: app.key, revisionName: name }]);
  }
  for (const { label } of app.configuration.ingress?.traffic ?? []) {
    if (label) names.push([`${app.name}---${label}`, { appKey: app.key, label }]);
  }
  return suffixes.flatMap((suffix) =>
    names.map(([name, target]): [string, HostTarget] => [`${name}${suffix}`.toLowerCase(), target]),
  );
}

/** A revision and the share of the requests it gets; the weights of all add up to what was asked for. */
export interface Share {
  revision: RevisionDocument;
  weight: number;
}

/**
 * Who gets the app's requests. In single mode that is the newest revision that has been ready: a new
 * one that fails never takes over. In multiple mode the configured weights hold, and `latestRevision`
 * means the newest revision that has been ready.
 */
export function sharesOf(app: AppDocument, revisions: readonly RevisionDocument[]): Share[] {
  const active = revisions.filter((revision) => revision.active);
  const latest = newestReady(active) ?? active.at(-1);
  const traffic = app.configuration.ingress?.traffic ?? [];
  const everything: Share[] = latest ? [{ revision: latest, weight: 100 }] : [];
  if (app.configuration.activeRevisionsMode === 'Single' || traffic.length === 0) return everything;
  return traffic.flatMap(({ latestRevision, revisionName, weight }) => {
    const revision = latestRevision ? latest : active.find(({ name }) => name === revisionName);
    return revision && weight > 0 ? [{ revision, weight }] : [];
  });
}

/** The revision that a label points to. */
export function labelled(
  app: AppDocument,
  revisions: readonly RevisionDocument[],
  label: string,
): RevisionDocument | undefined {
  const entry = app.configuration.ingress?.traffic.find((one) => one.label === label);
  if (!entry) return undefined;
  const active = revisions.filter((revision) => revision.active);
  return entry.latestRevision
    ? (newestReady(active) ?? active.at(-1))
    : active.find(({ name }) => name === entry.revisionName);
}

/**
 * Deals requests out by weight, smoothly: over any 100 requests each revision gets its share to within
 * one, and a heavy one never gets a long run where it can be avoided.
 *
 * @see https://github.com/nginx/nginx/blob/release-1.27.0/src/http/ngx_http_upstream_round_robin.c
 */
export class WeightedTurns {
  readonly #current = new Map<string, number>();

  next(shares: readonly Share[]): RevisionDocument | undefined {
    if (shares.length <= 1) return shares[0]?.revision;
    let total = 0;
    let best: { share: Share; value: number } | undefined;
    for (const share of shares) {
      total += share.weight;
      const value = (this.#current.get(share.revision.key) ?? 0) + share.weight;
      this.#current.set(share.revision.key, value);
      if (best === undefined || value > best.value) best = { share, value };
    }
    if (best === undefined) return undefined;
    this.#current.set(best.share.revision.key, best.value - total);
    if (this.#current.size > 4 * shares.length) this.#forget(shares);
    return best.share.revision;
  }

  #forget(shares: readonly Share[]): void {
    const known = new Set(shares.map(({ revision }) => revision.key));
    for (const key of this.#current.keys()) if (!known.has(key)) this.#current.delete(key);
  }
}
