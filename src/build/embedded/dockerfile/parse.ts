import type { BuildError } from '../../image-builder.js';
import type { ArgInstruction, Dockerfile, Stage, StageInstruction } from './instructions.js';
import { parseInstruction } from './parse-instruction.js';
import { errorAt, readLogicalLines, readSource, type DockerfileSource } from './source.js';
import { WordError } from './words.js';

/** A Dockerfile that has parsed, with the means to point into it. */
export interface ParsedDockerfile extends Dockerfile {
  escape: '\\' | '`';
  /** An error at a place of this file. */
  errorAt(place: { line: number; column: number }, message: string): BuildError;
}

/**
 * @param name for messages, e.g. `'Dockerfile'`
 * @throws BuildError with file, line, column and a caret.
 */
export function parseDockerfile(name: string, text: string): ParsedDockerfile {
  const source = readSource(name, text);
  const globalArgs: ArgInstruction[] = [];
  const stages: Stage[] = [];
  for (const logical of readLogicalLines(source)) {
    const instruction = inSource(source, logical, () => parseInstruction(logical, source.escape));
    const current = stages.at(-1);
    if (instruction.keyword === 'FROM') {
      stages.push({ index: stages.length, from: instruction, instructions: [] });
    } else if (current) current.instructions.push(instruction);
    else if (instruction.keyword === 'ARG') globalArgs.push(instruction);
    else {
      throw errorAt(
        source,
        logical.line,
        logical.column,
        'no build stage in current context: FROM must come first',
      );
    }
  }
  if (stages.length === 0) throw errorAt(source, 1, 1, 'no FROM: the file has no build stage');
  return {
    globalArgs,
    stages,
    escape: source.escape,
    errorAt: (place, message) => errorAt(source, place.line, place.column, message),
  };
}

/** Parses one instruction that an image left for the images built on it. */
export function parseTrigger(text: string): StageInstruction {
  const source = readSource('ONBUILD', text);
  const [logical] = readLogicalLines(source);
  const instruction = logical && inSource(source, logical, () => parseInstruction(logical, '\\'));
  if (instruction === undefined || instruction.keyword === 'FROM') {
    throw errorAt(source, 1, 1, `not an instruction that a base image may trigger`);
  }
  return instruction;
}

function inSource<T>(
  source: DockerfileSource,
  place: { line: number; column: number },
  parse: () => T,
): T {
  const placer = {
    errorAt: (at: { line: number; column: number }, message: string) =>
      errorAt(source, at.line, at.column, message),
  };
  return placing(placer, place, parse);
}

/** Gives a fault of words the place where they stand. */
export function placing<T>(
  dockerfile: Pick<ParsedDockerfile, 'errorAt'>,
  place: { line: number; column: number },
  act: () => T,
): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof WordError ? dockerfile.errorAt(place, error.message) : error;
  }
}
