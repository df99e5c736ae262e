import { isJsonObject } from '../../../base/json.js';
import type { Json, JsonObject } from '../../../base/json.js';
import { appErrors } from './errors.js';

/**
 * One object of a request body. Names are found in any letter case, null is the same as absent, and a
 * value of the wrong type is refused with its path.
 */
export class Fields {
  readonly path: string;
  readonly #values: ReadonlyMap<string, Json>;

  /** @param path e.g. `'properties.template'` */
  constructor(object: JsonObject, path: string) {
    this.path = path;
    this.#values = new Map(
      Object.entries(object).map(([name, value]) => [name.toLowerCase(), value]),
    );
  }

  /** @throws ArmError ContainerAppInvalidSchema (400), as all of the readers do */
  string(name: string): string | undefined {
    const value = this.#get(name);
    if (value === undefined || typeof value === 'string') return value;
    throw this.#wrong(name, 'a string');
  }

  /** Numbers also come as text from templates that use `json('0.5')`. */
  number(name: string): number | undefined {
    const value = this.#get(name);
    if (value === undefined || typeof value === 'number') return value;
    if (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value)) return Number(value);
    throw this.#wrong(name, 'a number');
  }

  integer(name: string): number | undefined {
    const value = this.number(name);
    if (value === undefined || Number.isInteger(value)) return value;
    throw this.#wrong(name, 'a whole number');
  }

  boolean(name: string): boolean | undefined {
    const value = this.#get(name);
    if (value === undefined || typeof value === 'boolean') return value;
    throw this.#wrong(name, 'true or false');
  }

  object(name: string): Fields | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (isJsonObject(value)) return new Fields(value, `${this.path}.${name}`);
    throw this.#wrong(name, 'an object');
  }

  /** Empty when absent. */
  objects(name: string): Fields[] {
    return this.#list(name).map((value, index) => {
      if (isJsonObject(value)) return new Fields(value, `${this.path}.${name}[${index}]`);
      throw this.#wrong(`${name}[${index}]`, 'an object');
    });
  }

  strings(name: string): string[] | undefined {
    if (this.#get(name) === undefined) return undefined;
    return this.#list(name).map((value, index) => {
      if (typeof value === 'string') return value;
      throw this.#wrong(`${name}[${index}]`, 'a string');
    });
  }

  /** Name and text of each entry. */
  stringMap(name: string): Record<string, string> {
    const value = this.#get(name);
    if (value === undefined) return {};
    if (!isJsonObject(value)) throw this.#wrong(name, 'an object');
    const entries = Object.entries(value).filter(([, text]) => text !== null);
    return Object.fromEntries(
      entries.map(([key, text]) => {
        if (typeof text === 'string') return [key, text];
        throw this.#wrong(`${name}.${key}`, 'a string');
      }),
    );
  }

  /** Whether something other than null, an empty list or an empty object is there. */
  given(name: string): boolean {
    const value = this.#get(name);
    if (value === undefined) return false;
    return typeof value !== 'object' || value === null || Object.keys(value).length > 0;
  }

  #get(name: string): Json | undefined {
    return this.#values.get(name.toLowerCase()) ?? undefined;
  }

  #list(name: string): Json[] {
    const value = this.#get(name);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value;
    throw this.#wrong(name, 'a list');
  }

  #wrong(name: string, expected: string): Error {
    return appErrors.invalidSchema(`${this.path}.${name}`, expected);
  }
}
