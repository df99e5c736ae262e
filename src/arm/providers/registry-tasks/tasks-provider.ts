import type { Clock } from '../../../base/clock.js';
import { isJsonObject, textOf, type Json, type JsonObject } from '../../../base/json.js';
import type { MetadataStore } from '../../../storage/metadata-store.js';
import type { TaskDefinition } from '../../../tasks/definitions/task-definition.js';
import type { TaskService } from '../../../tasks/task-service.js';
import { hookPath } from '../../../tasks/triggers/commit-plane.js';
import { createDocumentProvider } from '../../document-provider.js';
import { ArmError } from '../../errors.js';
import type { Resource, ResourceProvider, WriteResult } from '../../provider.js';
import { ResourceDocuments } from '../../resource-documents.js';
import { nameOf, parentOf, type ResourceId } from '../../resource-id.js';
import {
  renderIdentity,
  withPrincipals,
  type FindIdentity,
} from '../identities/resource-identity.js';
import { withoutPasswords, withoutStepSecrets } from './hidden-secrets.js';
import { definitionOf, taskProperties } from './task-resource.js';

export const TASK_TYPE = 'Microsoft.ContainerRegistry/registries/tasks';

interface TasksProviderOptions {
  metadata: MetadataStore;
  clock: Clock;
  tasks: TaskService;
  /** Shown with system-assigned identities. */
  tenantId?: string;
  findIdentity?: FindIdentity;
}

/** Tasks of registries. GET shows no secret; `listDetails` shows them all, and where webhooks go. */
export function createTasksProvider({
  metadata,
  clock,
  tasks,
  tenantId,
  findIdentity,
}: TasksProviderOptions): ResourceProvider {
  const documents = new ResourceDocuments(metadata, TASK_TYPE);
  const provider = createDocumentProvider({
    type: TASK_TYPE,
    metadata,
    clock,
    apiVersions: ['2025-03-01-preview', '2019-06-01-preview', '2019-04-01'],
    pure: true,
    properties: ({ id, given, existing }) =>
      taskProperties(id, given, existing?.properties, clock.now()),
    identity: ({ body, existing }) =>
      withPrincipals(
        renderIdentity(body['identity'], existing?.['identity'], tenantId),
        findIdentity,
      ),
    changed: async (id, resource) => {
      const registry = id.names[0] ?? '';
      if (resource === undefined) await tasks.removeTask(registry, nameOf(id));
      else await tasks.putTask(definitionOf(id, resource));
    },
    actions: {
      listdetails: async (id, _body, context) => {
        const stored = await documents.get(id);
        if (stored === undefined) throw taskNotFound(id);
        return {
          status: 200,
          body: withHooks(stored, definitionOf(id, stored), context.baseUrl),
        };
      },
    },
  });
  const shown = async (write: Promise<WriteResult> | undefined): Promise<WriteResult> => {
    if (write === undefined) throw new Error('tasks are written');
    const result = await write;
    return { ...result, resource: withoutSecrets(result.resource) };
  };
  return {
    ...provider,
    notFound: taskNotFound,
    get: async (id, context) => {
      const resource = await provider.get(id, context);
      return resource && withoutSecrets(resource);
    },
    list: async (scope, context) => (await provider.list(scope, context)).map(withoutSecrets),
    // 200 for a new task too: the stock client shows the resource for that only.
    put: async (id, body, context) => ({
      ...(await shown(provider.put?.(id, body, context))),
      created: false,
    }),
    patch: async (id, body, context) =>
      shown(
        provider.patch?.(id, mergeTriggers(await documents.get(id), wholeLogins(body)), context),
      ),
  };
}

function taskNotFound(id: ResourceId): ArmError {
  const registry = parentOf(id)?.text ?? '';
  return new ArmError({
    status: 404,
    code: 'TaskNotFound',
    message: `The task '${nameOf(id)}' could not be found in the registry '${registry.split('/').at(-1) ?? ''}'.`,
  });
}

function withoutSecrets(resource: Resource): Resource {
  const { properties } = resource;
  const step = isJsonObject(properties['step']) ? withoutStepSecrets(properties['step']) : null;
  const credentials = withoutPasswords(properties['credentials']);
  const shown = { ...properties, step, credentials, ...hiddenTrigger(properties) };
  return { ...resource, properties: shown };
}

function hiddenTrigger({ trigger }: JsonObject): JsonObject {
  if (!isJsonObject(trigger)) return { trigger: trigger ?? null };
  const sources = Array.isArray(trigger['sourceTriggers']) ? trigger['sourceTriggers'] : [];
  const sourceTriggers = sources.filter(isJsonObject).map((source) => ({
    ...withoutKey(source),
    sourceRepository: {
      ...(source['sourceRepository'] as JsonObject),
      sourceControlAuthProperties: null,
    },
  }));
  return { trigger: { ...trigger, sourceTriggers } };
}

function withoutKey(source: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(source).filter(([name]) => name !== 'key'));
}

/** Azure sets no webhook up here, so it is told where a repository's host is to send it. */
function withHooks(resource: Resource, task: TaskDefinition, baseUrl: string): Resource {
  const { trigger } = resource.properties;
  if (!isJsonObject(trigger) || task.sources.length === 0) return resource;
  const sources = Array.isArray(trigger['sourceTriggers']) ? trigger['sourceTriggers'] : [];
  const sourceTriggers = sources.filter(isJsonObject).map((source) => {
    const found = task.sources.find(({ name }) => name === source['name']);
    return { ...withoutKey(source), webhookUrl: found ? baseUrl + hookPath(task, found) : null };
  });
  const properties = { ...resource.properties, trigger: { ...trigger, sourceTriggers } };
  return { ...resource, properties };
}

/** Triggers of an update are merged by name: those it leaves out stay. */
function mergeTriggers(existing: Resource | undefined, body: JsonObject): JsonObject {
  const properties = isJsonObject(body['properties']) ? body['properties'] : {};
  const given = properties['trigger'];
  const before = existing?.properties['trigger'];
  if (!isJsonObject(given) || !isJsonObject(before)) return body;
  const merged = (field: string): JsonObject => {
    const list = given[field];
    if (!Array.isArray(list)) return {};
    const old = Array.isArray(before[field]) ? before[field] : [];
    const byName = new Map<string, JsonObject>();
    for (const item of [...old, ...list].filter(isJsonObject)) {
      const name = textOf(item['name']);
      byName.set(name, { ...byName.get(name), ...item });
    }
    return { [field]: [...byName.values()] };
  };
  const trigger = { ...given, ...merged('timerTriggers'), ...merged('sourceTriggers') };
  return { ...body, properties: { ...properties, trigger } };
}

/** A login of an update takes the place of all of the one before: a password does not outlast an identity. */
function wholeLogins(body: JsonObject): JsonObject {
  const properties = objectOf(body['properties']);
  const credentials = objectOf(properties['credentials']);
  const given = credentials['customRegistries'];
  if (!isJsonObject(given)) return body;
  const logins = Object.entries(given).map(([server, login]) => [
    server,
    isJsonObject(login) ? { userName: null, password: null, identity: null, ...login } : login,
  ]);
  const customRegistries = Object.fromEntries(logins) as JsonObject;
  return {
    ...body,
    properties: { ...properties, credentials: { ...credentials, customRegistries } },
  };
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
