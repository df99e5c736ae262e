import type { Clock } from '../../base/clock.js';
import type { PulledImage } from '../image-access.js';
import type { PullFailure, RegistryAccess } from '../image-pull.js';
import type { PullFacts } from '../registry-facts.js';
import type { AppContainer } from '../template.js';

/** What the containers of one replica get from outside; everything is looked up anew at each try. */
export interface ContainerEnvironment {
  clock: Clock;
  /** Resolves, fetches and unpacks with the app's credentials for the registry. */
  pull(image: string, signal: AbortSignal): Promise<PulledImage>;
  /** Finds out what helps to explain a failed pull. */
  explain(image: string, failure: PullFailure, signal: AbortSignal): Promise<PullFacts>;
  /** How the app gets at the image's registry, for the diagnosis. */
  describeAccess(image: string): RegistryAccess;
  /** What the platform itself sets, e.g. `CONTAINER_APP_NAME`. */
  platformVariables(): ReadonlyMap<string, string>;
  /** The template's variables with their secrets filled in. */
  variables(container: AppContainer): ReadonlyMap<string, string>;
  /** All secrets of the app, by their names. */
  secrets(): ReadonlyMap<string, string>;
}
