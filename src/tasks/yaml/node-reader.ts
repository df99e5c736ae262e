import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type YAMLMap } from 'yaml';
import { closest } from '../../base/closest.js';
import type { SourceText } from './source-text.js';

/** One field of a mapping: its value and where its name stands. */
export interface Field {
  name: string;
  node: Node | null;
  offset: number;
}

/** Reads YAML nodes as what they should be, and says at which place they are not. */
export class NodeReader {
  readonly #document: Document;
  readonly #source: SourceText;

  constructor(document: Document, source: SourceText) {
    this.#document = document;
    this.#source = source;
  }

  fail(offset: number, what: string): never {
    throw this.#source.errorAt(offset, what);
  }

  line(offset: number): number {
    return this.#source.lineAt(offset);
  }

  /** The fields of a mapping. @throws TaskYamlError for what is no mapping, and for a name that is not known */
  fields(
    node: Node | null,
    offset: number,
    known: readonly string[],
    what: string,
  ): Map<string, Field> {
    const map = this.#map(node, offset, what);
    const found = new Map<string, Field>();
    for (const { key, value } of map.items) {
      const place = offsetOf(key as Node | null, offset);
      const name = isScalar(key) ? String(key.value) : '';
      if (!known.includes(name)) {
        const near = closest(name, known, { slipsOnly: true });
        const help = near === undefined ? '' : `; did you mean '${near}'?`;
        this.fail(place, `${what} has no property '${name}'${help}`);
      }
      found.set(name, { name, node: value as Node | null, offset: place });
    }
    return found;
  }

  /** A mapping of texts by any name. */
  texts(field: Field | undefined, what: string): Map<string, string> {
    const found = new Map<string, string>();
    if (field === undefined) return found;
    for (const { key, value } of this.#map(field.node, field.offset, what).items) {
      const offset = offsetOf(key as Node | null, field.offset);
      const name = isScalar(key) ? String(key.value) : '';
      found.set(name, this.#scalar(value as Node | null, offset, `'${name}'`));
    }
    return found;
  }

  text(field: Field | undefined): string | undefined {
    return field && this.#scalar(field.node, field.offset, `'${field.name}'`);
  }

  /** The items of a list, or of one value that stands for a list of one. */
  items(field: Field | undefined): Field[] {
    if (field === undefined) return [];
    const { node, offset, name } = field;
    const resolved = this.#resolved(node);
    if (!isSeq(resolved)) return [{ name, node, offset: offsetOf(node, offset) }];
    return resolved.items.map((item) => ({
      name,
      node: item as Node | null,
      offset: offsetOf(item as Node | null, offset),
    }));
  }

  list(field: Field | undefined): string[] {
    return this.items(field).map((item) =>
      this.#scalar(item.node, item.offset, `an item of '${item.name}'`),
    );
  }

  flag(field: Field | undefined): boolean {
    if (field === undefined) return false;
    const text = this.text(field);
    if (text === 'true' || text === 'false') return text === 'true';
    return this.fail(
      offsetOf(field.node, field.offset),
      `'${field.name}' is neither true nor false`,
    );
  }

  /** A whole number from 0 to `max`. */
  number(field: Field | undefined, fallback: number, max: number): number {
    if (field === undefined) return fallback;
    const text = this.text(field) ?? '';
    if (/^\d{1,9}$/.test(text) && Number(text) <= max) return Number(text);
    return this.fail(
      offsetOf(field.node, field.offset),
      `'${field.name}' is not a whole number from 0 to ${max}: ${JSON.stringify(text)}`,
    );
  }

  #map(node: Node | null, offset: number, what: string): YAMLMap {
    const resolved = this.#resolved(node);
    if (isMap(resolved)) return resolved;
    return this.fail(offsetOf(node, offset), `${what} is not a mapping of properties`);
  }

  /** Numbers and booleans as they are written: `1.10` is no `1.1` where a text is meant. */
  #scalar(node: Node | null, offset: number, what: string): string {
    const resolved = this.#resolved(node);
    if (!isScalar(resolved) || resolved.value === null) {
      return this.fail(offsetOf(node, offset), `${what} is not a text`);
    }
    return typeof resolved.value === 'string' ? resolved.value : (resolved.source ?? '');
  }

  #resolved(node: Node | null): Node | null {
    return isAlias(node) ? (node.resolve(this.#document) ?? null) : node;
  }
}

/** Where a node begins; where it is missing, its owner. */
export function offsetOf(node: Node | null, fallback: number): number {
  return node?.range?.[0] ?? fallback;
}
