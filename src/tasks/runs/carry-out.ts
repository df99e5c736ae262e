import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { digestOf } from '../../oci/digest.js';
import { parseRepositoryName, type Reference } from '../../oci/reference.js';
import { RemoteError, type Credentials } from '../../remote/registry-client.js';
import { RunImages } from '../images/run-images.js';
import { extractSource } from '../source-archive.js';
import { fetchSource } from '../sources/remote-source.js';
import { writeMounts } from '../steps/container-mounts.js';
import { RunNetwork } from '../steps/run-network.js';
import { runSteps, type StepTimes } from '../steps/run-steps.js';
import { StepFailure, type StepRun, type StepServices } from '../steps/step-run.js';
import type { Step, Task } from '../yaml/task.js';
import { TaskYamlError } from '../yaml/yaml-error.js';
import { writeDependencies } from './dependencies.js';
import { runValues } from './image-names.js';
import type { RunLog } from './run-log.js';
import { dockerTask, readTask } from './run-plan.js';
import type { Run } from './run-record.js';
import type { RunRequest } from './run-request.js';

/** Where the source of a run is. */
export type RunSource = { upload: string } | { location: string; token?: string | undefined };

/** One run while it is carried out. */
export interface RunWorkplace extends StepServices {
  run: Run;
  request: RunRequest;
  /** Of a Docker build. */
  references: readonly Reference[];
  loginServer: string;
  /** Of registries besides its own, by their names in lower case. */
  logins: ReadonlyMap<string, Credentials>;
  source: RunSource | undefined;
  /** Of this run alone; its owner removes it. */
  directory: string;
  keptDirectory: string;
  log: RunLog;
  signal: AbortSignal;
  /** Told once the source is there. */
  running(): Promise<void>;
}

const ALIAS_NOTE =
  'Alias support enabled for version >= 1.1.0, please see https://aka.ms/acr/tasks/task-aliases for more information.';

/**
 * Fetches the source, reads the task, carries its steps out, and tells it in the words of ACR's agent.
 *
 * @throws StepFailure, SourceArchiveError, or the signal's reason
 */
export async function carryOut(place: RunWorkplace): Promise<void> {
  const { log, directory, run } = place;
  const workspace = await fetchWorkspace(place);
  await place.running();
  log.agent(`Using ${path.basename(directory)} as the home volume`);
  const task = await readWork(place, workspace);
  if (task.version === 'v1.1.0') log.agent(ALIAS_NOTE);
  await login(place, task.steps);
  const scratch = path.join(directory, 'scratch');
  const { loginServer } = place;
  const own = place.credentialsFor(loginServer);
  const credentials = new Map([...(own ? [[loginServer, own] as const] : []), ...place.logins]);
  await writeMounts(scratch, { ...task, credentials });
  const network = new RunNetwork({
    name: path.basename(directory),
    stepIds: task.steps.map(({ id }) => id),
    loginServer,
    registryUrl: place.registryUrl(loginServer),
  });
  const stepRun: StepRun = {
    ...place,
    volumeName: path.basename(directory),
    workspace,
    scratch,
    platforms: place.request.platforms,
    noCache: place.request.work.kind === 'docker' && place.request.work.noCache,
    images: new RunImages(path.join(scratch, 'images')),
    outputs: [],
    volumes: task.volumes,
    registryName: run.registry,
    network,
  };
  try {
    const times = await runSteps(stepRun, task.steps, place.signal);
    markSteps(log, task.steps, times);
    writeDependencies(log, stepRun);
  } finally {
    run.outputImages = stepRun.outputs;
    run.baseImages = stepRun.images.baseImages();
    await network.close();
  }
}

async function fetchWorkspace(place: RunWorkplace): Promise<string> {
  const { source, directory, log, run, registryClient, credentialsFor, signal } = place;
  const workspace = path.join(directory, 'workspace');
  await mkdir(workspace, { recursive: true });
  if (source === undefined) return workspace;
  log.agent('Downloading source code...');
  if ('upload' in source) await extractSource(source.upload, workspace, { signal });
  else {
    const { token, location } = source;
    const fetched = await fetchSource(location, {
      ...{ directory: workspace, token, signal },
      openRepository: (registry, repository) =>
        registryClient.repository(registry, repository, credentialsFor(registry)),
    });
    Object.assign(run, { commit: fetched.commit, branch: fetched.branch });
    log.agent('Finished downloading source code');
    return fetched.directory;
  }
  log.agent('Finished downloading source code');
  return workspace;
}

async function readWork(place: RunWorkplace, workspace: string): Promise<Task> {
  const { request, run, loginServer, log, references } = place;
  if (request.work.kind === 'docker') return dockerTask(request.work, references);
  const values = runValues({
    runId: run.runId,
    registryName: run.registry,
    loginServer,
    ...request.platform,
    now: new Date(run.createTime),
    taskName: run.task,
    commit: run.commit,
    branch: run.branch,
  });
  try {
    return await readTask(request.work, values, workspace);
  } catch (error) {
    if (!(error instanceof TaskYamlError)) throw error;
    log.line(error.message);
    const [first = ''] = error.message.split('\n');
    throw new StepFailure(`failed to unmarshal task, err: ${first}`);
  }
}

/** Credentials that do not work show here and not after a long build. */
async function login(place: RunWorkplace, steps: readonly Step[]): Promise<void> {
  const { log, loginServer, registryClient, credentialsFor, signal, request, references } = place;
  const pushes = request.work.kind !== 'docker' || steps.some(({ kind }) => kind === 'push');
  const name = references[0]?.repository ?? parseRepositoryName('acb');
  if (!pushes || name === undefined) return;
  log.agent(`Logging in to registry: ${loginServer}`);
  const repository = registryClient.repository(loginServer, name, credentialsFor(loginServer));
  try {
    await repository.hasBlob(digestOf(''), signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof RemoteError)) throw error;
    log.agent(`Failed to log in to ${loginServer}: ${error.message}`);
    throw new StepFailure(`failed to login, err: ${error.message}`);
  }
  log.agent(`Successfully logged into ${loginServer}`);
}

function markSteps(log: RunLog, steps: readonly Step[], times: StepTimes): void {
  for (const { id, kind } of steps) {
    const seconds = times.get(id);
    if (seconds === undefined) continue;
    log.agent(
      `Step ID: ${id} marked as successful (elapsed time in seconds: ${seconds.toFixed(6)})`,
    );
    if (kind !== 'build') continue;
    log.agent(`Populating digests for step ID: ${id}...`);
    log.agent(`Successfully populated digests for step ID: ${id}`);
  }
}
