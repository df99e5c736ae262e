import type { DiagnosticLevel, Span } from '../diagnostics/diagnostic.js';
import type { DiagnosticSink } from '../diagnostics/sink.js';
import { quoted } from '../diagnostics/quoted.js';
import { suggest } from '../semantics/suggestion.js';
import type { Expression, ObjectNode, PropertyNode } from '../syntax/nodes.js';
import { keyText, unwrap } from '../syntax/walk.js';
import type { Inference } from '../types/inference.js';
import { describeType, isAssignable, type ObjectType, type Type } from '../types/type.js';

const TYPE_INACCURACY =
  ' If this is a resource type definition inaccuracy, report it using https://aka.ms/bicep-type-issues.';

const COMPUTED: ReadonlySet<Expression['kind']> = new Set([
  ...(['call', 'instanceCall', 'propertyAccess', 'arrayAccess', 'unary', 'binary'] as const),
]);

/** Compares values with the types that are wanted of them, literal by literal, so that a finding is where the mistake is. */
export class Assignability {
  readonly #sink: DiagnosticSink;
  readonly #inference: Inference;
  /** What a mismatch is: types of resources are not exact enough for errors. */
  readonly #level: DiagnosticLevel;

  /** Types of resources may be wrong themselves. */
  get #inaccuracy(): string {
    return this.#level === 'Warning' ? TYPE_INACCURACY : '';
  }

  constructor(sink: DiagnosticSink, inference: Inference, level: DiagnosticLevel) {
    this.#sink = sink;
    this.#inference = inference;
    this.#level = level;
  }

  /** @param property,key the property whose value this is, and where it is named */
  check(node: Expression, target: Type, property?: string, key?: Span): void {
    const value = unwrap(node);
    if (value.kind === 'error' || target.kind === 'any') return;
    if (value.kind === 'ternary') {
      this.check(value.whenTrue, target, property, key);
      this.check(value.whenFalse, target, property, key);
      return;
    }
    if (value.kind === 'object' && target.kind === 'object') {
      const brace = { start: value.span.start, end: value.span.start + 1 };
      this.object(value, target, 'object', key ?? brace);
      return;
    }
    if (value.kind === 'array' && target.kind === 'array') {
      for (const item of value.items) if (item.kind !== 'spread') this.#item(item, target.item);
      return;
    }
    if (value.kind === 'for' && target.kind === 'array') {
      this.check(value.body, target.item);
      return;
    }
    const source = this.#inference.expression(value);
    if (isAssignable(source, target)) return;
    // What is wrong inside has no type that could be compared.
    if (COMPUTED.has(value.kind) && this.#sink.hasErrorIn(value.span)) return;
    this.#mismatch(node.span, source, target, property);
  }

  #item(node: Expression, target: Type): void {
    const value = unwrap(node);
    const source = this.#inference.expression(value);
    // What is inside an array or object is said where it stands.
    const inside = value.kind === 'ternary' || value.kind === 'object' || value.kind === 'array';
    if (inside || isAssignable(source, target)) this.check(node, target);
    else
      this.#sink.reportAs(
        this.#level,
        node.span,
        'BCP034',
        describeType(target),
        describeType(source),
      );
  }

  /** @param span where what is missing is reported */
  object(node: ObjectNode, target: ObjectType, name: string, span: Span, required = true): void {
    const present = new Set<string>();
    for (const member of node.properties) {
      const key = member.kind === 'property' ? keyText(member) : undefined;
      // With a spread or a computed key anything may be there.
      if (member.kind !== 'property' || key === undefined) return;
      present.add(key);
    }
    for (const member of node.properties)
      if (member.kind === 'property') this.#property(member, target, present);
    const missing: string[] = [];
    target.properties.forEach((property, key) => {
      if (property.required === true && !present.has(key)) missing.push(key);
    });
    if (required && missing.length > 0)
      this.#sink.reportAs(this.#level, span, 'BCP035', name, quoted(missing), this.#inaccuracy);
  }

  #property(member: PropertyNode, target: ObjectType, present: ReadonlySet<string>): void {
    const key = keyText(member) ?? '';
    const property = target.properties.get(key);
    const { span } = member.key;
    if (property?.readOnly === true) {
      this.#sink.reportAs(this.#level, span, 'BCP073', key, this.#inaccuracy);
      return;
    }
    if (property) {
      this.check(member.value, property.type, key, span);
      return;
    }
    if (target.additional) {
      this.check(member.value, target.additional, key, span);
      return;
    }
    const allowed = [...target.properties]
      .filter(([name, { readOnly }]) => readOnly !== true && !present.has(name))
      .map(([name]) => name);
    const near = suggest(key, allowed);
    if (near !== undefined)
      this.#sink.reportAs(this.#level, span, 'BCP089', key, describeType(target), near);
    else
      this.#sink.reportAs(
        this.#level,
        span,
        'BCP037',
        key,
        describeType(target),
        allowed.length > 0
          ? `Permissible properties include ${quoted(allowed)}.`
          : 'No other properties are allowed.',
        this.#inaccuracy,
      );
  }

  #mismatch(span: Span, source: Type, target: Type, property: string | undefined): void {
    const [from, to] = [describeType(source), describeType(target)];
    if (property === undefined) {
      this.#sink.reportAs(this.#level, span, 'BCP033', to, from);
      return;
    }
    const options =
      target.kind === 'union'
        ? target.members.flatMap((member) =>
            member.kind === 'string' && member.literal !== undefined ? [member.literal] : [],
          )
        : [];
    const literal = source.kind === 'string' ? source.literal : undefined;
    const near = literal === undefined ? undefined : suggest(literal, options);
    if (near === undefined)
      this.#sink.reportAs(this.#level, span, 'BCP036', property, to, from, this.#inaccuracy);
    else this.#sink.reportAs(this.#level, span, 'BCP088', property, to, from, `'${near}'`);
  }
}
