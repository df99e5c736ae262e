import type { DiagnosticCode } from '../diagnostics/catalogue.js';
import type { DiagnosticSink } from '../diagnostics/sink.js';
import { ExpressionParser } from './expression-parser.js';
import { lex } from './lexer.js';
import type {
  Decorator,
  Expression,
  FunctionParameter,
  ImportItem,
  Program,
  Statement,
  StringNode,
  TypeNode,
} from './nodes.js';
import { SyntaxFault, TokenReader } from './token-reader.js';
import { TypeParser } from './type-parser.js';

/** Which statements a file may have: a template, or a `.bicepparam` file. */
export type FileKind = 'template' | 'parameters';

/** Parses a whole file. Never throws: what is wrong goes to the sink, and the statement after it is read again. */
export function parseBicep(
  text: string,
  sink: DiagnosticSink,
  kind: FileKind = 'template',
): Program {
  const reader = new TokenReader(lex(text, sink), sink);
  return new StatementParser(reader, kind).program();
}

class StatementParser {
  readonly #reader: TokenReader;
  readonly #kind: FileKind;
  readonly #expressions: ExpressionParser;
  readonly #types: TypeParser;

  constructor(reader: TokenReader, kind: FileKind) {
    this.#reader = reader;
    this.#kind = kind;
    this.#expressions = new ExpressionParser(reader);
    this.#expressions.nestedResource = () => this.#nestedResource();
    this.#types = new TypeParser(this.#expressions, () => this.#decorators());
  }

  program(): Program {
    const reader = this.#reader;
    const statements: Statement[] = [];
    reader.skipNewlines();
    while (!reader.atKind('end')) {
      const { position } = reader;
      statements.push(this.#statement());
      // The rest of a broken string can't start a statement; step over it so that parsing goes on.
      if (reader.position === position) reader.next();
      reader.skipNewlines();
    }
    return { statements };
  }

  #statement(): Statement {
    const reader = this.#reader;
    const { start } = reader.current;
    let decorators: Decorator[] = [];
    try {
      decorators = this.#decorators();
      const statement = this.#declaration(decorators, start);
      if (!reader.atKind('newline') && !reader.atKind('end'))
        throw reader.fault(reader.at(',') ? 'BCP106' : 'BCP019');
      return statement;
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error;
      reader.synchronize();
      return { kind: 'errorStatement', decorators, span: reader.spanFrom(start) };
    }
  }

