import { readFileSync, realpathSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../../base/failure.js';
import { formatReference, type Reference } from '../../oci/reference.js';
import type { Step, StepOptions, Task } from '../yaml/task.js';
import type { RunRequest } from './run-request.js';
import type { DockerWork, EncodedWork, FileWork } from './run-work.js';
import { StepFailure } from '../steps/step-run.js';

const BUILD_TIMEOUT = 28_800;
const PUSH_TIMEOUT = 3_600;

/** Texts that must not show in the log. */
export function secretsOf({ work, logins }: Pick<RunRequest, 'work' | 'logins'>): string[] {
  const given = work.kind === 'docker' ? work.buildArgs : work.values;
  return [
    ...given.filter(({ isSecret }) => isSecret).map(({ value }) => value),
    ...logins.flatMap((login) => ('credentials' in login ? [login.credentials.password] : [])),
  ];
}

/** What the steps of a Docker build are: build, and push unless there is nothing to push. */
export function dockerTask(work: DockerWork, references: readonly Reference[]): Task {
  const names = references.map((reference) => formatReference(reference));
  const words = [
    ...names.flatMap((name) => ['-t', name]),
    ...['-f', work.dockerfile],
    ...(work.target === undefined ? [] : ['--target', work.target]),
    ...work.buildArgs.flatMap(({ name, value }) => ['--build-arg', `${name}=${value}`]),
    '.',
  ];
  const build: Step = {
    ...plainStep('build', BUILD_TIMEOUT, []),
    kind: 'build',
    build: quoted(words),
  };
  const push: Step = { ...plainStep('push', PUSH_TIMEOUT, ['build']), kind: 'push', images: names };
  const pushes = work.isPushEnabled && names.length > 0;
  return { version: 'v1.0.0', steps: pushes ? [build, push] : [build], networks: [], volumes: [] };
}

function plainStep(id: string, timeout: number, after: readonly string[]): StepOptions {
  return {
    ...{ id, timeout, after, line: 1, env: [], ports: [], expose: [], volumeMounts: [] },
    ...{ startDelay: 0, retries: 0, retryDelay: 0, repeat: 0, ignoreErrors: false, detach: false },
    ...{ keep: false, privileged: false, pull: false, disableWorkingDirectoryOverride: false },
  };
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
}

/**
 * Reads the task file of a run, from its source or from the request.
 *
 * @throws TaskYamlError; StepFailure when a file is not there
 */
export async function readTask(
  work: FileWork | EncodedWork,
  run: Readonly<Record<string, string>>,
  workspace: string,
): Promise<Task> {
  const inSource = work.kind === 'file';
  const name = inSource ? work.taskFile : 'acb.yaml';
  const text = inSource ? await readSourceFile(workspace, name) : work.text;
  const secrets = work.values.filter(({ isSecret }) => isSecret);
  // The YAML library takes 9 MiB: not before there is a file to read.
  const [{ parseTask }, { mergeValues }] = await Promise.all([
    import('../yaml/parse-task.js'),
    import('../yaml/values.js'),
  ]);
  return parseTask({
    name,
    text,
    values: {
      run,
      values: mergeValues(await valuesFile(work, workspace), work.values),
      secrets: new Map(secrets.map((secret) => [secret.name, secret.value])),
    },
    readFile: (file) => readNow(workspace, file),
  });
}

async function valuesFile(
  work: FileWork | EncodedWork,
  workspace: string,
): Promise<{ name: string; text: string } | undefined> {
  if (work.kind === 'encoded') {
    return work.valuesText === undefined
      ? undefined
      : { name: 'values.yaml', text: work.valuesText };
  }
  if (work.valuesFile === undefined) return undefined;
  return { name: work.valuesFile, text: await readSourceFile(workspace, work.valuesFile) };
}

/** @throws StepFailure when the file is not there, or a link leads out of the source */
async function readSourceFile(workspace: string, name: string): Promise<string> {
  try {
    const root = await realpath(workspace);
    const file = await realpath(path.join(root, name));
    if (file.startsWith(root + path.sep)) return await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
  }
  throw new StepFailure(`failed to load the task, err: the source has no file '${name}'`);
}

function readNow(workspace: string, name: string): string | undefined {
  try {
    const root = realpathSync(workspace);
    const file = realpathSync(path.join(root, name));
    return file.startsWith(root + path.sep) ? readFileSync(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}
