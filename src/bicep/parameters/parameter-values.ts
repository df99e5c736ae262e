import { isJsonObject, type Json, type JsonObject } from '../../base/json.js';
import { Bindings } from '../../template/bindings.js';
import type { DeploymentScope } from '../../template/deployment-plan.js';
import type { EvaluationContext } from '../../template/evaluation-context.js';
import { evaluateString, evaluateValue } from '../../template/evaluator.js';
import { readTemplate } from '../../template/template-reader.js';
import { TemplateError } from '../../template/template-error.js';
import { ROOT_ENV } from '../emit/context.js';
import { Converter } from '../emit/converter.js';
import { Imports } from '../emit/import-closure.js';
import { writeTemplate } from '../emit/template-writer.js';
import { ValueWriter } from '../emit/values.js';
import type { AssignmentSymbol, FileModel } from '../semantics/symbols.js';
import type { Expression, ForNode } from '../syntax/nodes.js';
import { unwrap, walk } from '../syntax/walk.js';
import { secretArguments } from './secret-call.js';

/** What a parameters file gives a parameter: a value, or the secret of a key vault that has it. */
export type ParameterAssignment = { readonly value: Json } | { readonly reference: JsonObject };

export type ParameterAssignments = Readonly<Record<string, ParameterAssignment>>;

/** A parameters file has no deployment around it: its expressions are evaluated here. */
export class ParameterValues {
  readonly #model: FileModel;
  readonly #inherited: ParameterAssignments;
  readonly #writer: ValueWriter;
  readonly #context: EvaluationContext;
  readonly #known = new Map<string, ParameterAssignment | undefined>();
  readonly #evaluating = new Set<string>();
  #imported: EvaluationContext | undefined;

  /** @param inherited what the files assign that this one extends, as `base` has it */
  constructor(model: FileModel, inherited: ParameterAssignments) {
    this.#model = model;
    this.#inherited = inherited;
    this.#writer = new ValueWriter(
      new Converter({
        model,
        symbolicNames: true,
        inlined: new Set(model.vars),
        loopNames: new Map<ForNode, string>(),
        closure: new Imports(model),
      }),
    );
    this.#context = {
      scope: NO_SCOPE,
      template: {},
      parameter: (name) => this.#value(name),
      variable: (name) => (name === 'base' ? this.#base() : this.#importedContext().variable(name)),
      copyIndex: () => unavailable('function', 'copyIndex'),
      userFunction: (name) => this.#importedContext().userFunction(name),
    };
  }

  /** Everything the file assigns that could be evaluated; the rest is reported. */
  all(): ParameterAssignments {
    const all: Record<string, ParameterAssignment> = {};
    for (const symbol of this.#model.assignments) {
      const { name, statement } = symbol;
      if (Object.hasOwn(all, name)) this.#model.sink.report(statement.name.span, 'BCP250', name);
      const assigned = this.#assignment(symbol);
      if (assigned) all[name] = assigned;
    }
    return all;
  }

  #assignment(symbol: AssignmentSymbol): ParameterAssignment | undefined {
    const { name, statement } = symbol;
    if (this.#known.has(name)) return this.#known.get(name);
    // Nothing comes of what is wrong, and that it is wrong is said already.
    if (this.#isWrong(statement.value)) return undefined;
    this.#evaluating.add(name);
    let assigned: ParameterAssignment | undefined;
    try {
      assigned = this.#evaluate(statement.value);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      const { span } = statement.value;
      this.#model.sink.report(span, 'BCP338', 'parameter', name, error.message);
    }
    this.#evaluating.delete(name);
    this.#known.set(name, assigned);
    return assigned;
  }

  #isWrong(value: Expression): boolean {
    const { sink, bindings } = this.#model;
    let wrong = sink.hasErrorIn(value.span);
    if (sink.hasErrors)
      walk(value, (node) => {
        const symbol = bindings.get(node);
        if (symbol?.kind === 'var') wrong ||= sink.hasErrorIn(symbol.statement.span);
      });
    return wrong;
  }

  #evaluate(node: Expression): ParameterAssignment {
    const value = unwrap(node);
    if (value.kind === 'for') {
      const copy = [this.#writer.copy('value', value, ROOT_ENV)];
      const items = evaluateValue({ copy }, this.#context);
      return { value: isJsonObject(items) ? (items['value'] ?? null) : null };
    }
    const secret = secretArguments(value, this.#model);
    if (!secret) return { value: this.#json(value) };
    const [subscription, group, vault, secretName = '', secretVersion] = secret.map((argument) => {
      const json = this.#json(argument);
      return typeof json === 'string' ? json : JSON.stringify(json);
    });
    const id = `/subscriptions/${subscription ?? ''}/resourceGroups/${group ?? ''}/providers/Microsoft.KeyVault/vaults/${vault ?? ''}`;
    const version: JsonObject = secretVersion === undefined ? {} : { secretVersion };
    return { reference: { keyVault: { id }, secretName, ...version } };
  }

  #json(node: Expression): Json {
    const written = this.#writer.value(node, ROOT_ENV);
    return typeof written === 'string'
      ? evaluateString(written, this.#context)
      : evaluateValue(written, this.#context);
  }

  /** `param a = b` takes what the file assigns to `b`, before or after. */
  #value(name: string): Json {
    const symbol = this.#model.assignments.find((candidate) => candidate.name === name);
    if (!symbol) return unavailable('parameter', name);
    if (this.#evaluating.has(name))
      throw new TemplateError('InvalidTemplate', `the parameter '${name}' refers to itself.`);
    const assigned = this.#assignment(symbol);
    return assigned && 'value' in assigned ? assigned.value : unavailable('parameter', name);
  }

  #base(): JsonObject {
    return Object.fromEntries(
      Object.entries(this.#inherited).flatMap(([name, assigned]) =>
        'value' in assigned ? [[name, assigned.value]] : [],
      ),
    );
  }

  /** Variables and functions of other files, as a template would carry them. */
  #importedContext(): EvaluationContext {
    this.#imported ??= new Bindings(
      readTemplate(writeTemplate(this.#model, '')).sections,
      {},
      NO_SCOPE,
    ).context;
    return this.#imported;
  }
}

const NO_SCOPE: DeploymentScope = {
  kind: 'resourceGroup',
  tenantId: '',
  subscriptionId: '',
  deployment: { name: '' },
  now: new Date(0),
  newGuid: () => unavailable('function', 'newGuid'),
};

function unavailable(kind: string, name: string): never {
  throw new TemplateError(
    'InvalidTemplate',
    `the ${kind} '${name}' is not available in a parameters file.`,
  );
}