  #decorators(): Decorator[] {
    const reader = this.#reader;
    const decorators: Decorator[] = [];
    while (reader.at('@')) {
      const { start } = reader.next();
      let name = reader.identifier('BCP123');
      let namespace: string | undefined;
      if (reader.accept('.')) {
        namespace = name.name;
        name = reader.identifier('BCP020');
      }
      if (!reader.at('(')) throw reader.fault('BCP141');
      const args = this.#expressions.callArguments();
      decorators.push({ namespace, name, args, span: reader.spanFrom(start) });
      reader.skipNewlines();
    }
    return decorators;
  }

  #nestedResource(): Statement | undefined {
    const { start } = this.#reader.current;
    const decorators = this.#decorators();
    if (!this.#reader.at('resource')) throw this.#reader.fault('BCP149');
    return this.#resource(decorators, start);
  }

  #declaration(decorators: Decorator[], start: number): Statement {
    const reader = this.#reader;
    const keyword = reader.current.kind === 'identifier' ? reader.current.text : '';
    const statements =
      this.#kind === 'parameters' ? this.#parameterFileStatements() : this.#templateStatements();
    const parse = Object.hasOwn(statements, keyword) ? statements[keyword] : undefined;
    if (parse) return parse(decorators, start);
    throw reader.fault(decorators.length > 0 ? 'BCP132' : 'BCP007');
  }

  #parameterFileStatements(): Record<
    string,
    (decorators: Decorator[], start: number) => Statement
  > {
    const template = this.#templateStatements();
    const { var: variable, import: imports, type, func } = template;
    return {
      using: (decorators, start) => this.#using(decorators, start),
      param: (decorators, start) => {
        this.#reader.next();
        const name = this.#reader.identifier('BCP013');
        return {
          kind: 'assignment',
          decorators,
          name,
          value: this.#assigned(),
          span: this.#reader.spanFrom(start),
        };
      },
      ...(variable && { var: variable }),
      ...(imports && { import: imports }),
      ...(type && { type }),
      ...(func && { func }),
    };
  }

  #templateStatements(): Record<string, (decorators: Decorator[], start: number) => Statement> {
    return {
      targetScope: (decorators, start) => {
        this.#reader.next();
        return {
          kind: 'targetScope',
          decorators,
          value: this.#assigned(),
          span: this.#reader.spanFrom(start),
        };
      },
      metadata: (decorators, start) => {
        this.#reader.next();
        const name = this.#reader.identifier('BCP266');
        return {
          kind: 'metadata',
          decorators,
          name,
          value: this.#assigned(),
          span: this.#reader.spanFrom(start),
        };
      },
      param: (decorators, start) => this.#param(decorators, start),
      var: (decorators, start) => this.#var(decorators, start),
      output: (decorators, start) => this.#output(decorators, start),
      type: (decorators, start) => {
        this.#reader.next();
        const name = this.#reader.identifier('BCP325');
        this.#reader.expect('=');
        return {
          kind: 'type',
          decorators,
          name,
          value: this.#types.type(),
          span: this.#reader.spanFrom(start),
        };
      },
      func: (decorators, start) => this.#func(decorators, start),
      resource: (decorators, start) => this.#resource(decorators, start),
      module: (decorators, start) => {
        this.#reader.next();
        const name = this.#reader.identifier('BCP096');
        const path = this.#string('BCP097');
        this.#reader.expect('=');
        this.#reader.skipNewlines();
        return {
          kind: 'module',
          decorators,
          name,
          path,
          value: this.#expressions.resourceBody(),
          span: this.#reader.spanFrom(start),
        };
      },
      import: (decorators, start) => this.#import(decorators, start),
      extension: (decorators, start) => {
        this.#reader.next();
        const specification = this.#reader.next().text;
        this.#reader.synchronize();
        return { kind: 'extension', decorators, specification, span: this.#reader.spanFrom(start) };
      },
    };
  }

  #assigned(): Expression {
    this.#reader.expect('=');
    return this.#expressions.expression();
  }

  #string(code: DiagnosticCode): StringNode {
    if (this.#reader.atKind('string') || this.#reader.atKind('stringLeft'))
      return this.#expressions.string();
    throw this.#reader.fault(code);
  }

  #param(decorators: Decorator[], start: number): Statement {
    const reader = this.#reader;
    reader.next();
    const name = reader.identifier('BCP013');
    const type =
      reader.at('=') || reader.atKind('newline') || reader.atKind('end')
        ? this.#missingType()
        : this.#types.type();
    if (!reader.at('=') && !reader.atKind('newline') && !reader.atKind('end'))
      throw reader.fault('BCP008');
    const defaultValue = reader.accept('=') ? this.#expressions.expression() : undefined;
    return { kind: 'param', decorators, name, type, defaultValue, span: reader.spanFrom(start) };
  }

  #missingType(): TypeNode {
    const { start } = this.#reader.current;
    this.#reader.fault('BCP279');
    return { kind: 'error', span: { start, end: start } };
  }

  #var(decorators: Decorator[], start: number): Statement {
    const reader = this.#reader;
    reader.next();
    const name = reader.identifier('BCP015');
    const type =
      reader.at('=') || reader.atKind('newline') || reader.atKind('end')
        ? undefined
        : this.#types.type();
    return {
      kind: 'var',
      decorators,
      name,
      type,
      value: this.#assigned(),
      span: reader.spanFrom(start),
    };
  }

  #output(decorators: Decorator[], start: number): Statement {
    const reader = this.#reader;
    reader.next();
    const name = reader.identifier('BCP016');
    const type = reader.at('=') ? this.#missingType() : this.#types.type();
    return {
      kind: 'output',
      decorators,
      name,
      type,
      value: this.#assigned(),
      span: reader.spanFrom(start),
    };
  }

  #func(decorators: Decorator[], start: number): Statement {
    const reader = this.#reader;
    reader.next();
    const name = reader.identifier('BCP015');
    reader.expect('(');
    reader.skipNewlines();
    const parameters: FunctionParameter[] = [];
    while (!reader.at(')')) {
      const parameterStart = reader.current.start;
      const parameter = reader.identifier('BCP015');
      parameters.push({
        name: parameter,
        type: this.#types.type(),
        span: reader.spanFrom(parameterStart),
      });
      reader.skipNewlines();
      if (!reader.at(')')) reader.expect(',');
      reader.skipNewlines();
    }
    reader.expect(')');
    const returns = this.#types.type();
    reader.expect('=>');
    reader.skipNewlines();
    const body = this.#expressions.expression();
    return {
      kind: 'func',
      decorators,
      name,
      parameters,
      returns,
      body,
      span: reader.spanFrom(start),
    };
  }

  #resource(decorators: Decorator[], start: number): Statement {
    const reader = this.#reader;
    reader.next();
    const name = reader.identifier('BCP017');
    const type = this.#string('BCP068');
    const existing = reader.accept('existing');
    reader.expect('=');
    reader.skipNewlines();
    const value = this.#expressions.resourceBody();
    return {
      kind: 'resource',
      decorators,
      name,
      type,
      existing,
      value,
      span: reader.spanFrom(start),
    };
  }

  #import(decorators: Decorator[], start: number): Statement {
    const reader = this.#reader;
    reader.next();
    let items: ImportItem[] | undefined;
    let wildcard: ImportItem['alias'];
    if (reader.accept('*')) {
      reader.expectKeyword('as');
      wildcard = reader.identifier('BCP202');
    } else {
      items = this.#importItems();
    }
    reader.expectKeyword('from');
    const path = this.#string('BCP097');
    return { kind: 'import', decorators, items, wildcard, path, span: reader.spanFrom(start) };
  }

  #importItems(): ImportItem[] {
    const reader = this.#reader;
    const items: ImportItem[] = [];
    reader.expect('{');
    reader.skipNewlines();
    while (!reader.at('}')) {
      const { start } = reader.current;
      const name = reader.identifier('BCP355');
      const alias = reader.accept('as') ? reader.identifier('BCP355') : undefined;
      items.push({ name, alias, span: reader.spanFrom(start) });
      if (reader.at('}')) break;
      if (!reader.accept(',') && !reader.atKind('newline')) throw reader.fault('BCP236');
      reader.skipNewlines();
    }
    reader.expect('}');
    return items;
  }

  #using(decorators: Decorator[], start: number): Statement {
    const reader = this.#reader;
    reader.next();
    const path = reader.accept('none') ? undefined : this.#string('BCP257');
    return { kind: 'using', decorators, path, span: reader.spanFrom(start) };
  }
}
