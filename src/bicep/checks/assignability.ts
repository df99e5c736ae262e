import type { DiagnosticLevel, Span } from '../diagnostics/diagnostic.js';
import type { DiagnosticSink } from '../diagnostics/sink.js';
import { suggest } from '../semantics/suggestion.js';
import type { Expression, ObjectNode, PropertyNode } from '../syntax/nodes.js';
import { keyText, unwrap } from '../syntax/walk.js';
import type { Inference } from '../types/inference.js';
import { describeType, isAssignable, type ObjectType, type Type } from '../types/type.js';

/** Compares values with the types that are wanted of them, literal by literal, so that a finding is where the mistake is. */
export class Assignability {
  readonly #sink: DiagnosticSink;
  readonly #inference: Inference;
  /** What a mismatch is: types of resources are not exact enough for errors. */
  readonly #level: DiagnosticLevel;

  constructor(sink: DiagnosticSink, inference: Inference, level: DiagnosticLevel) {
    this.#sink = sink;
    this.#inference = inference;
    this.#level = level;
  }

  /** @param property the property whose value this is, for the message */
  check(node: Expression, target: Type, property?: string): void {
    const value = unwrap(node);
    if (value.kind === 'error') return;
    if (value.kind === 'ternary') {
      this.check(value.whenTrue, target, property);
      this.check(value.whenFalse, target, property);
      return;
    }
    if (value.kind === 'object' && target.kind === 'object') {
      this.object(value, target, property ?? 'object', node.span);
      return;
    }
    if (value.kind === 'array' && target.kind === 'array') {
      for (const item of value.items) if (item.kind !== 'spread') this.check(item, target.item);
      return;
    }
    if (value.kind === 'for' && target.kind === 'array') {
      this.check(value.body, target.item);
      return;
    }
    const source = this.#inference.expression(value);
    if (!isAssignable(source, target)) this.#mismatch(node.span, source, target, property);
  }

  /** @param ignore properties that are checked elsewhere */
  object(node: ObjectNode, target: ObjectType, name: string, span: Span, required = true): void {
    const present = new Set<string>();
    for (const member of node.properties) {
      const key = member.kind === 'property' ? keyText(member) : undefined;
      // With a spread or a computed key anything may be there.
      if (member.kind !== 'property' || key === undefined) return;
      present.add(key);
    }
    for (const member of node.properties)
      if (member.kind === 'property') this.#property(member, target);
    const missing = [...target.properties]
      .filter(([key, property]) => property.required === true && !present.has(key))
      .map(([key]) => `"${key}"`);
    if (required && missing.length > 0)
      this.#sink.reportAs(
        this.#level,
        { start: span.start, end: span.start + 1 },
        'BCP035',
        name,
        missing.join(', '),
      );
  }

  #property(member: PropertyNode, target: ObjectType): void {
    const key = keyText(member) ?? '';
    const property = target.properties.get(key);
    const span = 'kind' in member.key ? member.key.span : member.key.span;
    if (property?.readOnly === true) {
      this.#sink.reportAs('Warning', span, 'BCP073', key);
      return;
    }
    if (property) {
      this.check(member.value, property.type, key);
      return;
    }
    if (target.additional) {
      this.check(member.value, target.additional, key);
      return;
    }
    const allowed = [...target.properties]
      .filter(([, { readOnly }]) => readOnly !== true)
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
          ? `Permissible properties include ${allowed
              .sort()
              .map((name) => `"${name}"`)
              .join(', ')}.`
          : 'No other properties are allowed.',
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
    if (near === undefined) this.#sink.reportAs(this.#level, span, 'BCP036', property, to, from);
    else this.#sink.reportAs(this.#level, span, 'BCP088', property, to, from, `'${near}'`);
  }
}
