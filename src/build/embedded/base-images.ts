import { normalizePlatform, type Platform } from '../../oci/platform.js';
import type { BaseImageUse } from '../image-builder.js';
import { pullBaseImage, type BaseImage, type BaseImageOptions } from './base-image.js';

/** The images that one build takes content from, each pulled once. */
export class BaseImages {
  readonly #options: BaseImageOptions;
  readonly #pulled = new Map<string, Promise<BaseImage | undefined>>();

  constructor(options: BaseImageOptions) {
    this.#options = options;
  }

  /** @returns undefined when the name is no reference; otherwise throws as `pullBaseImage` does */
  pull(name: string, platform: Platform): Promise<BaseImage | undefined> {
    const key = `${name} ${JSON.stringify(normalizePlatform(platform))}`;
    let pull = this.#pulled.get(key);
    if (pull === undefined) {
      pull = pullBaseImage(name, platform, this.#options);
      this.#pulled.set(key, pull);
    }
    return pull;
  }

  /** @param first goes in front: what the image that was built starts with */
  async uses(first: BaseImageUse | undefined): Promise<BaseImageUse[]> {
    const pulled = await Promise.all(this.#pulled.values());
    const uses = pulled.flatMap((base) => base?.use ?? []);
    return first === undefined ? uses : [first, ...uses.filter((use) => use !== first)];
  }
}
