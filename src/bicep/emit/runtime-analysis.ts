import type { FileModel } from '../semantics/symbols.js';
import type { ModuleSymbol, ResourceSymbol, VarSymbol } from '../semantics/symbols.js';
import type { Expression } from '../syntax/nodes.js';
import { eachChild, literalText, unwrap } from '../syntax/walk.js';
import { constantTexts } from './constant-text.js';

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

  readonly #foldsConstants: boolean;

  /**
   * @param options.foldsConstants whether `r[x]` counts as `r.id` when `x` can only be `'id'`: so for what may be
   *   said, but not for what is written out, since the template still looks `x` up
   */
  constructor(model: FileModel, options: { foldsConstants: boolean }) {
    this.#model = model;
    this.#foldsConstants = options.foldsConstants;
  }

  /** Variables whose value, directly or through others, reads the running system. */
  inlinedVariables(): Set<VarSymbol> {
    return new Set(this.#model.vars.filter((symbol) => this.#isRuntimeVariable(symbol)));
  }

  /** The parts of an expression that read the running system, outermost first. */
  findRuntime(node: Expression): Expression[] {
    const found: Expression[] = [];
    const visit = (inner: Expression): void => {
      const access = this.#propertyAccess(inner);
      if (access === true) found.push(inner);
      if (access !== undefined || isNameOf(inner)) return;
      if (this.#isRuntimeNode(inner)) found.push(inner);
      else eachChild(inner, visit);
    };
    visit(node);
    return found;
  }

  isRuntime(node: Expression): boolean {
    return this.findRuntime(node).length > 0;
  }

  #isRuntimeVariable(symbol: VarSymbol): boolean {
    const known = this.#vars.get(symbol);
    if (known !== undefined) return known;
    // A variable that is being looked at refers to itself; the cycle is reported elsewhere.
    this.#vars.set(symbol, false);
    const result = this.isRuntime(symbol.statement.value);
    this.#vars.set(symbol, result);
    return result;
  }

  /** For a property of a resource or module: whether it is runtime; undefined for any other expression. */
  #propertyAccess(node: Expression): boolean | undefined {
    const names = this.#constantNames(node);
    if (names === undefined || (node.kind !== 'propertyAccess' && node.kind !== 'arrayAccess'))
      return undefined;
    const symbol = referencedSymbol(node.base, this.#model);
    if (!symbol) return undefined;
    return symbol.kind === 'resource'
      ? !names.every((name) => KNOWN_AT_START.has(name))
      : !names.every((name) => name === 'name');
  }

  /** The property's name, also when it is in brackets and as good as constant; several when it depends. */
  #constantNames(node: Expression): string[] | undefined {
    if (node.kind === 'arrayAccess' && this.#foldsConstants) {
      return constantTexts(node.index, this.#model);
    }
    const name = propertyName(node);
    return name === undefined ? undefined : [name];
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
