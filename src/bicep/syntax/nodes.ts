import type { Span } from '../diagnostics/diagnostic.js';

export interface Node {
  readonly span: Span;
}

export interface Identifier extends Node {
  readonly name: string;
}

/** What could not be parsed; the parser has reported why. */
export interface ErrorNode extends Node {
  readonly kind: 'error';
}

/** `segments.length` is always one more than `expressions.length`. */
export interface StringNode extends Node {
  readonly kind: 'string';
  readonly segments: readonly string[];
  readonly expressions: readonly Expression[];
}

export interface LiteralNode extends Node {
  readonly kind: 'literal';
  /** Integers are 64 bits wide. */
  readonly value: bigint | boolean | null;
}

export interface SpreadNode extends Node {
  readonly kind: 'spread';
  readonly expression: Expression;
}

export interface ArrayNode extends Node {
  readonly kind: 'array';
  readonly items: readonly (Expression | SpreadNode)[];
}

/** A member that could not be read is an `ErrorNode`. */
export interface PropertyNode extends Node {
  readonly kind: 'property';
  /** An interpolated key is a `StringNode` with expressions. */
  readonly key: Identifier | StringNode;
  readonly value: Expression;
}

export interface ObjectNode extends Node {
  readonly kind: 'object';
  readonly properties: readonly (PropertyNode | SpreadNode)[];
  /** `resource` declarations nested in the body of a resource. */
  readonly resources: readonly Statement[];
}

export interface VariableNode extends Node {
  readonly kind: 'variable';
  readonly name: string;
}

export interface CallNode extends Node {
  readonly kind: 'call';
  readonly name: Identifier;
  readonly args: readonly Expression[];
}

/** `base.name(args)`. */
export interface InstanceCallNode extends Node {
  readonly kind: 'instanceCall';
  readonly base: Expression;
  readonly name: Identifier;
  readonly args: readonly Expression[];
}

/** `base.name`, `base.?name`. */
export interface PropertyAccessNode extends Node {
  readonly kind: 'propertyAccess';
  readonly base: Expression;
  readonly name: Identifier;
  readonly safe: boolean;
}

/** `base[index]`, `base[?index]`, `base[^index]`, `base[?^index]`. */
export interface ArrayAccessNode extends Node {
  readonly kind: 'arrayAccess';
  readonly base: Expression;
  readonly index: Expression;
  readonly safe: boolean;
  readonly fromEnd: boolean;
}

/** `parent::child`. */
export interface ResourceAccessNode extends Node {
  readonly kind: 'resourceAccess';
  readonly base: Expression;
  readonly name: Identifier;
}

export interface NonNullNode extends Node {
  readonly kind: 'nonNull';
  readonly base: Expression;
}

export interface ParenthesizedNode extends Node {
  readonly kind: 'parenthesized';
  readonly expression: Expression;
}

export interface UnaryNode extends Node {
  readonly kind: 'unary';
  readonly operator: '!' | '-' | '+';
  readonly operand: Expression;
}

export interface BinaryNode extends Node {
  readonly kind: 'binary';
  readonly operator: string;
  readonly left: Expression;
  readonly right: Expression;
}

export interface TernaryNode extends Node {
  readonly kind: 'ternary';
  readonly condition: Expression;
  readonly whenTrue: Expression;
  readonly whenFalse: Expression;
}

export interface LambdaNode extends Node {
  readonly kind: 'lambda';
  readonly parameters: readonly Identifier[];
  readonly body: Expression;
}

export interface ForNode extends Node {
  readonly kind: 'for';
  readonly item: Identifier;
  readonly index: Identifier | undefined;
  readonly source: Expression;
  readonly body: Expression;
}

/** `if (condition) { … }`, only as the body of a resource or module. */
export interface IfNode extends Node {
  readonly kind: 'if';
  readonly condition: Expression;
  readonly body: Expression;
}

export type Expression =
  | ErrorNode
  | StringNode
  | LiteralNode
  | ArrayNode
  | ObjectNode
  | VariableNode
  | CallNode
  | InstanceCallNode
  | PropertyAccessNode
  | ArrayAccessNode
  | ResourceAccessNode
  | NonNullNode
  | ParenthesizedNode
  | UnaryNode
  | BinaryNode
  | TernaryNode
  | LambdaNode
  | ForNode
  | IfNode;

export interface TypeProperty extends Node {
  /** Absent on `*: type`, the type of all further properties. */
  readonly name: string | undefined;
  readonly decorators: readonly Decorator[];
  readonly type: TypeNode;
}

