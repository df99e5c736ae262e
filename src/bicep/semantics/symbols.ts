import type { JsonObject } from '../../base/json.js';
import type { DiagnosticSink } from '../diagnostics/sink.js';
import type { NodeIndex } from '../syntax/node-index.js';
import type {
  AssignmentStatement,
  Expression,
  ExtendsStatement,
  ForNode,
  FuncStatement,
  ImportStatement,
  LambdaNode,
  MetadataStatement,
  ModuleStatement,
  ObjectNode,
  OutputStatement,
  Program,
  ParamStatement,
  ResourceStatement,
  TypeStatement,
  VarStatement,
} from '../syntax/nodes.js';

export interface ParamSymbol {
  readonly kind: 'param';
  readonly name: string;
  readonly statement: ParamStatement;
}

export interface VarSymbol {
  readonly kind: 'var';
  readonly name: string;
  readonly statement: VarStatement;
}

export interface TypeSymbol {
  readonly kind: 'type';
  readonly name: string;
  readonly statement: TypeStatement;
}

export interface FuncSymbol {
  readonly kind: 'func';
  readonly name: string;
  readonly statement: FuncStatement;
}

export interface OutputSymbol {
  readonly kind: 'output';
  readonly name: string;
  readonly statement: OutputStatement;
}

export interface MetadataSymbol {
  readonly kind: 'metadata';
  readonly name: string;
  readonly statement: MetadataStatement;
}

/** A resource's parent: the one it is nested in, or the one its `parent` property names. */
export interface ParentLink {
  readonly resource: ResourceSymbol;
  /** `parent: p[index]`. */
  readonly index: Expression | undefined;
  readonly nested: boolean;
}

export interface ResourceSymbol {
  readonly kind: 'resource';
  readonly name: string;
  readonly statement: ResourceStatement;
  /** Full type, e.g. `'Microsoft.App/containerApps'`; `''` when it could not be read. */
  type: string;
  apiVersion: string;
  readonly existing: boolean;
  readonly loop: ForNode | undefined;
  readonly condition: Expression | undefined;
  readonly body: ObjectNode;
  /** Filled in once all names are known. */
  parent: ParentLink | undefined;
  /** Resources declared in the body. */
  readonly nested: ResourceSymbol[];
}

export interface ModuleSymbol {
  readonly kind: 'module';
  readonly name: string;
  readonly statement: ModuleStatement;
  readonly loop: ForNode | undefined;
  readonly condition: Expression | undefined;
  readonly body: ObjectNode;
  /** The compiled file it deploys; undefined when it could not be read. */
  target: FileModel | undefined;
}

/** A name brought in by `import { name as alias } from …`; `* as name` brings a whole file. */
export interface ImportSymbol {
  readonly kind: 'import';
  readonly name: string;
  readonly statement: ImportStatement;
  /** What it stands for in the other file; undefined for a wildcard. */
  readonly symbol: VarSymbol | TypeSymbol | FuncSymbol | undefined;
  readonly target: FileModel;
}

/** `sys` and `az`. */
export interface NamespaceSymbol {
  readonly kind: 'namespace';
  readonly name: string;
}

/** A loop's item or index, a lambda's parameter, a function's parameter. */
export interface LocalSymbol {
  readonly kind: 'local';
  readonly name: string;
  readonly role: 'item' | 'index' | 'lambda' | 'parameter';
  /** The loop, for `item` and `index`. */
  readonly loop?: ForNode;
  /** The lambda whose parameter it is, by its position. */
  readonly lambda?: LambdaNode;
  readonly position?: number;
}

/** `param name = value` of a parameters file. */
export interface AssignmentSymbol {
  readonly kind: 'assignment';
  readonly name: string;
  readonly statement: AssignmentStatement;
}

/** `base` of a parameters file that extends others: what they assign. */
export interface BaseSymbol {
  readonly kind: 'base';
  readonly name: string;
  readonly statement: ExtendsStatement;
  readonly parameters: readonly string[];
}

export type DeclaredSymbol =
  | AssignmentSymbol
  | BaseSymbol
  | ParamSymbol
  | VarSymbol
  | TypeSymbol
  | FuncSymbol
  | ResourceSymbol
  | ModuleSymbol
  | ImportSymbol;

export type Symbol = DeclaredSymbol | NamespaceSymbol | LocalSymbol;

export type TargetScope = 'resourceGroup' | 'subscription' | 'managementGroup' | 'tenant';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Gives another file's bytes; undefined when there is none. Paths use `/`. */
export interface FileReader {
  (path: string): Uint8Array | undefined;
  /** Names of the files in a folder; undefined when there is no such folder. */
  readonly list?: (folder: string) => readonly string[] | undefined;
}

/** What one file declares and what its names mean. Filled by the declaration and binding passes. */
export interface FileModel {
  readonly path: string;
  readonly program: Program;
  readonly nodes: NodeIndex;
  readonly sink: DiagnosticSink;
  readonly targetScope: TargetScope;
  readonly symbols: ReadonlyMap<string, DeclaredSymbol>;
  readonly params: readonly ParamSymbol[];
  readonly vars: readonly VarSymbol[];
  readonly types: readonly TypeSymbol[];
  readonly funcs: readonly FuncSymbol[];
  /** Nested ones before the one they are in. */
  readonly resources: readonly ResourceSymbol[];
  readonly modules: readonly ModuleSymbol[];
  readonly outputs: readonly OutputSymbol[];
  readonly metadata: readonly MetadataSymbol[];
  /** What a parameters file assigns. */
  readonly assignments: readonly AssignmentSymbol[];
  /** What each name, `a::b` and call in an expression refers to. Functions of the language are absent. */
  readonly bindings: ReadonlyMap<Expression, Symbol>;
  /** What the declarations refer to, their decorators included. */
  readonly references: ReadonlyMap<DeclaredSymbol, ReadonlySet<Symbol>>;
  /** Symbols that something refers to. */
  readonly used: ReadonlySet<Symbol>;
  /** For an ARM template used as a module: the template itself. */
  readonly template: JsonObject | undefined;
  readonly reader: FileReader;
  /** Of the machine that compiles; only parameters files read it. */
  readonly environment: Environment | undefined;
}
