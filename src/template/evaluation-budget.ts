import type { Json } from '../base/json.js';
import { TemplateError } from './template-error.js';

/** Calls that one expression may take, those of the variables it reads included: a second or two. */
const MAX_CALLS = 1_000_000;
/** Characters and elements of a value, all levels together: as much as a whole template may have. */
const MAX_WEIGHT = 4 * 1024 * 1024;

/** The same for all that its calls make on the way: a function may hold the results of many. */
const MAX_MADE = 128 * 1024 * 1024;

/**
 * What evaluating one expression may cost. A few words can ask for more than any machine has: loops in loops,
 * or a list of a list that is doubled again and again. Evaluation never waits, so there is one budget at a time.
 */
class EvaluationBudget {
  #depth = 0;
  #calls = 0;
  #made = 0;
  /** Lists and objects share their parts: each is weighed once. */
  readonly #weights = new WeakMap<object, number>();

  /** Runs the evaluation of one expression; inside of another one it counts as part of that. */
  spend<T>(evaluate: () => T): T {
    if (this.#depth === 0) this.#calls = this.#made = 0;
    this.#depth += 1;
    try {
      return evaluate();
    } finally {
      this.#depth -= 1;
    }
  }

  /** @throws TemplateError InvalidTemplate when there have been too many */
  countCall(name: string): void {
    this.#calls += 1;
    if (this.#calls > MAX_CALLS) throw tooMuch(name, `more than '${MAX_CALLS}' function calls`);
  }

  /** Runs a function. @throws TemplateError InvalidTemplate when it makes a text that is longer than any can be */
  refusing<T>(name: string, apply: () => T): T {
    try {
      return apply();
    } catch (error) {
      throw error instanceof RangeError ? tooMuch(name, 'more than a text can hold') : error;
    }
  }

  /** @throws TemplateError InvalidTemplate when they are larger together than a value may be */
  weigh(name: string, values: readonly Json[]): number {
    const weight = values.reduce<number>((sum, value) => sum + this.#weightOf(value), 0);
    if (weight > MAX_WEIGHT) throw tooMuch(name, `values of more than '${MAX_WEIGHT}' characters`);
    return weight;
  }

  /** Weighs what a call made. @throws as above, and when all that was made so far is too much */
  weighResult(name: string, result: Json): void {
    this.#made += this.weigh(name, [result]);
    if (this.#made > MAX_MADE) throw tooMuch(name, `more than '${MAX_MADE}' characters on the way`);
  }

  #weightOf(value: Json): number {
    if (typeof value === 'string') return value.length;
    if (typeof value !== 'object' || value === null) return 1;
    const known = this.#weights.get(value);
    if (known !== undefined) return known;
    let weight = 1;
    const parts = Array.isArray(value) ? value : Object.values(value);
    for (const part of parts) weight += this.#weightOf(part);
    this.#weights.set(value, weight);
    return weight;
  }
}

function tooMuch(name: string, what: string): TemplateError {
  return new TemplateError(
    'InvalidTemplate',
    `The evaluation of the template function '${name}' takes ${what}. Make the expression smaller, or pass its value as a parameter.`,
  );
}

/** One for the process. */
export const budget = new EvaluationBudget();
