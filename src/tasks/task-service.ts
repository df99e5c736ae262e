import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.js';
import { messageOf } from '../base/failure.js';
import { isJsonObject, type JsonObject } from '../base/json.js';
import { silentLogger, type Logger } from '../base/logger.js';
import type { HttpPlane } from '../http/plane.js';
import type { MetadataStore } from '../storage/metadata-store.js';
import { DefinitionStore } from './definitions/definition-store.js';
import { requestOfTask, type TaskDefinition } from './definitions/task-definition.js';
import type { RunService } from './run-service.js';
import type { Run, RunTrigger } from './runs/run-record.js';
import { taskErrors } from './task-error.js';
import { updatedBase, type PushedImage } from './triggers/base-image.js';
import { atCommit } from './triggers/commit-event.js';
import { createCommitPlane } from './triggers/commit-plane.js';
import { TimerTriggers } from './triggers/timer-triggers.js';

export interface TaskServiceOptions {
  metadata: MetadataStore;
  runs: RunService;
  clock: Clock;
  logger?: Logger;
}

/** Tasks that are kept, and what starts them. */
export interface TaskService {
  putTask(task: TaskDefinition): Promise<void>;
  removeTask(registry: string, name: string): Promise<void>;
  /** Forgets the tasks of a registry that is gone. */
  removeRegistry(registry: string): Promise<void>;
  /** A `TaskRunRequest`. @throws TaskError 404 without such a task, 400 */
  runTask(registry: string, body: JsonObject): Promise<Run>;
  /** Told of every tag that was moved. */
  imagePushed(pushed: PushedImage): void;
  /** Takes webhooks of repositories. */
  readonly commitPlane: HttpPlane;
  /** Resolves when every trigger so far has its run. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export async function createTaskService(options: TaskServiceOptions): Promise<TaskService> {
  const service = new Tasks(options, await DefinitionStore.open(options.metadata));
  service.start();
  return service;
}

class Tasks implements TaskService {
  readonly commitPlane: HttpPlane;
  readonly #options: TaskServiceOptions;
  readonly #store: DefinitionStore;
  readonly #timers: TimerTriggers;
  readonly #pending = new Set<Promise<unknown>>();

  constructor(options: TaskServiceOptions, store: DefinitionStore) {
    this.#options = options;
    this.#store = store;
    this.#timers = new TimerTriggers(
      options.clock,
      () => store.list(),
      ({ task, trigger, time }) => {
        const timer = { name: trigger.name, occurrence: time.toISOString() };
        this.#fire(task, { timer });
      },
    );
    this.commitPlane = createCommitPlane({
      find: (registry, name) => store.get(registry, name),
      commit: async (task, _trigger, event) => {
        const context = task.step['contextPath'];
        const location = typeof context === 'string' ? context : event.repositoryUrl;
        const overrides = { contextPath: atCommit(location, event.commit) };
        const source = { id: randomUUID(), ...event };
        return (await this.#schedule(task, overrides, { source })).runId;
      },
    });
  }

  start(): void {
    this.#timers.restart();
  }

  async putTask(task: TaskDefinition): Promise<void> {
    await this.#store.put(task);
    this.#timers.restart();
  }

  async removeTask(registry: string, name: string): Promise<void> {
    await this.#store.remove(registry, name);
    this.#timers.restart();
  }

  async removeRegistry(registry: string): Promise<void> {
    const own = this.#store.list().filter((task) => task.registry === registry.toLowerCase());
    for (const { name } of own) await this.#store.remove(registry, name);
    this.#timers.restart();
  }

  async runTask(registry: string, body: JsonObject): Promise<Run> {
    const id = body['taskId'];
    const name = typeof id === 'string' ? (id.split('/').at(-1) ?? '') : '';
    const task = this.#store.get(registry, name);
    if (task === undefined) throw taskErrors.taskNotFound(name);
    if (!task.enabled) throw taskErrors.invalidRequest(`The task '${name}' is disabled.`);
    const overrides = body['overrideTaskStepProperties'];
    return this.#schedule(task, isJsonObject(overrides) ? overrides : {}, undefined);
  }

  imagePushed(pushed: PushedImage): void {
    for (const task of this.#store.list()) {
      const { baseImage } = task;
      if (!task.enabled || !baseImage?.enabled) continue;
      this.#track(task, async () => {
        const filter = `TaskName eq '${task.name}' and Status eq 'Succeeded'`;
        const [last] = await this.#options.runs.listRuns(task.registry, { top: 1, filter });
        const base = updatedBase(baseImage, last, pushed);
        if (base === undefined) return;
        const { repository, tag, digest } = pushed;
        const imageUpdate = { id: randomUUID(), images: [{ repository, tag, digest }] };
        await this.#schedule(task, {}, { imageUpdate });
      });
    }
  }

  async idle(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  async close(): Promise<void> {
    this.#timers.close();
    await this.idle();
  }

  #fire(task: TaskDefinition, trigger: RunTrigger): void {
    this.#track(task, () => this.#schedule(task, {}, trigger));
  }

  #track(task: TaskDefinition, act: () => Promise<unknown>): void {
    const work = act()
      .catch((error: unknown) => {
        const { registry, name } = task;
        const { logger = silentLogger } = this.#options;
        logger.error({ registry, task: name, error: messageOf(error) }, 'a trigger made no run');
      })
      .finally(() => this.#pending.delete(work));
    this.#pending.add(work);
  }

  #schedule(
    task: TaskDefinition,
    overrides: JsonObject,
    trigger: RunTrigger | undefined,
  ): Promise<Run> {
    const request = requestOfTask(task, overrides);
    return this.#options.runs.scheduleRun(task.registry, request, {
      task: task.name,
      ...(trigger && { trigger }),
      ...(task.identity && { identity: task.identity }),
    });
  }
}
