import type { DiagnosticSink } from '../diagnostics/sink.js';
import { DeclarationParser, type ParseDeclaration } from './declaration-parser.js';
import { ExpressionParser } from './expression-parser.js';
import { ImportParser } from './import-parser.js';
import { lex } from './lexer.js';
import type { Decorator, ErrorNode, Program, Statement } from './nodes.js';
import { TokenReader } from './token-reader.js';
import { TypeParser } from './type-parser.js';

/** Which statements a file may have: a template, or a `.bicepparam` file. */
export type FileKind = 'template' | 'parameters';

/** Parses a whole file. Never throws: what is wrong goes to the sink, and what is around it is read all the same. */
export function parseBicep(
  text: string,
  sink: DiagnosticSink,
  kind: FileKind = 'template',
): Program {
  const reader = new TokenReader(lex(text, sink), sink);
  const program = new StatementParser(reader, kind).program();
  reader.flush();
  return program;
}

class StatementParser {
  readonly #reader: TokenReader;
  readonly #kind: FileKind;
  readonly #expressions: ExpressionParser;
  readonly #statements: ReadonlyMap<string, ParseDeclaration>;

  constructor(reader: TokenReader, kind: FileKind) {
    this.#reader = reader;
    this.#kind = kind;
    this.#expressions = new ExpressionParser(reader, () => this.#nestedResource());
    const types = new TypeParser(this.#expressions, () => this.#decorators());
    const declarations = new DeclarationParser(this.#expressions, types);
    const imports = new ImportParser(this.#expressions, declarations);
    this.#statements = new Map(
      Object.entries(
        kind === 'template'
          ? {
              targetScope: declarations.targetScope,
              metadata: declarations.metadata,
              param: declarations.param,
              var: declarations.variable,
              output: declarations.output,
              type: declarations.type,
              func: declarations.func,
              resource: declarations.resource,
              module: declarations.module,
              import: imports.import,
              extension: imports.extension,
              assert: this.#assert(declarations),
            }
          : {
              using: imports.using,
              extends: imports.extends,
              param: this.#assignment(declarations),
              var: declarations.variable,
              type: declarations.type,
              func: declarations.func,
              import: imports.import,
            },
      ),
    );
  }

  /** `param name = value` of a parameters file. */
  #assignment(declarations: DeclarationParser): ParseDeclaration {
    return (decorators, start) => {
      const reader = this.#reader;
      reader.next();
      const name = reader.recoverIdentifier('BCP013', '=', 'newline');
      const value = declarations.assigned(name);
      return { kind: 'assignment', decorators, name, value, span: reader.spanFrom(start) };
    };
  }

  /** `assert name = condition` is for tests that the language has only as an experiment. */
  #assert(declarations: DeclarationParser): ParseDeclaration {
    return (decorators, start) => {
      const reader = this.#reader;
      reader.next();
      declarations.assigned(reader.recoverIdentifier('BCP344', '=', 'newline'));
      const span = reader.spanFrom(start);
      reader.report(span, 'BCP349');
      return { kind: 'errorStatement', decorators, span };
    };
  }

  program(): Program {
    const reader = this.#reader;
    const statements: Statement[] = [];
    reader.skipNewlines();
    while (!reader.atKind('end')) {
      const { start } = reader.current;
      const statement = reader.recover(() => this.#statement(this.#statements), {
        until: ['newline'],
      });
      if (statement.kind === 'error') {
        const span = reader.spanFrom(start);
        statements.push({ kind: 'errorStatement', decorators: [], span });
      } else {
        statements.push(statement);
        this.#endOfStatement();
      }
      reader.skipNewlines();
    }
    return { statements };
  }

  #endOfStatement(): void {
    const reader = this.#reader;
    reader.recover(
      () => {
        if (!reader.atKind('newline') && !reader.atKind('end')) throw reader.fault('BCP019');
      },
      { until: ['newline'] },
    );
  }

  #statement(statements: ReadonlyMap<string, ParseDeclaration>): Statement {
    const reader = this.#reader;
    const { start } = reader.current;
    const decorators = this.#decorators();
    const keyword = reader.current.kind === 'identifier' ? reader.current.text : '';
    const parse = statements.get(keyword);
    if (parse) return parse(decorators, start);
    if (decorators.length === 0)
      throw reader.fault(this.#kind === 'template' ? 'BCP007' : 'BCP337');
    return { kind: 'errorStatement', decorators, span: reader.spanFrom(start) };
  }

  #nestedResource(): Statement | ErrorNode {
    const only = new Map([...this.#statements].filter(([keyword]) => keyword === 'resource'));
    return this.#reader.recover(() => this.#statement(only), { until: ['newline'] });
  }

  /** Each stands on lines of its own. */
  #decorators(): Decorator[] {
    const reader = this.#reader;
    const decorators: Decorator[] = [];
    while (reader.at('@')) {
      const decorator = this.#decorator();
      if (decorator) decorators.push(decorator);
      reader.recover(
        () => {
          if (!reader.atKind('newline')) throw reader.fault('BCP019');
        },
        { until: ['newline'], consume: true },
      );
      reader.skipNewlines();
    }
    return decorators;
  }

  #decorator(): Decorator | undefined {
    const reader = this.#reader;
    const { start } = reader.next();
    const read = reader.recover(() => this.#called(start), { until: ['newline'] });
    return 'kind' in read ? undefined : read;
  }

  #called(start: number): Decorator {
    const reader = this.#reader;
    let name = reader.identifier('BCP123');
    const from = name.span.start;
    let args = reader.at('(') ? this.#expressions.callArguments() : undefined;
    let namespace: string | undefined;
    while (reader.accept('.')) {
      namespace = name.name;
      name = reader.identifierOrMissing('BCP020');
      args = reader.at('(') ? this.#expressions.callArguments() : undefined;
    }
    if (args === undefined && name.name !== '') reader.report(reader.spanFrom(from), 'BCP141');
    const called = args !== undefined;
    return { namespace, name, args: args ?? [], called, span: reader.spanFrom(start) };
  }
}
