import type { OpenRepository } from '../../image/image-access.js';
import type { Platform } from '../../oci/platform.js';
import { formatReference, type Reference } from '../../oci/reference.js';
import type { RepositoryClient } from '../../remote/registry-client.js';
import { readContent } from './content.js';
import { isRefusal, type ImageFacts, type Refusal } from './image-facts.js';
import { inspectImage, type WantedPlatform } from './inspector.js';
import { Limiter } from './limiter.js';
import { refusalOf } from './refusal.js';

export interface InspectorOptions {
  /** Reaches a repository with the credentials whose pulls are tried. */
  openRepository: OpenRepository;
  /** Images asked about at the same time. */
  concurrency: number;
  /** For everything about one image, retries included. */
  timeoutMs: number;
  /** Also reads the layers of the platforms that are wanted. */
  deep?: boolean;
}

/** Asks registries about images: each image once, some at a time, a dead registry not again and again. */
export class ImageInspector {
  readonly #options: InspectorOptions;
  readonly #limiter: Limiter;
  readonly #repositories = new Map<string, Promise<RepositoryClient>>();
  /** What the first image of a registry that does not answer was told. */
  readonly #dead = new Map<string, Refusal>();

  constructor(options: InspectorOptions) {
    this.#options = options;
    this.#limiter = new Limiter(options.concurrency);
  }

  /** @returns facts by canonical reference */
  async inspectAll(
    images: ReadonlyMap<string, { reference: Reference; wanted: readonly WantedPlatform[] }>,
  ): Promise<Map<string, ImageFacts>> {
    const facts = await Promise.all(
      [...images].map(async ([name, { reference, wanted }]) => {
        const found = await this.#limiter.run(() => this.#inspect(reference, wanted));
        return [name, found] as const;
      }),
    );
    return new Map(facts);
  }

  async #inspect(reference: Reference, wanted: readonly WantedPlatform[]): Promise<ImageFacts> {
    const dead = this.#dead.get(reference.registry);
    if (dead) return { outcome: 'refused', reference, refusal: dead, tags: [] };
    const { timeoutMs } = this.#options;
    const signal = AbortSignal.timeout(timeoutMs);
    const facts = await this.#ask(reference, wanted, signal);
    if (facts.outcome === 'refused') {
      const { kind } = facts.refusal;
      if (signal.aborted) facts.refusal = timedOut(timeoutMs, facts.refusal);
      if (kind === 'unknown-host' || kind === 'unreachable') {
        this.#dead.set(reference.registry, facts.refusal);
      }
    } else if (signal.aborted && isRefusal(facts.content)) {
      facts.content = timedOut(timeoutMs, facts.content);
    }
    return facts;
  }

  async #ask(
    reference: Reference,
    wanted: readonly WantedPlatform[],
    signal: AbortSignal,
  ): Promise<ImageFacts> {
    try {
      const repository = await this.#repository(reference);
      const facts = await inspectImage(repository, reference, wanted, signal);
      if (this.#options.deep === true && facts.outcome === 'found') {
        facts.content = await readContent(repository, facts, wanted, signal);
      }
      return facts;
    } catch (error) {
      return { outcome: 'refused', reference, refusal: refusalOf(error), tags: [] };
    }
  }

  /** One client a repository, so that its token serves all its images. */
  #repository(reference: Reference): Promise<RepositoryClient> {
    const key = `${reference.registry}/${reference.repository}`;
    const known = this.#repositories.get(key);
    if (known) return known;
    const made = this.#options.openRepository(reference);
    this.#repositories.set(key, made);
    return made;
  }
}

function timedOut(timeoutMs: number, refusal: Refusal): Refusal {
  const seconds = timeoutMs / 1000;
  return {
    kind: 'unreachable',
    message: `no full answer within ${seconds} s (${refusal.message})`,
  };
}

/** Platforms wanted of one image by several uses, each once. */
export function mergeWanted(
  known: readonly WantedPlatform[],
  platform: Platform,
  otherArchitectures: boolean,
): WantedPlatform[] {
  const same = (one: WantedPlatform): boolean =>
    one.otherArchitectures === otherArchitectures &&
    JSON.stringify(one.platform) === JSON.stringify(platform);
  return known.some(same) ? [...known] : [...known, { platform, otherArchitectures }];
}

/** The name under which an image is asked for once, however it is written. */
export function imageKey(reference: Reference): string {
  return formatReference(reference);
}
