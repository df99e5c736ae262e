import type { Span } from '../diagnostics/diagnostic.js';
import { typesOf, walkTypes } from '../semantics/type-names.js';
import type { FileModel } from '../semantics/symbols.js';
import type { Expression, TypeNode } from '../syntax/nodes.js';
import { keyText, literalText } from '../syntax/walk.js';
import { saying, type Linted, type Rule } from './rule.js';
import { expressionsOf } from './walk-model.js';

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** How things are written. */
export const STYLE_RULES: readonly Rule[] = [
  saying(
    'prefer-interpolation',
    'Use string interpolation instead of the concat function.',
    function* ({ model, inference }) {
      for (const node of expressionsOf(model))
        if (isCall(node, 'concat') && node.args.length > 1)
          if (inference.expression(node).kind === 'string') yield node.span;
    },
  ),
  saying(
    'prefer-unquoted-property-names',
    'Property names that are valid identifiers should be declared without quotation marks and accessed using dot notation.',
    function* ({ model }) {
      for (const node of expressionsOf(model)) yield* quotedNames(node);
    },
  ),
  saying('simplify-interpolation', 'Remove unnecessary string interpolation.', simplified),
  saying('simplify-json-null', "Simplify json('null') to null", function* ({ model }) {
    for (const node of expressionsOf(model)) {
      const [text] = isCall(node, 'json') ? node.args : [];
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

function isCall(
  node: Expression,
  name: string,
): node is Extract<Expression, { kind: 'call' | 'instanceCall' }> {
  return (node.kind === 'call' || node.kind === 'instanceCall') && node.name.name === name;
}

function* quotedNames(node: Expression): Generator<Span, undefined> {
  if (node.kind === 'object')
    for (const member of node.properties)
      if (member.kind === 'property' && 'kind' in member.key && isName(keyText(member)))
        yield member.key.span;
  if (node.kind === 'arrayAccess' && node.index.kind === 'string')
    if (isName(literalText(node.index))) yield { start: node.base.span.end, end: node.span.end };
  return undefined;
}

function isName(text: string | undefined): boolean {
  return text !== undefined && IDENTIFIER.test(text);
}

/** `'${text}'` where a value stands; of something else than a text it makes one. */
function* simplified({ model, inference }: Linted): Generator<Span, undefined> {
  for (const value of values(model)) {
    const [only, ...more] = value.kind === 'string' ? value.expressions : [];
    const isAlone = value.kind === 'string' && value.segments.every((text) => text === '');
    if (only && more.length === 0 && isAlone && inference.expression(only).kind === 'string')
      yield value.span;
  }
  return undefined;
}

function values(model: FileModel): Expression[] {
  const properties = [...expressionsOf(model)].flatMap((node) =>
    node.kind === 'object'
      ? node.properties.flatMap((member) => (member.kind === 'property' ? [member.value] : []))
      : [],
  );
  return [
    ...properties,
    ...[...model.vars, ...model.outputs].map(({ statement }) => statement.value),
    ...model.params.flatMap(({ statement }) => statement.defaultValue ?? []),
  ];
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
