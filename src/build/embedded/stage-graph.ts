import type { Stage } from './dockerfile/instructions.js';
import type { ParsedDockerfile } from './dockerfile/parse.js';

/** The stage a name or a number means, looking only at those in front of `before`. */
export function findStage(
  dockerfile: ParsedDockerfile,
  name: string,
  before: number,
): Stage | undefined {
  const wanted = name.toLowerCase();
  const earlier = dockerfile.stages.slice(0, before);
  const named = earlier.filter((stage) => stage.from.alias === wanted).at(-1);
  if (named) return named;
  return /^\d+$/.test(name) ? earlier[Number(name)] : undefined;
}

/** The stages that the target needs, itself last, in the order of the file. */
export function neededStages(
  dockerfile: ParsedDockerfile,
  target: Stage,
  expandFrom: (stage: Stage) => string,
): Stage[] {
  const needed = new Set<Stage>();
  const visit = (stage: Stage): void => {
    if (needed.has(stage)) return;
    needed.add(stage);
    const base = findStage(dockerfile, expandFrom(stage), stage.index);
    // A number is a stage for COPY --from, but an image name for FROM.
    if (base?.from.alias !== undefined) visit(base);
    for (const name of stage.instructions.flatMap(namesUsed)) {
      const used = findStage(dockerfile, name, stage.index);
      if (used) visit(used);
    }
  };
  visit(target);
  return [...needed].sort((a, b) => a.index - b.index);
}

function namesUsed(instruction: Stage['instructions'][number]): string[] {
  if (instruction.keyword === 'RUN') {
    return instruction.mounts.flatMap((mount) => mount.get('from') ?? []);
  }
  const copies = instruction.keyword === 'COPY' && instruction.from !== undefined;
  return copies ? [instruction.from ?? ''] : [];
}
