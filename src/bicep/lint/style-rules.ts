import type { Span } from '../diagnostics/diagnostic.js';
import { typesOf, walkTypes } from '../semantics/type-names.js';
import type { FileModel } from '../semantics/symbols.js';
import type { Expression, ObjectNode, TypeNode } from '../syntax/nodes.js';
import { keyText, literalText } from '../syntax/walk.js';
import { saying, type Linted, type Rule } from './rule.js';

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** How things are written. */
export const STYLE_RULES: readonly Rule[] = [
  saying(
    'prefer-interpolation',
    'Use string interpolation instead of the concat function.',
    function* ({ inference, model: { nodes } }) {
      for (const node of nodes.calls)
        if (node.name.name === 'concat' && node.args.length > 1)
          if (inference.expression(node).kind === 'string') yield node.span;
    },
  ),
  saying(
    'prefer-unquoted-property-names',
    'Property names that are valid identifiers should be declared without quotation marks and accessed using dot notation.',
    function* ({ model: { nodes } }) {
      for (const node of nodes.objects) yield* quotedKeys(node);
      for (const node of nodes.indexes)
        if (node.index.kind === 'string' && isName(literalText(node.index)))
          yield { start: node.base.span.end, end: node.span.end };
    },
  ),
  saying('simplify-interpolation', 'Remove unnecessary string interpolation.', simplified),
  saying('simplify-json-null', "Simplify json('null') to null", function* ({ model: { nodes } }) {
    for (const node of nodes.calls) {
      const [text] = node.name.name === 'json' ? node.args : [];
      if (text?.kind === 'string' && literalText(text)?.trim() === 'null') yield node.span;
    }
  }),
  saying(
    'use-user-defined-types',
    "Use user-defined types instead of 'object' or 'array'.",
    ({ model }) => typeNames(model, 'object', 'array'),
    'Off',
  ),
  saying('no-explicit-any', "Avoid using an explicit 'any' type whenever possible.", ({ model }) =>
    typeNames(model, 'any'),
  ),
];

function* quotedKeys({ properties }: ObjectNode): Generator<Span, undefined> {
  for (const member of properties)
    if (member.kind === 'property' && 'kind' in member.key && isName(keyText(member)))
      yield member.key.span;
  return undefined;
}

function isName(text: string | undefined): boolean {
  return text !== undefined && IDENTIFIER.test(text);
}

/** `'${text}'` where a value stands; of something else than a text it makes one. */
function* simplified({ model, inference }: Linted): Generator<Span, undefined> {
  for (const value of values(model, model.nodes.objects)) {
    if (value.kind !== 'string' || value.expressions.length !== 1) continue;
    const [only] = value.expressions;
    const isAlone = value.segments.every((text) => text === '');
    if (only && isAlone && inference.expression(only).kind === 'string') yield value.span;
  }
  return undefined;
}

function* values(model: FileModel, objects: readonly ObjectNode[]): Generator<Expression> {
  for (const { properties } of objects)
    for (const member of properties) if (member.kind === 'property') yield member.value;
  for (const { statement } of model.vars) yield statement.value;
  for (const { statement } of model.outputs) yield statement.value;
  for (const { statement } of model.params)
    if (statement.defaultValue) yield statement.defaultValue;
}

function typeNames({ program }: FileModel, ...names: string[]): Span[] {
  const found: TypeNode[] = [];
  for (const statement of program.statements)
    for (const type of typesOf(statement))
      walkTypes(type, (node) => {
        if (node.kind === 'typeName' && names.includes(node.name)) found.push(node);
      });
  return found.map(({ span }) => span);
}
