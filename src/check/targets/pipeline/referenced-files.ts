import type { Platform } from '../../../oci/platform.js';
import type { SourceFile } from '../../source/position.js';
import { emptyContents, type TargetContents } from '../contents.js';
import { readDockerfile } from '../dockerfile.js';
import type { ReadOptions } from '../read-options.js';
import { joinPath } from '../relative-path.js';

/** A build as a pipeline describes it; texts may still hold what is known only later. */
export interface DescribedBuild {
  context: string;
  /** From the workspace; the context's `Dockerfile` when absent. */
  file: string | undefined;
  platforms: readonly Platform[];
  /** `NAME=value` */
  buildArgs: readonly string[];
}

/** The folders that a pipeline's file may stand in below the workspace. */
const PIPELINE_FOLDER =
  /(?:^|\/)(?:\.github\/(?:workflows|actions\/[^/]+)|\.azure-pipelines|\.azuredevops|\.pipelines|pipelines)\/[^/]+$/;

/** The workspace of a pipeline: where its repository is checked out, told from where its file stands. */
export function workspaceOf({ path }: SourceFile): string {
  const portable = path.replaceAll('\\', '/');
  const at = portable.search(PIPELINE_FOLDER);
  if (at < 0) return joinPath(portable, '.');
  return at === 0 ? '.' : portable.slice(0, at);
}

/** The Dockerfile of a build, when it is there and its path is known. */
export function builtDockerfile(
  build: DescribedBuild,
  { file, options }: { file: SourceFile; options: ReadOptions },
): TargetContents {
  const relative = build.file ?? `${build.context}/Dockerfile`;
  if (build.platforms.length === 0 || /[${}]/.test(relative)) return emptyContents();
  const path = joinPath(`${workspaceOf(file)}/x`, relative);
  const text = options.readFile(path);
  if (text === undefined) return emptyContents();
  const pairs = build.buildArgs.map((pair): [string, string] => {
    const at = pair.indexOf('=');
    return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
  });
  return readDockerfile(
    { path, text },
    { platforms: build.platforms, because: 'the build', buildArgs: new Map(pairs) },
  );
}
