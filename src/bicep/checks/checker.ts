import type { LintConfiguration } from '../lint/configuration.js';
import { lint } from '../lint/lint.js';
import { quoted } from '../diagnostics/quoted.js';
import { RuntimeAnalysis } from '../emit/runtime-analysis.js';
import { parseScope } from '../emit/scopes.js';
import type { FileModel } from '../semantics/symbols.js';
import type { ModuleSymbol, ParamSymbol, ResourceSymbol } from '../semantics/symbols.js';
import type { Expression, ForNode } from '../syntax/nodes.js';
import { findProperty, keyText, literalText, unwrap, walk } from '../syntax/walk.js';
import { allowsNull, Inference } from '../types/inference.js';
import { parametersType } from '../types/parameter-types.js';
import { STRING, type ObjectType } from '../types/type.js';
import { Assignability } from './assignability.js';
import { checkCycles } from './cycles.js';
import { checkDeclaredTypes } from './declared-types.js';
import { checkDecorators } from './decorators.js';
import { checkDuplicateNames } from './duplicate-names.js';
import { ExpressionChecks } from './expressions.js';
import { checkLambdaVariables } from './lambda-variables.js';
import { checkPlacement } from './placement.js';
import { whyRuntime } from './runtime-reason.js';

/** Third pass: everything that is well-formed and bound but still not right. Findings go to the file's sink. */
export function checkFile(model: FileModel, configuration: LintConfiguration): void {
  checkCycles(model);
  checkDeclaredTypes(model);
  const inference = new Inference(model);
  checkDecorators(model, inference);
  checkPlacement(model);
  checkLambdaVariables(model);
  checkDuplicateNames(model, inference);
  new Checker(model, inference).run();
  lint(model, inference, configuration);
}

/** Of a resource or module. */
const BODY = { paramDefault: false, loop: true, propertyLoops: true };

class Checker {
  readonly #model: FileModel;
  readonly #inference: Inference;
  readonly #expressions: ExpressionChecks;
  readonly #exact: Assignability;
  readonly #lenient: Assignability;
  readonly #runtime: RuntimeAnalysis;
  readonly #nameless = new Map<ObjectType, ObjectType>();

  constructor(model: FileModel, inference: Inference) {
    this.#model = model;
    this.#inference = inference;
    this.#expressions = new ExpressionChecks(model, this.#inference);
    this.#exact = new Assignability(model.sink, this.#inference, 'Error');
    this.#lenient = new Assignability(model.sink, this.#inference, 'Warning');
    this.#runtime = new RuntimeAnalysis(model, { foldsConstants: true });
  }

  run(): void {
    const model = this.#model;
    const value = { paramDefault: false, loop: true, propertyLoops: false };
    for (const symbol of model.params) this.#param(symbol);
    for (const { statement } of model.vars) {
      this.#expressions.check(statement.value, value);
      if (statement.type) this.#exact.check(statement.value, this.#inference.type(statement.type));
      if (statement.value.kind === 'for')
        this.#atStart(statement.value.body, 'BCP182', statement.name.name);
      if (statement.value.kind === 'for') this.#atStart(statement.value.source, 'BCP178');
    }
    for (const { statement } of model.funcs) {
      this.#expressions.check(statement.body, { ...value, loop: false });
      this.#exact.check(statement.body, this.#inference.type(statement.returns));
    }
    for (const { statement } of model.assignments) this.#expressions.check(statement.value, value);
    for (const resource of model.resources) this.#resource(resource);
    for (const module of model.modules) this.#module(module);
    for (const { statement } of model.outputs) {
      this.#expressions.check(statement.value, value);
      this.#exact.check(statement.value, this.#inference.type(statement.type));
      if (statement.value.kind === 'for') this.#atStart(statement.value.source, 'BCP178');
    }
  }

