import type { DiagnosticCode } from '../diagnostics/catalogue.js';
import { ANYWHERE, DECLARATIONS, isMissing } from './expressions.js';
import type { ExpressionParser } from './expression-parser.js';
import type {
  Decorator,
  ErrorNode,
  Expression,
  FunctionParameter,
  Node,
  Statement,
  StringNode,
  TypeNode,
} from './nodes.js';
import type { TokenReader } from './token-reader.js';
import type { TypeParser } from './type-parser.js';

const LINE_END = ['newline'];

/** Reads one kind of declaration; its keyword is the current token. */
export type ParseDeclaration = (decorators: Decorator[], start: number) => Statement;

/** Declarations of templates. A part that is missing is told once, and the parts after it are still read. */
export class DeclarationParser {
  readonly #reader: TokenReader;
  readonly #expressions: ExpressionParser;
  readonly #types: TypeParser;

  constructor(expressions: ExpressionParser, types: TypeParser) {
    this.#reader = expressions.reader;
    this.#expressions = expressions;
    this.#types = types;
  }

  /** `= value`. @param before what should stand before it */
  assigned(before?: Node): Expression {
    const sign = this.#sign(before);
    return this.#value(sign);
  }

  #sign(before: Node | undefined, ...until: string[]): Node {
    const reader = this.#reader;
    return reader.recover(
      () => {
        const { start, end } = reader.expect('=');
        return { span: { start, end } };
      },
      { until: [...until, 'newline'], quiet: before !== undefined && isMissing(before) },
    );
  }

  #value(sign: Node): Expression {
    return this.#expressions.recovered(ANYWHERE, isMissing(sign), LINE_END);
  }

  readonly targetScope: ParseDeclaration = (decorators, start) => {
    this.#reader.next();
    const value = this.assigned();
    return { kind: 'targetScope', decorators, value, span: this.#reader.spanFrom(start) };
  };

  readonly metadata: ParseDeclaration = (decorators, start) => {
    this.#reader.next();
    const name = this.#reader.recoverIdentifier('BCP266', '=', 'newline');
    const value = this.assigned(name);
    return { kind: 'metadata', decorators, name, value, span: this.#reader.spanFrom(start) };
  };

  readonly param: ParseDeclaration = (decorators, start) => {
    const reader = this.#reader;
    reader.next();
    const name = reader.recoverIdentifier('BCP013', 'identifier', 'newline');
    const type = this.#type(isMissing(name), '=', '{', 'newline');
    const given = reader.recover(() => this.#default(), {
      until: ['newline'],
      quiet: isMissing(type),
    });
    const defaultValue = given;
    return { kind: 'param', decorators, name, type, defaultValue, span: reader.spanFrom(start) };
  };

  #default(): Expression | undefined {
    const reader = this.#reader;
    if (reader.atKind('newline') || reader.atKind('end')) return undefined;
    if (!reader.accept('=')) throw reader.fault('BCP008');
    return this.#expressions.recovered(ANYWHERE, false, LINE_END);
  }

  /** The type of a declaration. `resource 'type'` was an experiment of the language. */
  #type(quiet: boolean, ...until: string[]): TypeNode {
    const reader = this.#reader;
    return reader.recover(() => this.#typeOrResource(), { until, quiet });
  }

  #typeOrResource(): TypeNode {
    const reader = this.#reader;
    if (!reader.at('resource') || reader.peek(1).text === '<') return this.#types.type();
    const { start } = reader.next();
    if (reader.atKind('string') || reader.atKind('stringLeft')) this.#expressions.string();
    else if (!reader.at('=')) reader.missing('BCP068');
    const span = reader.spanFrom(start);
    reader.report(span, 'BCP231');
    return { kind: 'error', span };
  }

  readonly variable: ParseDeclaration = (decorators, start) => {
    const reader = this.#reader;
    reader.next();
    const name = reader.recoverIdentifier('BCP015', 'identifier', 'newline');
    const untyped = reader.at('=') || reader.atKind('newline') || reader.atKind('end');
    const type = untyped ? undefined : this.#type(isMissing(name), '=', 'newline');
    const value = this.assigned(type ?? name);
    return { kind: 'var', decorators, name, type, value, span: reader.spanFrom(start) };
  };

  readonly output: ParseDeclaration = (decorators, start) => {
    const reader = this.#reader;
    reader.next();
    const name = reader.recoverIdentifier('BCP016', 'identifier', 'newline');
    const type = this.#type(isMissing(name), '=', 'newline');
    const value = this.assigned(type);
    return { kind: 'output', decorators, name, type, value, span: reader.spanFrom(start) };
  };

  readonly type: ParseDeclaration = (decorators, start) => {
    const reader = this.#reader;
    reader.next();
    const name = reader.recoverIdentifier('BCP325', '=', 'newline');
    this.#sign(name);
    const value = this.#type(isMissing(name), '=', '{', 'newline');
    return { kind: 'type', decorators, name, value, span: reader.spanFrom(start) };
  };

  readonly resource: ParseDeclaration = (decorators, start) => {
    const reader = this.#reader;
    reader.next();
    const name = reader.recoverIdentifier('BCP017', 'string', 'stringLeft', 'newline');
    const type = this.requiredString('BCP068', isMissing(name), '=', 'newline');
    const existing = reader.accept('existing');
    const value = this.#body(this.#sign(type, '{'), true);
    const span = reader.spanFrom(start);
    return { kind: 'resource', decorators, name, type, existing, value, span };
  };

  readonly module: ParseDeclaration = (decorators, start) => {
    const reader = this.#reader;
    reader.next();
    const name = reader.recoverIdentifier('BCP096', 'string', 'stringLeft', 'newline');
    const path = this.requiredString('BCP097', isMissing(name), '=', 'newline');
    const value = this.#body(this.#sign(path, '{'), false);
    return { kind: 'module', decorators, name, path, value, span: reader.spanFrom(start) };
  };

  /** Only `if` may stand on a line of its own. */
  #body(sign: Node, resources: boolean): Expression {
    const reader = this.#reader;
    if (!('kind' in sign) && reader.peekPastNewlines().text === 'if') reader.skipNewlines();
    return reader.recover(() => this.#expressions.loops.resourceBody(resources), {
      until: ['newline'],
      quiet: isMissing(sign),
    });
  }

  requiredString(code: DiagnosticCode, quiet: boolean, ...until: string[]): StringNode | ErrorNode {
    return this.#reader.recover(() => this.#expressions.requiredString(code), { until, quiet });
  }

  readonly func: ParseDeclaration = (decorators, start) => {
    const reader = this.#reader;
    reader.next();
    const name = reader.recoverIdentifier('BCP015', '=', 'newline');
    const lambda = reader.recover(() => this.#typedLambda(), {
      until: ['newline'],
      quiet: isMissing(name),
    });
    const span = reader.spanFrom(start);
    if ('kind' in lambda) {
      const none: ErrorNode = lambda;
      return { kind: 'func', decorators, name, parameters: [], returns: none, body: none, span };
    }
    return { kind: 'func', decorators, name, ...lambda, span };
  };

  #typedLambda(): { parameters: FunctionParameter[]; returns: TypeNode; body: Expression } {
    const reader = this.#reader;
    const list = this.#expressions.parenthesizedList(() => this.#parameter(), true);
    const parameters = list.filter((item) => 'name' in item);
    const until = ['newline', ')'];
    const returns = this.#type(false, ...until);
    const arrow = reader.recover(() => reader.expect('=>'), { until });
    const isBody = !DECLARATIONS.has(reader.peekPastNewlines().text);
    if (arrow.kind !== 'error' && isBody) reader.skipNewlines();
    const body = this.#expressions.recovered(ANYWHERE, false, until);
    return { parameters, returns, body };
  }

  #parameter(): FunctionParameter {
    const reader = this.#reader;
    const { start } = reader.current;
    const name = reader.identifierOrMissing('BCP015');
    const type = this.#type(false, 'newline', ',', ')');
    return { name, type, span: reader.spanFrom(start) };
  }
}
