import type { AppDocument, EnvironmentDocument } from '../documents.js';
import type { AppState } from '../state.js';
import { hostsOf, insideHostsOf, isPublic } from './routing.js';
import type { HostTarget } from './routing.js';

type Table = ReadonlyMap<string, HostTarget>;

/** Which host names stand for which app, from outside and from inside an environment. */
export class HostNames {
  readonly #state: AppState;
  readonly #openInternals: boolean;
  #outside: Table | undefined;
  readonly #inside = new Map<string, Table>();

  /**
   * @param openInternals whether apps with internal ingress answer everyone on this machine: where replicas
   *   share its network nobody can tell them from their host
   */
  constructor(state: AppState, openInternals: boolean) {
    this.#state = state;
    this.#openInternals = openInternals;
    state.onChange(() => {
      this.#outside = undefined;
      this.#inside.clear();
    });
  }

  /** For a call from this machine. */
  outside(host: string): HostTarget | undefined {
    this.#outside ??= this.#tableOf(
      (app, environment) => this.#openInternals || isPublic(app, environment),
    );
    return this.#outside.get(host);
  }

  /** For a call from a replica of the environment. */
  inside(environmentKey: string, host: string): HostTarget | undefined {
    let table = this.#inside.get(environmentKey);
    if (!table) {
      table = this.#insideTableOf(environmentKey);
      this.#inside.set(environmentKey, table);
    }
    return table.get(host) ?? this.outside(host);
  }

  /** Whether the ingress answers to a name inside an environment, if only to say that no app has it. */
  resolves(environmentKey: string, name: string): boolean {
    return (
      this.inside(environmentKey, name) !== undefined ||
      this.#state.environments().some(({ defaultDomain }) => name.endsWith(`.${defaultDomain}`))
    );
  }

  /** Host names of apps, revisions and labels that the world outside may call. */
  publicHosts(): string[] {
    return [...this.#tableOf(isPublic).keys()];
  }

  #tableOf(included: (app: AppDocument, environment: EnvironmentDocument) => boolean): Table {
    return new Map(
      this.#state.apps().flatMap((app) => {
        const environment = this.#state.environment(app.environmentKey);
        if (!environment || !included(app, environment)) return [];
        return hostsOf(app, environment, this.#state.revisions(app.key));
      }),
    );
  }

  #insideTableOf(environmentKey: string): Table {
    const environment = this.#state.environment(environmentKey);
    if (!environment) return new Map();
    const apps = this.#state.apps().filter((app) => app.environmentKey === environmentKey);
    const { network } = environment;
    const neighbours = this.#tableOf(
      (app, other) =>
        network !== undefined &&
        network.key === other.network?.key &&
        app.configuration.ingress?.external === true,
    );
    return new Map([
      ...neighbours,
      ...apps.flatMap((app) => insideHostsOf(app, environment, this.#state.revisions(app.key))),
    ]);
  }
}
