import type { Clock } from '../../base/clock.js';
import { codeOf } from '../../base/failure.js';
import { isJsonObject, textOf, type Json, type JsonObject } from '../../base/json.js';
import { EngineError, type Engine } from './engine.js';
import { CONTAINER_LABEL } from './labels.js';

/** Between two tries to reach an engine that went away while containers ran. */
const RETRY_MS = 1000;
const KILLED = 137;

/** @returns its id @throws EngineError */
export async function createContainer(
  engine: Engine,
  name: string,
  body: JsonObject,
): Promise<string> {
  const created = await engine.call('POST', '/containers/create', { query: { name }, body });
  return isJsonObject(created) ? textOf(created['Id']) : '';
}

/** Its `State`; undefined when the container is gone. @throws EngineError */
export async function stateOf(engine: Engine, id: string): Promise<JsonObject | undefined> {
  const found = await engine.find(`/containers/${id}/json`);
  return isJsonObject(found?.['State']) ? found['State'] : undefined;
}

/** Ends it and removes it with its volumes of no name; one that is gone is no error. */
export async function removeContainer(engine: Engine, id: string): Promise<void> {
  // Podman would ask it to end first, and wait; a container that does not run refuses.
  const kill = { query: { signal: 'KILL' } };
  await engine.call('POST', `/containers/${id}/kill`, kill).catch(() => undefined);
  try {
    await engine.call('DELETE', `/containers/${id}`, { query: { force: '1', v: '1' } });
  } catch (error) {
    // 409: its removal is under way
    if (!(error instanceof EngineError) || ![404, 409].includes(error.status)) throw error;
  }
}

/**
 * Removes every container with all of these labels, e.g. `'dev.lazurite.home=9f86d081'`; relays last: the others
 * use their network.
 *
 * @returns how many
 */
export async function removeLabelled(engine: Engine, ...label: string[]): Promise<number> {
  const query = { all: '1', filters: JSON.stringify({ label }) };
  const answer = await engine.call('GET', '/containers/json', { query });
  const found = Array.isArray(answer) ? answer.filter(isJsonObject) : [];
  const isRelay = ({ Labels }: JsonObject): boolean => !hasLabel(Labels, CONTAINER_LABEL);
  const remove = (some: readonly JsonObject[]): Promise<unknown> =>
    Promise.all(some.map(({ Id }) => removeContainer(engine, textOf(Id))));
  await remove(found.filter((one) => !isRelay(one)));
  await remove(found.filter(isRelay));
  return found.length;
}

function hasLabel(labels: Json | undefined, label: string): boolean {
  return isJsonObject(labels) && label in labels;
}

/**
 * Waits for the end of a container that was started, also when the engine is restarted meanwhile.
 *
 * @returns the exit code; 137 when somebody else has removed the container
 */
export async function exitCodeOf(
  engine: Engine,
  id: string,
  clock: Clock,
  closing: AbortSignal,
): Promise<number> {
  for (;;) {
    try {
      const ended = await engine.call('POST', `/containers/${id}/wait`, { signal: closing });
      return isJsonObject(ended) ? Number(ended['StatusCode']) : KILLED;
    } catch (error) {
      if (closing.aborted) return KILLED;
      if (error instanceof EngineError && error.status === 404) return KILLED;
      if (!(error instanceof EngineError) && codeOf(error) === undefined) throw error;
      await clock.sleep(RETRY_MS, closing).catch(() => undefined);
    }
  }
}
