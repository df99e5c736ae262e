import { expect } from 'vitest';

/**
 * One request as the stock az sends it, and what it reads of the answer. Words in braces are places, filled with what
 * the world or an earlier answer put there: `'{sub}/resourcegroups/rg'`.
 */
export interface RequestShape {
  /** What sends it, e.g. `'group create'`. */
  command: string;
  method: 'GET' | 'HEAD' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';
  /** Below the gateway, or a whole URL. */
  path: string;
  /** The request is sent once with each; none for what is not the resource manager's. */
  versions?: readonly string[];
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  /** JSON, a form, or bytes as they are. */
  body?: object | URLSearchParams | string | Buffer;
  /** The place with a document that the body is laid over, as clients send back what they were given. */
  over?: string;
  /** The place with the bearer token, `'token'` when not given; `null` for none. */
  as?: string | null;
  /** Who signs in by password instead: `'acrshapes:{password}'`. */
  user?: string;
  /** Several where the answer depends on how fast the work is done. */
  status: number | readonly number[];
  /** The header that names where the client asks for the end; it is asked until there is one. */
  polls?: 'azure-asyncoperation' | 'location';
  /** What is told at the end where that is a failure. */
  fails?: object;
  /** Headers that the client reads. */
  reads?: Readonly<Record<string, unknown>>;
  /** Fields that the client reads. */
  answer?: object;
  /** The same of an answer that is no JSON. */
  text?: RegExp;
  /** The client asks again until the answer is this one. */
  repeats?: boolean;
  /** Places that the answer fills, with where in it: `{ runId: 'properties.runId' }`; `''` is all of it. */
  keeps?: Readonly<Record<string, string>>;
}

/** Requests that go to one part of Lazurite, in the order they need each other. */
export interface ShapeTable {
  plane: string;
  shapes: readonly RequestShape[];
}

export const TEXT: unknown = expect.any(String);
export const NUMBER: unknown = expect.any(Number);
export const LIST: unknown = expect.any(Array);

/** An error of the resource manager. */
export function error(code: string): object {
  return { error: { code, message: TEXT } };
}

/** What Lazurite does not have, by the name it gives it. */
export function notImplemented(operation: string): Pick<RequestShape, 'status' | 'answer'> {
  const message: unknown = expect.stringContaining(operation);
  return { status: 501, answer: { error: { code: 'NotImplemented', message } } };
}

/** A type that Lazurite does not have, in the words that Azure has for a type that nobody has. */
export function unknownType(type: string): Pick<RequestShape, 'status' | 'answer'> {
  const message: unknown = expect.stringContaining(
    `The resource type '${type}' could not be found`,
  );
  return { status: 404, answer: { error: { code: 'InvalidResourceType', message } } };
}

/** A list that has this item, whatever else it has. */
export function listOf(item: object): object {
  const value: unknown = expect.arrayContaining([expect.objectContaining(item)]);
  return { value };
}
