import type { JsonObject } from '../../../base/json.js';
import { isFinished, type Run } from '../../../tasks/runs/run-record.js';
import type { Resource } from '../../provider.js';

export const RUN_TYPE = 'Microsoft.ContainerRegistry/registries/runs';

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
      imageUpdateTrigger: null,
      sourceTrigger: null,
      timerTrigger: null,
      platform: { ...run.platform },
      agentConfiguration: { cpu: run.cpu },
      sourceRegistryAuth: null,
      customRegistries: null,
      runErrorMessage: run.runErrorMessage ?? null,
      provisioningState: isFinished(run.status) ? 'Succeeded' : 'Running',
      isArchiveEnabled: run.isArchiveEnabled,
      logArtifact: null,
    },
  };
}
