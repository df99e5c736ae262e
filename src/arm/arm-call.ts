import type { IncomingMessage } from 'node:http';
import type { Json, JsonObject } from '../base/json.js';
import type { PathParameters } from '../http/router.js';
import { armErrors } from './errors.js';
import type { RequestContext } from './provider.js';

/** A request of the resource manager after the token was checked. */
export interface ArmCall {
  request: IncomingMessage;
  /** Upper case. */
  method: string;
  url: URL;
  parameters: PathParameters;
  context: RequestContext;
  /** @throws ArmError InvalidRequestContent */
  body(): Promise<JsonObject>;
}

/** What is answered. No body at all when `body` is undefined. */
export interface ArmReply {
  status: number;
  body?: Json;
  headers?: Readonly<Record<string, string>>;
}

export type ArmHandler = (call: ArmCall) => Promise<ArmReply>;

/** A parameter of the route's pattern. */
export function parameter(call: ArmCall, name: string): string {
  const value = call.parameters[name];
  if (value === undefined) throw armErrors.pathNotFound(call.url.pathname);
  return value;
}

/** A page with everything on it. */
export function page(value: Json[]): ArmReply {
  return { status: 200, body: { value } };
}
