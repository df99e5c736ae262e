import type { DiagnosticSink } from '../diagnostics/sink.js';
import type { Expression, Program } from '../syntax/nodes.js';
import type {
  DeclaredSymbol,
  FuncSymbol,
  MetadataSymbol,
  ModuleSymbol,
  OutputSymbol,
  ParamSymbol,
  ResourceSymbol,
  Symbol,
  TypeSymbol,
  VarSymbol,
} from './symbols.js';
import type { JsonObject } from '../../base/json.js';

export type TargetScope = 'resourceGroup' | 'subscription' | 'managementGroup' | 'tenant';

/** Gives another file's bytes; undefined when there is none. Paths use `/`. */
export type FileReader = (path: string) => Uint8Array | undefined;

/** What one file declares and what its names mean. Filled by the declaration and binding passes. */
export interface FileModel {
  readonly path: string;
  readonly program: Program;
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
  /** What each name, `a::b` and call in an expression refers to. Functions of the language are absent. */
  readonly bindings: ReadonlyMap<Expression, Symbol>;
  /** Symbols that something refers to. */
  readonly used: ReadonlySet<Symbol>;
  /** For an ARM template used as a module: the template itself. */
  readonly template: JsonObject | undefined;
  readonly reader: FileReader;
}
