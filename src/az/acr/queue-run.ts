import { setTimeout as delay } from 'node:timers/promises';
import type { Json, JsonObject } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { AzError } from '../az-error.js';
import { textAt } from '../json-path.js';
import { fillShape, type Shape } from '../sdk-shape.js';
import type { Session } from '../session.js';
import type { ArgumentReader } from '../spec.js';
import { showRunLog } from './run-log.js';
import { RUNS_API_VERSION } from './upload-source.js';

const RUN_ENDED = new Set(['Succeeded', 'Failed', 'Canceled', 'Error', 'Timeout']);

/** Queues a run and shows its log, unless `--no-wait` or `--no-logs` says otherwise. */
export async function queueRun(
  session: Session,
  args: ArgumentReader,
  path: string,
  body: JsonObject,
  what: 'build' | 'run',
): Promise<Json | undefined> {
  const run = await session.armJson({
    method: 'POST',
    path: `${path}/scheduleRun`,
    apiVersion: RUNS_API_VERSION,
    body,
  });
  const properties = isJsonObject(run['properties']) ? run['properties'] : {};
  const runId = properties['runId'];
  if (typeof runId !== 'string') throw new AzError('The registry queued no run.');
  session.warn(`Queued a ${what} with ID: ${runId}`);
  if (args.flag('noWait')) return undefined;
  session.warn('Waiting for an agent...');
  if (args.flag('noLogs')) return await waitForRun(session, `${path}/runs/${runId}`);
  await showRunLog(session, path, runId);
  return undefined;
}

async function waitForRun(session: Session, path: string): Promise<Json> {
  for (let pause = 100; ; pause = Math.min(pause * 2, 1_000)) {
    const run = await session.armJson({ method: 'GET', path, apiVersion: RUNS_API_VERSION });
    const properties = isJsonObject(run['properties']) ? run['properties'] : {};
    const status = properties['status'];
    if (typeof status === 'string' && RUN_ENDED.has(status)) {
      if (status === 'Succeeded') return printedRun(run);
      throw new AzError(
        `The run with ID '${textAt(properties, 'runId') ?? ''}' finished with unsuccessful status '${status}'.`,
      );
    }
    await delay(pause, undefined, session.io.signal ? { signal: session.io.signal } : {});
  }
}

const IMAGE: Shape = { registry: 'any', repository: 'any', tag: 'any', digest: 'any' };

/** The run as the library prints it: properties lifted to the top. */
export function printedRun(run: JsonObject): Json {
  const properties = isJsonObject(run['properties']) ? run['properties'] : {};
  return fillShape(
    { ...run, ...properties },
    {
      id: 'any',
      name: 'any',
      type: 'any',
      systemData: 'any',
      runId: 'any',
      status: 'any',
      lastUpdatedTime: 'time',
      runType: 'any',
      agentPoolName: 'any',
      createTime: 'time',
      startTime: 'time',
      finishTime: 'time',
      outputImages: [IMAGE],
      task: 'any',
      imageUpdateTrigger: 'any',
      sourceTrigger: 'any',
      timerTrigger: 'any',
      platform: { os: 'any', architecture: 'any', variant: 'any' },
      agentConfiguration: { cpu: 'any' },
      sourceRegistryAuth: 'any',
      customRegistries: 'any',
      runErrorMessage: 'any',
      updateTriggerToken: 'any',
      logArtifact: IMAGE,
      provisioningState: 'any',
      isArchiveEnabled: 'any',
    },
    { keepUnknown: false },
  );
}
