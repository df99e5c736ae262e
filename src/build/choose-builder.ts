import { Failure } from '../base/failure.js';
import type { ImageBuilder } from './image-builder.js';

export const BUILDER_NAMES = ['embedded', 'buildx', 'buildah'] as const;
export type BuilderName = (typeof BUILDER_NAMES)[number];

/** A kind of builder: how to make one, and whether it works on this machine. */
export interface BuilderChoice {
  name: BuilderName;
  create(): ImageBuilder;
  /** @returns why it does not work here; undefined when it does */
  obstacle(): Promise<string | undefined>;
}

export interface ChosenBuilder {
  builder: ImageBuilder;
  /** Why this one, e.g. `'it needs no daemon'`. */
  reason: string;
}

const REASONS: Readonly<Record<BuilderName, string>> = {
  embedded: 'it needs no daemon',
  buildx: 'the embedded builder does not work here',
  buildah: 'neither the embedded builder nor buildx works here',
};

/**
 * The builder that was asked for, or the first that works.
 *
 * @throws Failure saying why the one asked for, or each of them, does not work
 */
export async function chooseBuilder(
  wanted: BuilderName | 'auto',
  choices: readonly BuilderChoice[],
): Promise<ChosenBuilder> {
  const obstacles: string[] = [];
  for (const choice of choices.filter(({ name }) => wanted === 'auto' || name === wanted)) {
    const obstacle = await choice.obstacle();
    if (obstacle === undefined) {
      const reason = wanted === 'auto' ? REASONS[choice.name] : 'it was asked for';
      return { builder: choice.create(), reason };
    }
    obstacles.push(`${choice.name}: ${obstacle}`);
  }
  throw new Failure(
    wanted === 'auto' ? 'no builder works here' : `builder ${wanted} does not work`,
    {
      why: obstacles.join('; '),
      help: 'leave out --builder to use the first that works, or install buildah or docker buildx',
    },
  );
}