  #param({ statement }: ParamSymbol): void {
    const { sink } = this.#model;
    const { defaultValue } = statement;
    const allowed = statement.decorators.find(({ name }) => name.name === 'allowed')?.args[0];
    if (allowed?.kind === 'array' && allowed.items.length === 0)
      sink.report(allowed.span, 'BCP099');
    if (!defaultValue) return;
    const type = this.#inference.type(statement.type);
    if (type.kind !== 'any' && allowsNull(type)) sink.report(defaultValue.span, 'BCP326');
    this.#expressions.check(defaultValue, {
      ...{ paramDefault: true, loop: false, propertyLoops: false },
    });
    this.#exact.check(defaultValue, type);
    walk(defaultValue, (node) => {
      const symbol = this.#model.bindings.get(node);
      if (symbol?.kind === 'var' || symbol?.kind === 'resource' || symbol?.kind === 'module')
        sink.report(node.span, 'BCP072');
    });
  }

  #resource(resource: ResourceSymbol): void {
    const { body, statement, existing } = resource;
    this.#expressions.check(statement.value, BODY);
    // Of a type that could not be read nothing is known.
    if (resource.type === '' || !hasBody(statement.value)) return;
    this.#conditions(resource);
    this.#name(resource);
    this.#resourceScope(resource);
    const type = this.#inference.resourceBody(resource);
    if (type.kind !== 'object') return;
    if (existing) {
      for (const member of body.properties) {
        const key = member.kind === 'property' ? keyText(member) : undefined;
        if (
          member.kind === 'property' &&
          key !== undefined &&
          !['name', 'parent', 'scope', 'dependsOn'].includes(key)
        )
          this.#model.sink.report(member.key.span, 'BCP173', key);
      }
      return;
    }
    this.#lenient.object(body, this.#withoutName(type), 'resource', statement.name.span);
  }

  /** The name has a check of its own, with the loop and the segments. */
  #withoutName(type: ObjectType): ObjectType {
    const known = this.#nameless.get(type);
    if (known) return known;
    const properties = new Map(type.properties).set('name', { type: { kind: 'any' } });
    const nameless = { ...type, properties };
    this.#nameless.set(type, nameless);
    return nameless;
  }

  #conditions({ loop, condition }: ResourceSymbol | ModuleSymbol): void {
    if (condition) this.#atStart(condition, 'BCP177');
    if (loop) this.#atStart(loop.source, 'BCP178');
  }

  #name(resource: ResourceSymbol): void {
    const { sink } = this.#model;
    const { body, statement, parent, type } = resource;
    const name = findProperty(body, 'name');
    if (!name) {
      sink.reportAs('Error', statement.name.span, 'BCP035', 'resource', '"name"', '');
      return;
    }
    if (!resource.existing) this.#atStart(name.value, 'BCP120', 'name', resource.type);
    this.#exact.check(name.value, STRING, 'name');
    this.#uniqueName(resource);
    const text = name.value.kind === 'string' ? literalText(name.value) : undefined;
    if (text === undefined) return;
    const slashes = text.split('/').length - 1;
    const expected = type.split('/').length - 2;
    if (parent && slashes > 0) sink.report(name.value.span, 'BCP170');
    else if (!parent && slashes !== expected)
      sink.report(name.value.span, 'BCP169', String(expected));
  }

  /** What a loop makes needs names of its own; a module may have the same one in another scope. */
  #uniqueName(symbol: ResourceSymbol | ModuleSymbol): void {
    const { kind, loop, statement, body } = symbol;
    if (!loop || ('existing' in symbol && symbol.existing)) return;
    const names = kind === 'module' ? ['name', 'scope'] : ['name'];
    const values = [...names, 'parent', 'scope'].flatMap(
      (name) => findProperty(body, name)?.value ?? [],
    );
    if (values.length === 0 || values.some((value) => this.#usesLoop(value, loop))) return;
    const { item, index } = loop;
    this.#model.sink.report(
      statement.name.span,
      'BCP179',
      item.name,
      index ? `or the index variable "${index.name}" ` : '',
      index ? ' in the loop body' : '',
      quoted(names),
    );
  }

  #usesLoop(value: Expression, loop: ForNode): boolean {
    let uses = value.kind === 'error';
    walk(value, (node) => {
      const symbol = this.#model.bindings.get(node);
      uses ||= symbol?.kind === 'local' && symbol.loop === loop;
    });
    return uses;
  }

  #resourceScope(resource: ResourceSymbol): void {
    const scope = findProperty(resource.body, 'scope');
    if (!scope) return;
    if (resource.parent) this.#model.sink.report(scope.value.span, 'BCP164');
    const parsed = parseScope(scope.value, this.#model);
    const elsewhere =
      parsed &&
      parsed.kind !== 'resource' &&
      parsed.kind !== 'tenant' &&
      (parsed.kind !== this.#model.targetScope ||
        parsed.resourceGroup !== undefined ||
        parsed.subscriptionId !== undefined ||
        parsed.managementGroup !== undefined);
    if (elsewhere && !resource.existing) this.#model.sink.report(scope.value.span, 'BCP139');
  }

  #module(module: ModuleSymbol): void {
    const { body, statement, target } = module;
    this.#expressions.check(statement.value, BODY);
    this.#conditions(module);
    const name = findProperty(body, 'name');
    if (name) {
      this.#atStart(name.value, 'BCP120', 'name', 'module');
      this.#uniqueName(module);
    }
    const params = findProperty(body, 'params');
    const value = params && unwrap(params.value);
    if (value && value.kind !== 'object') this.#model.sink.report(value.span, 'BCP183', 'params');
    if (!target || target.template) return;
    const type = parametersType(target);
    if (value?.kind === 'object')
      this.#exact.object(value, type, 'object', params?.key.span ?? value.span);
    else if (
      !params &&
      hasBody(statement.value) &&
      [...type.properties.values()].some(({ required }) => required === true)
    )
      this.#model.sink.reportAs('Error', statement.name.span, 'BCP035', 'module', '"params"');
  }

  /** Names, conditions and loops are settled before anything is deployed. */
  #atStart(
    node: Expression,
    code: 'BCP120' | 'BCP177' | 'BCP178' | 'BCP182',
    ...args: string[]
  ): void {
    for (const runtime of this.#runtime.findRuntime(node))
      this.#model.sink.report(runtime.span, code, ...args, whyRuntime(runtime, this.#model));
  }
}

/** A body that could not be read misses nothing. */
function hasBody(value: Expression): boolean {
  if (value.kind === 'for' || value.kind === 'if') return hasBody(value.body);
  return value.kind === 'object';
}
