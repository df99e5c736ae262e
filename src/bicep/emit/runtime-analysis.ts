import type { FileModel } from '../semantics/symbols.js';
import type { ModuleSymbol, ResourceSymbol, VarSymbol } from '../semantics/symbols.js';
import type { Expression } from '../syntax/nodes.js';
import { childrenOf, literalText, unwrap } from '../syntax/walk.js';

/** Properties of a resource that the compiler writes out itself. */
const KNOWN_AT_START = new Set(['id', 'name', 'type', 'apiVersion']);

/** The resource or module that an expression such as `r`, `a::b`, `r[i]` names. */
export function referencedSymbol(
  node: Expression,
  model: FileModel,
): ResourceSymbol | ModuleSymbol | undefined {
  const inner = unwrap(node);
  const base = inner.kind === 'arrayAccess' ? unwrap(inner.base) : inner;
  const symbol = model.bindings.get(base);
  if (symbol?.kind !== 'resource' && symbol?.kind !== 'module') return undefined;
  return inner.kind === 'arrayAccess' && !symbol.loop ? undefined : symbol;
}

/** Finds what can only be known while the deployment runs. */
export class RuntimeAnalysis {
  readonly #model: FileModel;
  readonly #vars = new Map<VarSymbol, boolean>();

  constructor(model: FileModel) {
    this.#model = model;
  }

  /** Variables whose value, directly or through others, reads the running system. */
  inlinedVariables(): Set<VarSymbol> {
    return new Set(this.#model.vars.filter((symbol) => this.#isRuntimeVariable(symbol)));
  }

  /** The first part of an expression that reads the running system. */
  findRuntime(node: Expression): Expression | undefined {
    const access = this.#propertyAccess(node);
    if (access !== undefined) return access ? node : undefined;
    if (isNameOf(node)) return undefined;
    if (this.#isRuntimeNode(node)) return node;
    for (const child of childrenOf(node)) {
      const found = this.findRuntime(child);
      if (found) return found;
    }
    return undefined;
  }

  #isRuntimeVariable(symbol: VarSymbol): boolean {
    const known = this.#vars.get(symbol);
    if (known !== undefined) return known;
    // A variable that is being looked at refers to itself; the cycle is reported elsewhere.
    this.#vars.set(symbol, false);
    const result = this.findRuntime(symbol.statement.value) !== undefined;
    this.#vars.set(symbol, result);
    return result;
  }

  /** For a property of a resource or module: whether it is runtime; undefined for any other expression. */
  #propertyAccess(node: Expression): boolean | undefined {
    const name = this.#constantName(node);
    if (name === undefined || (node.kind !== 'propertyAccess' && node.kind !== 'arrayAccess'))
      return undefined;
    const symbol = referencedSymbol(node.base, this.#model);
    if (!symbol) return undefined;
    return symbol.kind === 'resource' ? !KNOWN_AT_START.has(name) : name !== 'name';
  }

  /** The property's name, also through a variable that is just a text. */
  #constantName(node: Expression): string | undefined {
    const symbol = node.kind === 'arrayAccess' ? this.#model.bindings.get(node.index) : undefined;
    const value = symbol?.kind === 'var' ? symbol.statement.value : undefined;
    return value?.kind === 'string' ? literalText(value) : propertyName(node);
  }

  #isRuntimeNode(node: Expression): boolean {
    if (node.kind === 'call')
      return isRuntimeFunction(node.name.name) && !this.#model.bindings.has(node);
    if (node.kind === 'instanceCall') {
      const base = this.#model.bindings.get(unwrap(node.base));
      return base?.kind === 'namespace' && isRuntimeFunction(node.name.name);
    }
    const symbol = this.#model.bindings.get(node);
    if (symbol?.kind === 'var') return this.#isRuntimeVariable(symbol);
    return symbol?.kind === 'resource' || symbol?.kind === 'module';
  }
}

/** `x.name` and `x['name']`. */
export function propertyName(node: Expression): string | undefined {
  if (node.kind === 'propertyAccess') return node.name.name;
  if (node.kind === 'arrayAccess' && node.index.kind === 'string') return literalText(node.index);
  return undefined;
}

/** `nameof(x)` does not read what it names. */
function isNameOf(node: Expression): boolean {
  return (node.kind === 'call' || node.kind === 'instanceCall') && node.name.name === 'nameof';
}

function isRuntimeFunction(name: string): boolean {
  return name === 'reference' || /^list/.test(name);
}
