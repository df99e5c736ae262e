import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Credentials } from '../../remote/registry-client.js';
import type { FolderMount } from '../../runtime/runtime.js';
import type { Step, TaskVolume } from '../yaml/task.js';
import { WORKSPACE } from './command-scope.js';
import type { StepRun } from './step-run.js';

/** Home of every step, with the credentials of the run's registries. */
export const HOME_DIRECTORY = '/acb/home';

const HOME = 'home';
const VOLUMES = 'volumes';

/** What a container of a step sees of the run: the source, the home folder, its volumes. */
export function containerMounts(run: StepRun, step: Step): FolderMount[] {
  return [
    { source: run.workspace, target: WORKSPACE },
    { source: path.join(run.scratch, HOME), target: HOME_DIRECTORY },
    ...step.volumeMounts.map(({ name, mountPath }) => ({
      source: path.join(run.scratch, VOLUMES, name),
      target: mountPath,
    })),
  ];
}

/** Writes the files that `containerMounts` shows. */
export async function writeMounts(
  scratch: string,
  {
    volumes,
    credentials,
  }: {
    volumes: readonly TaskVolume[];
    /** By login server. */
    credentials: ReadonlyMap<string, Credentials>;
  },
): Promise<void> {
  const docker = path.join(scratch, HOME, '.docker');
  await mkdir(docker, { recursive: true });
  const auths = [...credentials].map(
    ([server, login]) => [server, { auth: encode(login) }] as const,
  );
  const config = { auths: Object.fromEntries(auths) };
  await writeFile(path.join(docker, 'config.json'), JSON.stringify(config), { mode: 0o600 });
  for (const { name, files } of volumes) {
    const directory = path.join(scratch, VOLUMES, name);
    await mkdir(directory, { recursive: true });
    for (const [file, content] of files) {
      await writeFile(path.join(directory, file), content, { mode: 0o444 });
    }
  }
}

function encode({ username, password }: Credentials): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}
