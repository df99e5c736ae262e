import type { Expression as Arm } from '../../template/expression/ast.js';
import { printExpression } from '../../template/expression/printer.js';
import type { FileModel } from '../semantics/symbols.js';
import type { ModuleSymbol, ResourceSymbol, VarSymbol } from '../semantics/symbols.js';
import type { Expression, ForNode } from '../syntax/nodes.js';
import { eachChild, findProperty, walk } from '../syntax/walk.js';
import { ROOT_ENV, withLoop, type EmitContext, type Env } from './context.js';
import type { Converter } from './converter.js';
import { propertyName } from './runtime-analysis.js';
import { writeText } from './values.js';

type Declared = ResourceSymbol | ModuleSymbol | VarSymbol;

interface Reference {
  readonly target: Declared;
  readonly index: Expression | undefined;
  /** Does not read the resource's body: only its name or id, or one of its functions. */
  readonly weak: boolean;
}

interface Dependency {
  readonly target: ResourceSymbol | ModuleSymbol;
  /** Absent for a whole loop, or where there is none. */
  readonly index: Arm | undefined;
  readonly env: Env;
}

const INFO_PROPERTIES = new Set(['id', 'name', 'type', 'apiVersion']);

/** Computes `dependsOn` from the references in the bodies of resources and modules. */
export class Dependencies {
  readonly #context: EmitContext;
  readonly #converter: Converter;
  readonly #references = new Map<Declared, Reference[]>();

  constructor(context: EmitContext, converter: Converter) {
    this.#context = context;
    this.#converter = converter;
  }

  /** The strings of `dependsOn`, ordered by name. */
  of(symbol: ResourceSymbol | ModuleSymbol): string[] {
    const found = this.#referencesOf(symbol).flatMap((reference) =>
      this.#expand(reference, ROOT_ENV, true, new Set([symbol])),
    );
    const groups = new Map<ResourceSymbol | ModuleSymbol, Map<string, Dependency>>();
    for (const dependency of found) {
      const key = dependency.index ? printExpression(dependency.index) : '';
      const group = groups.get(dependency.target) ?? new Map<string, Dependency>();
      groups.set(dependency.target, group.set(key, dependency));
    }
    return [...groups.values()]
      .flatMap((group) => {
        const whole = group.get('');
        return whole ? [whole] : [...group.values()];
      })
      .map((dependency) => ({ key: this.#key(dependency.target), text: this.#text(dependency) }))
      .sort((a, b) => a.key.localeCompare(b.key, 'en'))
      .map(({ text }) => text);
  }

  #key(target: ResourceSymbol | ModuleSymbol): string {
    return target.kind === 'resource' ? this.#converter.ids.symbolicName(target) : target.name;
  }

  #text({ target, index, env }: Dependency): string {
    const { ids } = this.#converter;
    if (this.#context.symbolicNames) return writeText(ids.symbolicReference(target, index));
    if (target.loop && !index) return this.#key(target);
    const inner = withLoop(env, target.loop, index);
    return writeText(
      target.kind === 'resource' ? ids.fullId(target, inner) : ids.moduleId(target, inner, index),
    );
  }

  /** Follows variables and existing resources to what is really deployed. */
  #expand(
    reference: Reference,
    env: Env,
    indexed: boolean,
    path: ReadonlySet<Declared>,
  ): Dependency[] {
    const { target } = reference;
    if (path.has(target)) return [];
    const index = reference.index && this.#converter.convert(reference.index, env);
    const usesCopyIndex = index !== undefined && /copyIndex\(/.test(printExpression(index));
    const usable = usesCopyIndex && !indexed ? undefined : index;
    if (this.#isTerminus(reference))
      return target.kind === 'var' ? [] : [{ target, index: usable, env }];
    const inner = withLoop(env, target.kind === 'var' ? undefined : target.loop, index);
    const further = new Set([...path, target]);
    return this.#referencesOf(target).flatMap((next) =>
      this.#expand(next, inner, indexed && usesCopyIndex, further),
    );
  }

  #isTerminus({ target, weak }: Reference): boolean {
    if (target.kind === 'module') return true;
    if (target.kind === 'var') return false;
    return !target.existing || (this.#context.symbolicNames && !weak);
  }

  #referencesOf(symbol: Declared): Reference[] {
    const known = this.#references.get(symbol);
    if (known) return known;
    const collector = new Collector(symbol, this.#context.model);
    const references = collector.run();
    this.#references.set(symbol, references);
    return references;
  }
}

/** Finds the references in one declaration. */
class Collector {
  readonly #symbol: Declared;
  readonly #model: FileModel;
  readonly #found: Reference[] = [];
  readonly #weakParts: ReadonlySet<Expression>;
  /** The expressions around the one that is looked at, innermost last. */
  readonly #above: Expression[] = [];

  constructor(symbol: Declared, model: FileModel) {
    this.#symbol = symbol;
    this.#model = model;
    const body = symbol.kind === 'var' ? undefined : symbol.body;
    const parts = ['parent', 'scope'].flatMap((name) => {
      const property = body && findProperty(body, name);
      return property ? [property.value] : [];
    });
    this.#weakParts = new Set(parts);
  }

  run(): Reference[] {
    const symbol = this.#symbol;
    if (symbol.kind === 'resource' && symbol.parent) {
      const { resource, index } = symbol.parent;
      this.#found.push({ target: resource, index, weak: true });
    }
    this.#visit(symbol.statement.value, false);
    return this.#found;
  }

  #visit(node: Expression, weak: boolean): void {
    const inWeakPart = weak || this.#weakParts.has(node);
    const target = this.#model.bindings.get(node);
    if (target?.kind === 'resource' || target?.kind === 'module' || target?.kind === 'var') {
      const loop = target.kind === 'var' ? undefined : target.loop;
      const parent = this.#above.at(-1);
      const index =
        loop && parent?.kind === 'arrayAccess' && parent.base === node
          ? this.#index(parent.index)
          : undefined;
      const isWeak =
        target.kind === 'resource' &&
        (inWeakPart || isInfoAccess(this.#above, index !== undefined));
      this.#found.push({ target, index, weak: isWeak });
      if (node.kind === 'resourceAccess') return;
    }
    this.#above.push(node);
    eachChild(node, (child) => {
      this.#visit(child, inWeakPart);
    });
    this.#above.pop();
  }

  /** An index that needs an inner loop's variable means nothing outside: the whole collection is meant then. */
  #index(index: Expression): Expression | undefined {
    const own: ForNode | undefined =
      this.#symbol.kind !== 'var'
        ? this.#symbol.loop
        : this.#symbol.statement.value.kind === 'for'
          ? this.#symbol.statement.value
          : undefined;
    const inaccessible: Expression[] = [];
    walk(index, (node) => {
      const symbol = this.#model.bindings.get(node);
      if (symbol?.kind === 'local' && (symbol.loop === undefined || symbol.loop !== own))
        inaccessible.push(node);
    });
    return inaccessible.length === 0 ? index : undefined;
  }
}

/** `r.id`, `r[i].name`, `r.listKeys()`: looks at what is around the reference. */
function isInfoAccess(above: readonly Expression[], indexed: boolean): boolean {
  const around = above
    .toReversed()
    .filter((node) => node.kind !== 'nonNull' && node.kind !== 'parenthesized');
  const next = indexed ? around[1] : around[0];
  if (!next) return false;
  if (next.kind === 'instanceCall') return true;
  const property = propertyName(next);
  return property !== undefined && INFO_PROPERTIES.has(property);
}
