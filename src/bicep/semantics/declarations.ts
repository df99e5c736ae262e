import type { DiagnosticSink } from '../diagnostics/sink.js';
import type {
  Expression,
  ExtendsStatement,
  ForNode,
  Identifier,
  ModuleStatement,
  ObjectNode,
  Program,
  ResourceStatement,
} from '../syntax/nodes.js';
import { literalText } from '../syntax/walk.js';
import type { TargetScope } from './symbols.js';
import type {
  AssignmentSymbol,
  DeclaredSymbol,
  FuncSymbol,
  MetadataSymbol,
  ModuleSymbol,
  OutputSymbol,
  ParamSymbol,
  ResourceSymbol,
  TypeSymbol,
  VarSymbol,
} from './symbols.js';

/** Everything a file declares; names are not resolved yet. */
export interface Declarations {
  targetScope: TargetScope;
  /** Whether it is a `.bicepparam` file. */
  isParameters: boolean;
  readonly symbols: Map<string, DeclaredSymbol>;
  readonly params: ParamSymbol[];
  readonly vars: VarSymbol[];
  readonly types: TypeSymbol[];
  readonly funcs: FuncSymbol[];
  readonly resources: ResourceSymbol[];
  readonly modules: ModuleSymbol[];
  readonly outputs: OutputSymbol[];
  readonly metadata: MetadataSymbol[];
  readonly assignments: AssignmentSymbol[];
}

const SCOPES: readonly TargetScope[] = [
  'resourceGroup',
  'subscription',
  'managementGroup',
  'tenant',
];
const EMPTY_OBJECT = (at: Expression): ObjectNode => ({
  kind: 'object',
  properties: [],
  resources: [],
  span: at.span,
});

/**
 * First pass: symbols for all declarations, duplicates reported.
 * @param base parameters that files assign which this one extends
 */
export function declare(
  program: Program,
  sink: DiagnosticSink,
  base: readonly string[] = [],
): Declarations {
  return new Declarer(sink, base).run(program);
}

