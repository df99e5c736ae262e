import type { Json, JsonObject } from '../base/json.js';
import type { ResourceId } from './resource-id.js';

export type { Json, JsonObject } from '../base/json.js';

/** A tracked resource as a GET answers it. */
export interface Resource extends JsonObject {
  id: string;
  name: string;
  type: string;
  properties: JsonObject;
}

/** Who asks, and for what; given to every provider call. */
export interface RequestContext {
  /** From the token, e.g. the service principal's application id. */
  caller: string;
  /** Object id of the caller, what role assignments name. */
  principalId?: string;
  correlationId: string;
  apiVersion: string;
  /** `https://localhost:7443`, as the client addressed the gateway. */
  baseUrl: string;
  /** The query of a GET or list, e.g. `$filter`, `$top`. */
  query?: URLSearchParams;
  signal?: AbortSignal;
}

/** What a write did. `pending` continues in the background and is polled as an asynchronous operation. */
export interface WriteResult {
  created: boolean;
  resource: Resource;
  /** Rejects with an `ArmError` when the write fails in the end. */
  pending?: Promise<void>;
}

/** A resource as it is stored, and as a write would leave it; values that a GET hides included. */
export interface Preview {
  before: Resource;
  after: Resource;
}

/**
 * One resource type. The resource manager parses ids, checks tokens and the parent's existence, writes
 * errors and asynchronous-operation headers; the provider owns validation, storage and behaviour.
 * Every failure it wants the client to see is an `ArmError`.
 */
export interface ResourceProvider {
  /** e.g. `'Microsoft.App/containerApps'`; nested types have all segments, `'Microsoft.App/containerApps/revisions'`. */
  readonly type: string;
  /** Region names for `GET /subscriptions/{id}/providers/{namespace}`; all of them when absent. */
  readonly locations?: readonly string[];
  /** Told to clients that ask which versions there are; every version is accepted. e.g. `['2025-01-01']` */
  readonly apiVersions?: readonly string[];
  /** `'none'` for what has no location, e.g. a role assignment; such types are left out of generic lists. */
  readonly tracking?: 'tracked' | 'none';
  /** Attached to resources of other types, e.g. role assignments; deleted with what they are attached to. */
  readonly extension?: boolean;
  /**
   * The word in the URL of an asynchronous operation; `'operationStatuses'` when absent. Some clients
   * look for it: `'managedEnvironmentOperationStatuses'`.
   */
  readonly operationsName?: string;
  /** The refusal when there is no such resource; ResourceNotFound when absent. */
  readonly notFound?: (id: ResourceId) => Error;

  get(id: ResourceId, context: RequestContext): Promise<Resource | undefined>;
  /** @param scope resource group id or subscription id, or the parent's id for a nested type */
  list(scope: ResourceId, context: RequestContext): Promise<Resource[]>;
  put?(id: ResourceId, body: JsonObject, context: RequestContext): Promise<WriteResult>;
  /**
   * What a PUT would change of a resource that there is, for what-if; writes nothing. Undefined when there is
   * none. Types without it are compared with what a GET shows. @throws ArmError what `put` would
   */
  preview?(id: ResourceId, body: JsonObject, context: RequestContext): Promise<Preview | undefined>;
  /** JSON merge patch: null deletes, arrays replace. */
  patch?(id: ResourceId, body: JsonObject, context: RequestContext): Promise<WriteResult>;
  /** Clients of some types, deployments for one, take only 202 for a deletion, however short. */
  readonly deletesInBackground?: boolean;
  /** Resolves when everything is gone; the manager answers 202 and polls when it takes long. */
  delete?(id: ResourceId, context: RequestContext): Promise<void>;
  /** POST actions by lower-case name, e.g. `listcredentials`. Also what template functions `list*` call. */
  readonly actions?: Readonly<Record<string, ResourceAction>>;
  /**
   * Actions that a POST may also give a name in a further segment, `…/jobs/JOB/stop/EXECUTION`; their body
   * then is that name in this field.
   */
  readonly namedActions?: Readonly<Record<string, string>>;
  /** What is asked of a resource with GET and is no type of its own, by lower-case name, e.g. `listusages`. */
  readonly queries?: Readonly<Record<string, ResourceAction>>;
  /** POST actions on a subscription or group under the type's namespace, e.g. `checknameavailability`. */
  readonly scopeActions?: Readonly<Record<string, ResourceAction>>;
}

export interface ActionResult {
  status: number;
  body?: Json;
  headers?: Record<string, string>;
  /** The action goes on in the background: 202 with a `Location` to poll, which gives what this resolves to. */
  pending?: Promise<Json | undefined>;
}

export type ResourceAction = (
  id: ResourceId,
  body: JsonObject,
  context: RequestContext,
) => Promise<ActionResult>;
