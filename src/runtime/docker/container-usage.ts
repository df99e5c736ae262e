import { isJsonObject, type Json } from '../../base/json.js';
import type { ContainerUsage } from '../runtime.js';
import type { Engine } from './engine.js';

/**
 * One look at an engine's statistics.
 *
 * @returns undefined where it has none: cgroups that it may not read, a container that ended
 * @see https://docs.docker.com/reference/api/engine/version/v1.44/#tag/Container/operation/ContainerStats
 */
export async function containerUsage(
  engine: Engine,
  id: string,
): Promise<ContainerUsage | undefined> {
  const query = { stream: '0', 'one-shot': '1' };
  const stats = await engine.call('GET', `/containers/${id}/stats`, { query }).catch(() => null);
  const nanoseconds = numberAt(stats, 'cpu_stats', 'cpu_usage', 'total_usage');
  const memory = numberAt(stats, 'memory_stats', 'usage');
  if (nanoseconds === undefined || memory === undefined) return undefined;
  const droppable =
    numberAt(stats, 'memory_stats', 'stats', 'total_inactive_file') ??
    numberAt(stats, 'memory_stats', 'stats', 'inactive_file') ??
    0;
  return { cpuSeconds: nanoseconds / 1e9, memoryBytes: Math.max(0, memory - droppable) };
}

function numberAt(value: Json, ...path: string[]): number | undefined {
  let at: Json | undefined = value;
  for (const name of path) at = isJsonObject(at) ? at[name] : undefined;
  return typeof at === 'number' ? at : undefined;
}
