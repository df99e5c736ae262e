import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Node,
  type Pair,
} from 'yaml';
import type { Position, SourceFile } from './position.js';

/** What is wrong with a document, and where. */
export interface SyntaxProblem {
  message: string;
  position: Position;
}

/** One document of a YAML or JSON text; `value` is absent when it does not parse. */
export interface YamlDocument {
  value?: YamlValue;
  problems: SyntaxProblem[];
}

/** Aliases may nest and repeat; readers that walk everything stop here. */
export const MAX_YAML_DEPTH = 64;

/**
 * Reads every document of a text. JSON is read too, being YAML. A document with errors has problems and
 * no value; the others are not affected.
 */
export function readYaml(file: SourceFile): YamlDocument[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(file.text, {
    lineCounter: lines,
    uniqueKeys: false,
    logLevel: 'silent',
    keepSourceTokens: false,
  });
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => {
    const problems = document.errors.map((error) => ({
      message: error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? '',
      position: place(file, lines, error.pos[0]),
    }));
    const { contents } = document;
    if (problems.length > 0 || contents === null) return { problems };
    return { value: new YamlValue(contents, { file, lines, document }), problems };
  });
}

interface Context {
  file: SourceFile;
  lines: LineCounter;
  document: Document;
}

function place(file: SourceFile, lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { file: file.path, line, column: col };
}

/** A value with its place. Aliases and merge keys (`<<`) are followed. */
export class YamlValue {
  readonly #node: Node;
  readonly #context: Context;

  constructor(node: Node, context: Context) {
    this.#node = resolveAlias(node, context.document);
    this.#context = context;
  }

  get position(): Position {
    const { file, lines } = this.#context;
    return place(file, lines, this.#node.range?.[0] ?? 0);
  }

  get isMap(): boolean {
    return isMap(this.#node);
  }

  get isList(): boolean {
    return isSeq(this.#node);
  }

  /** The text of a scalar as written (`1.10` stays `'1.10'`); undefined for null, maps and lists. */
  get text(): string | undefined {
    if (!isScalar(this.#node)) return undefined;
    const { value, source } = this.#node;
    if (value === null || value === undefined) return undefined;
    return typeof value === 'string' ? value : (source ?? JSON.stringify(value));
  }

  /** The place of the first character of a scalar's text, behind a quote or a block's header. */
  get textPosition(): Position {
    return this.positionIn(0);
  }

  /**
   * The place of an offset into a scalar's text. Exact for literal blocks and for texts on one line; for
   * others the place where the text begins.
   */
  positionIn(offset: number): Position {
    const { file, lines } = this.#context;
    const start = this.#node.range?.[0] ?? 0;
    const type = isScalar(this.#node) ? this.#node.type : undefined;
    if (type !== 'BLOCK_LITERAL' && type !== 'BLOCK_FOLDED') {
      const { line, column, ...rest } = place(file, lines, start);
      const quote = offset > 0 && (type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE') ? 1 : 0;
      return { ...rest, line, column: column + quote + offset };
    }
    const content = file.text.indexOf('\n', start) + 1;
    const indent = /^[ \t]*/.exec(file.text.slice(content))?.[0].length ?? 0;
    const first = place(file, lines, content + indent);
    if (type === 'BLOCK_FOLDED') return first;
    const before = (this.text ?? '').slice(0, offset).split('\n');
    const column = indent + (before.at(-1)?.length ?? 0) + 1;
    return { file: first.file, line: first.line + before.length - 1, column };
  }

  /** Items of a list; none for anything else. */
  get items(): YamlValue[] {
    return isSeq(this.#node) ? this.#node.items.flatMap((item) => this.#child(item)) : [];
  }

  /** Members of a map, those merged in behind its own. */
  get entries(): [string, YamlValue][] {
    const seen = new Map<string, YamlValue>();
    this.#collect(seen, 0);
    return [...seen];
  }

  /** The member at the end of a path of keys. */
  get(...path: string[]): YamlValue | undefined {
    const [key, ...rest] = path;
    if (key === undefined) return this;
    return this.#own(key)?.get(...rest);
  }

  #own(key: string): YamlValue | undefined {
    for (const pair of this.#pairs()) {
      if (keyOf(pair) === key) return this.#child(pair.value)[0];
    }
    return this.#pairs().some((pair) => keyOf(pair) === '<<')
      ? this.entries.find(([name]) => name === key)?.[1]
      : undefined;
  }

  #collect(into: Map<string, YamlValue>, depth: number): void {
    if (depth > MAX_YAML_DEPTH) return;
    for (const pair of this.#pairs()) {
      const key = keyOf(pair);
      const [value] = this.#child(pair.value);
      if (key === undefined || key === '<<' || value === undefined || into.has(key)) continue;
      into.set(key, value);
    }
    for (const pair of this.#pairs()) {
      if (keyOf(pair) !== '<<') continue;
      for (const merged of this.#child(pair.value)) {
        const sources = merged.isList ? merged.items : [merged];
        for (const source of sources) source.#collect(into, depth + 1);
      }
    }
  }

  #pairs(): Pair[] {
    return isMap(this.#node) ? this.#node.items : [];
  }

  #child(node: unknown): YamlValue[] {
    return isNode(node) ? [new YamlValue(node, this.#context)] : [];
  }
}

function isNode(value: unknown): value is Node {
  return isMap(value) || isSeq(value) || isScalar(value) || isAlias(value);
}

function keyOf({ key }: Pair): string | undefined {
  return isScalar(key) ? String(key.value) : undefined;
}

function resolveAlias(node: Node, document: Document): Node {
  let current: Node = node;
  for (let hops = 0; isAlias(current) && hops < MAX_YAML_DEPTH; hops++) {
    const target = current.resolve(document);
    if (target === undefined) return current;
    current = target;
  }
  return current;
}
