import type { JsonObject } from '../../../base/json.js';
import { isFinished, type Run } from '../../../tasks/runs/run-record.js';
import type { Resource } from '../../provider.js';

export const RUN_TYPE = 'Microsoft.ContainerRegistry/registries/runs';

function renderTrigger({ trigger, createTime }: Run): JsonObject {
  const { timer, imageUpdate, source } = trigger ?? {};
  return {
    imageUpdateTrigger: imageUpdate
      ? { id: imageUpdate.id, timestamp: createTime, images: imageUpdate.images }
      : null,
    sourceTrigger: source
      ? {
          id: source.id,
          eventType: source.type,
          commitId: source.commit,
          branchName: source.branch,
          providerType: source.provider,
          repositoryUrl: source.repositoryUrl,
        }
      : null,
    timerTrigger: timer
      ? { timerTriggerName: timer.name, scheduleOccurrence: timer.occurrence }
      : null,
  };
}

/** A run as the resource manager shows it. */
export function renderRun(registryId: string, run: Run): Resource {
  return {
    id: `${registryId}/runs/${run.runId}`,
    name: run.runId,
    type: RUN_TYPE,
    properties: {
      runId: run.runId,
      status: run.status,
      lastUpdatedTime: run.lastUpdatedTime,
      runType: run.runType,
      createTime: run.createTime,
      startTime: run.startTime ?? null,
      finishTime: run.finishTime ?? null,
      outputImages: run.outputImages.map((image): JsonObject => ({ ...image })),
      task: run.task ?? null,
      ...renderTrigger(run),
      platform: { ...run.platform },
      agentConfiguration: { cpu: run.cpu },
      agentPoolName: run.agentPool ?? null,
      sourceRegistryAuth: null,
      customRegistries: null,
      runErrorMessage: run.runErrorMessage ?? null,
      provisioningState: isFinished(run.status) ? 'Succeeded' : 'Running',
      isArchiveEnabled: run.isArchiveEnabled,
      logArtifact: null,
    },
  };
}
