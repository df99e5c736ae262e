import type {
  Decorator,
  Expression,
  Identifier,
  ObjectNode,
  Program,
  PropertyNode,
  SpreadNode,
  Statement,
  StringNode,
  TypeNode,
  TypeProperty,
} from './nodes.js';

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A program as canonical text: one statement after the other, two spaces of indentation, no comments. */
export function printProgram(program: Program): string {
  return program.statements.map((statement) => `${printStatement(statement, '')}\n`).join('\n');
}

function printStatement(statement: Statement, indent: string): string {
  const decorators = statement.decorators
    .map((decorator) => `${printDecorator(decorator, indent)}\n${indent}`)
    .join('');
  return decorators + printDeclaration(statement, indent);
}

function printDeclaration(statement: Statement, indent: string): string {
  const value = (node: Expression): string => printExpression(node, indent);
  const type = (node: TypeNode): string => printType(node, indent);
  switch (statement.kind) {
    case 'targetScope':
      return `targetScope = ${value(statement.value)}`;
    case 'metadata':
      return `metadata ${statement.name.name} = ${value(statement.value)}`;
    case 'param':
      return `param ${statement.name.name} ${type(statement.type)}${statement.defaultValue ? ` = ${value(statement.defaultValue)}` : ''}`;
    case 'assignment':
      return `param ${statement.name.name} = ${value(statement.value)}`;
    case 'var':
      return `var ${statement.name.name}${statement.type ? ` ${type(statement.type)}` : ''} = ${value(statement.value)}`;
    case 'output':
      return `output ${statement.name.name} ${type(statement.type)} = ${value(statement.value)}`;
    case 'type':
      return `type ${statement.name.name} = ${type(statement.value)}`;
    case 'func': {
      const parameters = statement.parameters.map(
        (parameter) => `${parameter.name.name} ${type(parameter.type)}`,
      );
      return `func ${statement.name.name}(${parameters.join(', ')}) ${type(statement.returns)} => ${value(statement.body)}`;
    }
    case 'resource':
      return `resource ${statement.name.name} ${value(statement.type)}${statement.existing ? ' existing' : ''} = ${value(statement.value)}`;
    case 'module':
      return `module ${statement.name.name} ${value(statement.path)} = ${value(statement.value)}`;
    case 'import': {
      const items = statement.items?.map(
        ({ name, alias }) => name.name + (alias ? ` as ${alias.name}` : ''),
      );
      return `import ${items ? `{ ${items.join(', ')} }` : `* as ${statement.wildcard?.name ?? ''}`} from ${value(statement.path)}`;
    }
    case 'extension':
      return `extension ${statement.specification}`;
    case 'using':
      return `using ${statement.path ? value(statement.path) : 'none'}`;
    case 'extends':
      return `extends ${value(statement.path)}`;
    case 'errorStatement':
      return '// not understood';
  }
}

function printDecorator({ namespace, name, args }: Decorator, indent: string): string {
  const qualifier = namespace === undefined ? '' : `${namespace}.`;
  return `@${qualifier}${name.name}(${args.map((arg) => printExpression(arg, indent)).join(', ')})`;
}

export function printExpression(node: Expression, indent = ''): string {
  const print = (inner: Expression): string => printExpression(inner, indent);
  switch (node.kind) {
    case 'error':
      return 'null';
    case 'string':
      return printString(node, indent);
    case 'literal':
      return String(node.value);
    case 'variable':
      return node.name;
    case 'array':
      return printMembers(
        '[',
        ']',
        node.items.map((item) => (inner: string) => printItem(item, inner)),
        indent,
      );
    case 'object':
      return printObject(node, indent);
    case 'call':
      return `${node.name.name}(${node.args.map(print).join(', ')})`;
    case 'instanceCall':
      return `${print(node.base)}.${node.name.name}(${node.args.map(print).join(', ')})`;
    case 'propertyAccess':
      return `${print(node.base)}.${node.safe ? '?' : ''}${node.name.name}`;
    case 'arrayAccess':
      return `${print(node.base)}[${node.safe ? '?' : ''}${node.fromEnd ? '^' : ''}${print(node.index)}]`;
    case 'resourceAccess':
      return `${print(node.base)}::${node.name.name}`;
    case 'nonNull':
      return `${print(node.base)}!`;
    case 'parenthesized':
      return `(${print(node.expression)})`;
    case 'unary':
      return node.operator + print(node.operand);
    case 'binary':
      return `${print(node.left)} ${node.operator} ${print(node.right)}`;
    case 'ternary':
      return `${print(node.condition)} ? ${print(node.whenTrue)} : ${print(node.whenFalse)}`;
    case 'lambda':
      return `(${node.parameters.map(({ name }) => name).join(', ')}) => ${print(node.body)}`;
    case 'for':
      return `[for ${loopVariables(node.item, node.index)} in ${print(node.source)}: ${print(node.body)}]`;
    case 'if':
      return `if ${print(node.condition)} ${print(node.body)}`;
  }
}