class Declarer {
  readonly #sink: DiagnosticSink;
  readonly #result: Declarations = {
    targetScope: 'resourceGroup',
    isParameters: false,
    symbols: new Map(),
    params: [],
    vars: [],
    types: [],
    funcs: [],
    resources: [],
    modules: [],
    outputs: [],
    metadata: [],
    assignments: [],
  };
  readonly #roots: ResourceSymbol[] = [];
  #scopeSeen = false;

  readonly #base: readonly string[];

  constructor(sink: DiagnosticSink, base: readonly string[]) {
    this.#sink = sink;
    this.#base = base;
  }

  run(program: Program): Declarations {
    const result = this.#result;
    for (const statement of program.statements) {
      switch (statement.kind) {
        case 'param':
          result.params.push(
            this.#add({ kind: 'param', name: statement.name.name, statement }, statement.name),
          );
          break;
        case 'var':
          result.vars.push(
            this.#add({ kind: 'var', name: statement.name.name, statement }, statement.name),
          );
          break;
        case 'type':
          if (statement.name.name === 'resource')
            this.#sink.report(statement.name.span, 'BCP301', statement.name.name);
          result.types.push(
            this.#add({ kind: 'type', name: statement.name.name, statement }, statement.name),
          );
          break;
        case 'func':
          result.funcs.push(
            this.#add({ kind: 'func', name: statement.name.name, statement }, statement.name),
          );
          break;
        case 'using':
          result.isParameters = true;
          break;
        case 'extends':
          result.isParameters = true;
          this.#extends(statement);
          break;
        case 'assignment': {
          result.isParameters = true;
          const symbol: AssignmentSymbol = {
            kind: 'assignment',
            name: statement.name.name,
            statement,
          };
          result.assignments.push(symbol);
          result.symbols.set(symbol.name, symbol);
          break;
        }
        case 'resource':
          this.#resource(statement, undefined);
          break;
        case 'module':
          result.modules.push(this.#module(statement));
          break;
        case 'output':
          this.#output({ kind: 'output', name: statement.name.name, statement });
          break;
        case 'metadata':
          if (statement.name.name.startsWith('_'))
            this.#sink.report(statement.name.span, 'BCP268', statement.name.name);
          for (const twin of result.metadata)
            if (twin.name === statement.name.name && twin.name !== '')
              for (const { name } of [twin.statement, statement])
                this.#sink.report(name.span, 'BCP145', name.name);
          result.metadata.push({ kind: 'metadata', name: statement.name.name, statement });
          break;
        case 'extension':
          this.#sink.report(statement.span, 'LZB001', 'An extension');
          break;
        case 'targetScope':
          this.#targetScope(statement.value, statement.span);
          break;
        default:
          break;
      }
    }
    // Templates list nested resources, innermost first, before all others.
    result.resources.push(...this.#roots);
    return result;
  }

  #add<T extends DeclaredSymbol>(symbol: T, name: Identifier): T {
    const { symbols } = this.#result;
    if (symbol.name === '') return symbol;
    const existing = symbols.get(symbol.name);
    if (existing?.kind === 'base') {
      this.#sink.report(name.span, 'BCP438', name.name);
    } else if (existing) {
      this.#sink.report(name.span, 'BCP028', symbol.name);
      if (existing.kind !== 'import')
        this.#sink.report(existing.statement.name.span, 'BCP028', symbol.name);
    } else {
      symbols.set(symbol.name, symbol);
    }
    return symbol;
  }

  #extends(statement: ExtendsStatement): void {
    const { symbols } = this.#result;
    const name = 'base';
    const taken = symbols.get(name);
    if (taken && taken.kind !== 'base') this.#sink.report(taken.statement.span, 'BCP438', name);
    symbols.set(name, { kind: 'base', name, statement, parameters: this.#base });
  }

  #output(symbol: OutputSymbol): void {
    const { outputs } = this.#result;
    const twin = outputs.find((other) => other.name === symbol.name);
    if (symbol.name !== '' && twin)
      for (const { statement } of [twin, symbol])
        this.#sink.report(statement.name.span, 'BCP145', symbol.name);
    outputs.push(symbol);
  }

  #targetScope(value: Expression, span: { start: number; end: number }): void {
    if (this.#scopeSeen)
      this.#sink.report({ start: span.start, end: span.start + 'targetScope'.length }, 'BCP112');
    this.#scopeSeen = true;
    const text = value.kind === 'string' ? literalText(value) : undefined;
    const scope = SCOPES.find((known) => known === text);
    if (scope) this.#result.targetScope = scope;
    else if (value.kind !== 'error')
      this.#sink.report(
        value.span,
        'BCP033',
        SCOPES.map((known) => `'${known}'`).join(' | '),
        text === undefined ? value.kind : `'${text}'`,
      );
  }

  #resource(statement: ResourceStatement, parent: ResourceSymbol | undefined): ResourceSymbol {
    const { loop, condition, body } = resourceParts(statement.value);
    const symbol: ResourceSymbol = {
      kind: 'resource',
      name: statement.name.name,
      statement,
      ...this.#resourceType(statement, parent),
      existing: statement.existing,
      loop,
      condition,
      body,
      parent: parent ? { resource: parent, index: undefined, nested: true } : undefined,
      nested: [],
    };
    if (parent) parent.nested.push(symbol);
    else this.#add(symbol, statement.name);
    if (parent?.loop) this.#sink.report(statement.span, 'BCP160');
    for (const nested of body.resources)
      if (nested.kind === 'resource') this.#resource(nested, symbol);
    (parent ? this.#result.resources : this.#roots).push(symbol);
    return symbol;
  }

  #resourceType(
    statement: ResourceStatement,
    parent: ResourceSymbol | undefined,
  ): { type: string; apiVersion: string } {
    const none = { type: '', apiVersion: '' };
    const text = literalText(statement.type);
    if (statement.type.kind === 'error') return none;
    if (text === undefined) {
      this.#sink.report(statement.type.span, 'BCP047');
      return none;
    }
    if (parent) {
      const match = /^([A-Za-z0-9_.-]+)(?:@(.+))?$/.exec(text);
      if (match)
        return {
          type: `${parent.type}/${match[1] ?? ''}`,
          apiVersion: match[2] ?? parent.apiVersion,
        };
      this.#sink.report(statement.type.span, 'BCP156', text);
      return none;
    }
    const match = /^([A-Za-z0-9.]+(?:\/[A-Za-z0-9_.-]+)+)@(\d{4}-\d{2}-\d{2}[A-Za-z0-9-]*)$/.exec(
      text,
    );
    if (match) return { type: match[1] ?? '', apiVersion: match[2] ?? '' };
    this.#sink.report(statement.type.span, 'BCP029');
    return none;
  }

  #module(statement: ModuleStatement): ModuleSymbol {
    const { loop, condition, body } = resourceParts(statement.value);
    return this.#add(
      {
        kind: 'module',
        name: statement.name.name,
        statement,
        loop,
        condition,
        body,
        target: undefined,
      },
      statement.name,
    );
  }
}

function resourceParts(value: Expression): {
  loop: ForNode | undefined;
  condition: Expression | undefined;
  body: ObjectNode;
} {
  const loop = value.kind === 'for' ? value : undefined;
  const inner = loop ? loop.body : value;
  const condition = inner.kind === 'if' ? inner.condition : undefined;
  const body = inner.kind === 'if' ? inner.body : inner;
  return { loop, condition, body: body.kind === 'object' ? body : EMPTY_OBJECT(body) };
}