export type TypeNode =
  | ErrorNode
  /** `string`, `myType`. */
  | (Node & { readonly kind: 'typeName'; readonly name: string })
  /** `base.name`, `base[0]`, `base[*]`, `base.*`. */
  | (Node & {
      readonly kind: 'typeAccess';
      readonly base: TypeNode;
      readonly step: string | number;
      readonly all: boolean;
    })
  | (Node & { readonly kind: 'typeLiteral'; readonly value: string | bigint | boolean | null })
  | (Node & { readonly kind: 'arrayType'; readonly item: TypeNode })
  | (Node & { readonly kind: 'nullableType'; readonly base: TypeNode })
  | (Node & { readonly kind: 'nonNullableType'; readonly base: TypeNode })
  | (Node & { readonly kind: 'unionType'; readonly members: readonly TypeNode[] })
  | (Node & { readonly kind: 'objectType'; readonly properties: readonly TypeProperty[] })
  | (Node & { readonly kind: 'tupleType'; readonly items: readonly TypeProperty[] })
  /** `resourceInput<'Microsoft.App/containerApps@2024-03-01'>`. */
  | (Node & { readonly kind: 'resourceType'; readonly name: string; readonly argument: string })
  | (Node & { readonly kind: 'parenthesizedType'; readonly type: TypeNode });

/** `@name(args)` or `@sys.name(args)`. */
export interface Decorator extends Node {
  /** False without parentheses, which is reported already. */
  readonly called: boolean;
  readonly namespace: string | undefined;
  readonly name: Identifier;
  readonly args: readonly Expression[];
}

interface Decorated extends Node {
  readonly decorators: readonly Decorator[];
}

export interface ImportItem extends Node {
  readonly name: Identifier;
  readonly alias: Identifier | undefined;
}

export interface FunctionParameter extends Node {
  readonly name: Identifier;
  readonly type: TypeNode;
}

export interface ResourceStatement extends Decorated {
  readonly kind: 'resource';
  readonly name: Identifier;
  readonly type: StringNode | ErrorNode;
  readonly existing: boolean;
  readonly value: Expression;
}

export interface ModuleStatement extends Decorated {
  readonly kind: 'module';
  readonly name: Identifier;
  readonly path: StringNode | ErrorNode;
  readonly value: Expression;
}

export interface ParamStatement extends Decorated {
  readonly kind: 'param';
  readonly name: Identifier;
  readonly type: TypeNode;
  readonly defaultValue: Expression | undefined;
}

export interface VarStatement extends Decorated {
  readonly kind: 'var';
  readonly name: Identifier;
  readonly type: TypeNode | undefined;
  readonly value: Expression;
}

export interface OutputStatement extends Decorated {
  readonly kind: 'output';
  readonly name: Identifier;
  readonly type: TypeNode;
  readonly value: Expression;
}

export interface TypeStatement extends Decorated {
  readonly kind: 'type';
  readonly name: Identifier;
  readonly value: TypeNode;
}

export interface FuncStatement extends Decorated {
  readonly kind: 'func';
  readonly name: Identifier;
  readonly parameters: readonly FunctionParameter[];
  readonly returns: TypeNode;
  readonly body: Expression;
}

export interface ImportStatement extends Decorated {
  readonly kind: 'import';
  /** Absent with a wildcard. */
  readonly items: readonly ImportItem[] | undefined;
  readonly wildcard: Identifier | undefined;
  readonly path: StringNode | ErrorNode;
}

export interface MetadataStatement extends Decorated {
  readonly kind: 'metadata';
  readonly name: Identifier;
  readonly value: Expression;
}

export interface TargetScopeStatement extends Decorated {
  readonly kind: 'targetScope';
  readonly value: Expression;
}

export interface ExtensionStatement extends Decorated {
  readonly kind: 'extension';
  readonly specification: string;
}

/** `using 'main.bicep'` of a parameters file; `path` is undefined for `using none`. */
export interface UsingStatement extends Decorated {
  readonly kind: 'using';
  readonly path: StringNode | ErrorNode | undefined;
}

/** `extends 'base.bicepparam'` of a parameters file. */
export interface ExtendsStatement extends Decorated {
  readonly kind: 'extends';
  readonly path: StringNode | ErrorNode;
}

/** `param name = value` of a parameters file. */
export interface AssignmentStatement extends Decorated {
  readonly kind: 'assignment';
  readonly name: Identifier;
  readonly value: Expression;
}

export interface ErrorStatement extends Decorated {
  readonly kind: 'errorStatement';
}

export type Statement =
  | ResourceStatement
  | ModuleStatement
  | ParamStatement
  | VarStatement
  | OutputStatement
  | TypeStatement
  | FuncStatement
  | ImportStatement
  | MetadataStatement
  | TargetScopeStatement
  | ExtensionStatement
  | UsingStatement
  | ExtendsStatement
  | AssignmentStatement
  | ErrorStatement;

export interface Program {
  readonly statements: readonly Statement[];
}
