import { parseReference } from '../../oci/reference.js';
import type { UnpackedImage } from '../../runtime/runtime.js';
import { afterFailure, newBackoff } from '../backoff.js';
import type { Backoff } from '../backoff.js';
import type { PullTrouble } from '../trouble.js';
import { describePullFailure } from '../image-pull.js';
import type { PullFailure } from '../image-pull.js';
import type { EventReason } from '../logs/system-log.js';
import type { ContainerEnvironment } from './container-environment.js';
import { formatDuration } from './execution.js';

/** `retryAt` is in milliseconds since the epoch. */
export type PullOutcome = { image: UnpackedImage } | { trouble: PullTrouble; retryAt: number };

/** Pulls one container's image, and remembers how often that failed in a row. */
export class ImagePuller {
  readonly #image: string;
  readonly #environment: ContainerEnvironment;
  readonly #event: (reason: EventReason, message: string, warning?: boolean) => void;
  #backoff: Backoff = newBackoff('pull');

  constructor(options: {
    image: string;
    environment: ContainerEnvironment;
    event: (reason: EventReason, message: string, warning?: boolean) => void;
  }) {
    this.#image = options.image;
    this.#environment = options.environment;
    this.#event = options.event;
  }

  /** Throws only when the signal was aborted. */
  async pull(signal: AbortSignal): Promise<PullOutcome> {
    this.#event('PullingImage', `Pulling image '${this.#image}'`);
    const begun = this.#now();
    try {
      const { image, note } = await this.#environment.pull(this.#image, signal);
      const took = formatDuration(this.#now() - begun);
      this.#event(
        'PulledImage',
        `Successfully pulled image "${this.#image}" in ${took}. Image size: ${image.size} bytes.${note === undefined ? '' : ` Note: ${note}.`}`,
      );
      this.#backoff = newBackoff('pull');
      return { image };
    } catch (error) {
      if (signal.aborted) throw error;
      return this.#failed(error);
    }
  }

  /** Adds what the registry can tell of the image or the credentials. */
  async explain(trouble: PullTrouble, signal: AbortSignal): Promise<PullTrouble> {
    const facts = await this.#environment.explain(this.#image, trouble.failure, signal);
    return { ...trouble, ...facts };
  }

  #now(): number {
    return this.#environment.clock.now().getTime();
  }

  #failed(error: unknown): PullOutcome {
    const failure = this.#describe(error);
    this.#event(failure.reason, failure.message, failure.reason === 'ImagePullFailed');
    this.#backoff = afterFailure(this.#backoff, this.#now());
    const access = this.#environment.describeAccess(this.#image);
    return {
      trouble: { kind: 'pull', image: this.#image, failure, access },
      retryAt: this.#backoff.dueAt,
    };
  }

  #describe(error: unknown): PullFailure {
    if (parseReference(this.#image)) return describePullFailure(error, this.#image);
    return {
      kind: 'invalid-reference',
      reason: 'ImagePullFailed',
      message: `Failed to pull image: could not parse reference: ${this.#image}`,
    };
  }
}
