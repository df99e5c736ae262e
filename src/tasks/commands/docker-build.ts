import { buildImage } from '../images/build-image.js';
import { workspaceDirectory, type CommandScope } from '../steps/command-scope.js';
import { readBuildOptions } from './build-options.js';

/** `docker build` and `docker buildx build`. */
export async function runBuild(scope: CommandScope, words: readonly string[]): Promise<void> {
  const { env } = scope;
  const workingDirectory = await workspaceDirectory(scope, '.');
  await buildImage(scope, await readBuildOptions(words, { workingDirectory, env }));
}
