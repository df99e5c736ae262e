import { ANYWHERE, IN_STRING, isMissing, type Expressions } from './expressions.js';
import type { ErrorNode, Expression, ForNode, Identifier, IfNode, ObjectNode } from './nodes.js';

interface LoopVariables {
  readonly item: Identifier;
  readonly index: Identifier | undefined;
}

/** Loops, conditions, and the bodies of resources and modules. */
export class LoopParser {
  readonly #expressions: Expressions;

  constructor(expressions: Expressions) {
    this.#expressions = expressions;
  }

  /** `[for item in source: body]`. */
  loop(body: () => Expression = () => this.#expressions.expression()): ForNode {
    const { reader } = this.#expressions;
    const { start } = reader.current;
    reader.expect('[');
    reader.skipNewlines();
    reader.expectKeyword('for');
    const told = reader.told;
    const { item, index } = this.#variables();
    const until = [']', 'newline'];
    const keyword = reader.recover(
      () => {
        reader.expectKeyword('in');
      },
      { until, quiet: reader.told > told },
    );
    const source = this.#expressions.recovered(
      ANYWHERE,
      keyword !== undefined && isMissing(keyword),
      [':', ...until],
    );
    const colon = reader.recover(() => reader.expect(':'), { until, quiet: isMissing(source) });
    const loopBody = reader.recover(body, { until, quiet: isMissing(colon) });
    if (loopBody.kind !== 'error') reader.skipNewlines();
    reader.recover(() => reader.expect(']'), { until, quiet: isMissing(loopBody) });
    return { kind: 'for', item, index, source, body: loopBody, span: reader.spanFrom(start) };
  }

  #variables(): LoopVariables {
    const { reader } = this.#expressions;
    if (reader.atKind('identifier')) return { item: reader.identifier('BCP136'), index: undefined };
    const missing = (): LoopVariables => {
      const { start } = reader.current;
      return { item: { name: '', span: { start, end: start } }, index: undefined };
    };
    if (!reader.at('(')) {
      reader.missing('BCP162');
      return missing();
    }
    const { start } = reader.current;
    const told = reader.told;
    const list = this.#expressions.parenthesizedList(
      () => this.#expressions.expression(IN_STRING),
      false,
    );
    const [item, index] = this.#expressions.variables(list);
    if (list.length !== 2 && reader.told === told)
      reader.report(reader.spanFrom(start), 'BCP249', String(list.length));
    return item ? { item, index } : missing();
  }

  /** The value of a resource or module: an object, `if (…) {…}` or a loop over either. */
  resourceBody(resources: boolean): Expression {
    const { reader } = this.#expressions;
    if (reader.at('{')) return this.#expressions.object(resources);
    if (reader.at('if')) return this.#condition(resources, false);
    if (!reader.at('[')) throw reader.fault('BCP118');
    return this.loop(() => {
      if (reader.at('{')) return this.#expressions.object(resources);
      if (reader.at('if')) return this.#condition(resources, true);
      throw reader.fault('BCP167');
    });
  }

  /** @param inLoop whether the bracket of a loop follows, which is not skipped */
  #condition(resources: boolean, inLoop: boolean): IfNode {
    const { reader } = this.#expressions;
    const { start } = reader.current;
    reader.expectKeyword('if');
    const until = inLoop ? [']', 'newline'] : ['newline'];
    let closed = false;
    const condition = reader.recover(
      () => {
        const { start: open } = reader.current;
        const list = this.#expressions.parenthesizedList(
          () => this.#expressions.expression(),
          true,
        );
        ({ closed } = list);
        return this.#expressions.enclosed(list, open);
      },
      { until: [...until, '{'] },
    );
    const body = reader.recover<ObjectNode | ErrorNode>(() => this.#expressions.object(resources), {
      until,
      quiet: isMissing(condition) || !closed,
    });
    return { kind: 'if', condition, body, span: reader.spanFrom(start) };
  }
}
