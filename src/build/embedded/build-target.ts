import { codeOf } from '../../base/failure.js';
import { BuildError, type BuildRequest } from '../image-builder.js';
import { readContextFile } from './context/context.js';
import type { Stage } from './dockerfile/instructions.js';
import { parseDockerfile, type ParsedDockerfile } from './dockerfile/parse.js';
import { findStage } from './stage-graph.js';

/** Reads and parses the request's Dockerfile. @throws BuildError */
export async function readDockerfile(request: BuildRequest): Promise<ParsedDockerfile> {
  const name = request.dockerfile;
  let text: string;
  try {
    text = await readContextFile(request.dockerfileDirectory ?? request.contextDirectory, name);
  } catch (error) {
    if (error instanceof BuildError) throw error;
    throw new BuildError(
      codeOf(error) === 'ENOENT'
        ? `unable to prepare context: unable to evaluate symlinks in Dockerfile path: ${name}: no such file`
        : `unable to read ${name}: ${codeOf(error) ?? 'unknown error'}`,
    );
  }
  return parseDockerfile(name, text);
}

/** The stage to build. @throws BuildError when there is none of that name */
export function targetStage(dockerfile: ParsedDockerfile, target: string | undefined): Stage {
  const last = dockerfile.stages.at(-1);
  const found = target ? findStage(dockerfile, target, dockerfile.stages.length) : last;
  if (found) return found;
  const names = dockerfile.stages.flatMap((stage) => stage.from.alias ?? []);
  const known = names.length > 0 ? `; the stages are ${names.join(', ')}` : '; no stage has a name';
  throw new BuildError(`failed to reach build target ${target ?? ''} in Dockerfile${known}`);
}