function loopVariables(item: Identifier, index: Identifier | undefined): string {
  return index ? `(${item.name}, ${index.name})` : item.name;
}

function printString(node: StringNode, indent: string): string {
  const parts = node.segments.map((segment, index) => {
    const expression = node.expressions[index];
    return (
      escapeSegment(segment) + (expression ? `\${${printExpression(expression, indent)}}` : '')
    );
  });
  return `'${parts.join('')}'`;
}

function escapeSegment(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replaceAll('${', '\\${');
}

function printItem(item: Expression | SpreadNode, indent: string): string {
  return item.kind === 'spread'
    ? `...${printExpression(item.expression, indent)}`
    : printExpression(item, indent);
}

function printObject(node: ObjectNode, indent: string): string {
  const members = node.properties.map((member) => (inner: string) => printMember(member, inner));
  const resources = node.resources.map(
    (resource) => (inner: string) => printStatement(resource, inner),
  );
  return printMembers('{', '}', [...members, ...resources], indent);
}

function printMember(member: PropertyNode | SpreadNode, indent: string): string {
  if (member.kind === 'spread') return `...${printExpression(member.expression, indent)}`;
  const key = 'kind' in member.key ? printString(member.key, indent) : member.key.name;
  return `${key}: ${printExpression(member.value, indent)}`;
}

function printMembers(
  open: string,
  close: string,
  members: readonly ((indent: string) => string)[],
  indent: string,
): string {
  if (members.length === 0) return open + close;
  const inner = `${indent}  `;
  return `${open}\n${members.map((print) => `${inner}${print(inner)}\n`).join('')}${indent}${close}`;
}

function printType(node: TypeNode, indent: string): string {
  const print = (inner: TypeNode): string => printType(inner, indent);
  switch (node.kind) {
    case 'error':
      return 'any';
    case 'typeName':
      return node.name;
    case 'typeAccess':
      return `${print(node.base)}${typeof node.step === 'number' || (node.all && node.step === '*' && node.base.kind === 'arrayType') ? `[${node.step}]` : `.${node.step}`}`;
    case 'typeLiteral':
      return typeof node.value === 'string' ? `'${escapeSegment(node.value)}'` : String(node.value);
    case 'arrayType':
      return `${print(node.item)}[]`;
    case 'nullableType':
      return `${print(node.base)}?`;
    case 'nonNullableType':
      return `${print(node.base)}!`;
    case 'unionType':
      return node.members.map(print).join(' | ');
    case 'objectType':
      return printMembers(
        '{',
        '}',
        node.properties.map(
          (property) => (inner: string) => printTypeProperty(property, inner, true),
        ),
        indent,
      );
    case 'tupleType':
      return printMembers(
        '[',
        ']',
        node.items.map((item) => (inner: string) => printTypeProperty(item, inner, false)),
        indent,
      );
    case 'resourceType':
      return `${node.name}<'${escapeSegment(node.argument)}'>`;
    case 'parenthesizedType':
      return `(${print(node.type)})`;
  }
}

function printTypeProperty(
  { name, decorators, type }: TypeProperty,
  indent: string,
  keyed: boolean,
): string {
  const prefix = decorators
    .map((decorator) => `${printDecorator(decorator, indent)}\n${indent}`)
    .join('');
  if (!keyed) return prefix + printType(type, indent);
  const key = name === undefined ? '*' : IDENTIFIER.test(name) ? name : `'${escapeSegment(name)}'`;
  return `${prefix}${key}: ${printType(type, indent)}`;
}
