import type { FileModel, FuncSymbol } from '../semantics/symbols.js';
import type { Expression } from '../syntax/nodes.js';
import { unwrap } from '../syntax/walk.js';
import type { Inference } from '../types/inference.js';
import { signaturesOf, type Signature, type Taken } from '../types/signatures.js';
import { describeType, isAssignable } from '../types/type.js';

/** The first argument that a signature does not take. */
interface Mismatch {
  readonly signature: Signature;
  readonly position: number;
  readonly taken: Taken;
}

/** Compares the arguments of calls with what functions take. */
export class ArgumentChecks {
  readonly #model: FileModel;
  readonly #inference: Inference;

  constructor(model: FileModel, inference: Inference) {
    this.#model = model;
    this.#inference = inference;
  }

  /** Of a function of the language, called with as many arguments as it takes. */
  builtin(name: string, args: readonly Expression[]): void {
    const found: Mismatch[] = [];
    for (const signature of signaturesOf(name)) {
      if (!takes(signature, args.length)) continue;
      const mismatch = this.#mismatch(signature, args);
      if (!mismatch) return;
      found.push(mismatch);
    }
    // The overloads that take the most say what is wrong.
    const furthest = Math.max(...found.map(({ position }) => position));
    const closest = found.filter(({ position }) => position === furthest);
    const [only, ...others] = closest;
    const argument = args[furthest];
    if (!only || !argument) return;
    if (others.length === 0) this.#report(argument, only.taken);
    else this.#reportOverloads(argument, closest);
  }

  /** Of a function of this file or another one. */
  declared({ statement }: FuncSymbol, home: FileModel, args: readonly Expression[]): void {
    for (const [position, argument] of args.entries()) {
      const parameter = statement.parameters[position];
      if (!parameter) return;
      const type = this.#inference.type(parameter.type, home);
      if (this.#accepts({ text: describeType(type), type }, argument)) continue;
      this.#report(argument, { text: describeType(type), type });
      return;
    }
  }

  #mismatch(signature: Signature, args: readonly Expression[]): Mismatch | undefined {
    for (const [position, argument] of args.entries()) {
      const taken = signature.taken[position] ?? signature.rest;
      if (taken && !this.#accepts(taken, argument)) return { signature, position, taken };
    }
    return undefined;
  }

  #accepts({ type, lambda }: Taken, argument: Expression): boolean {
    const node = unwrap(argument);
    if (node.kind === 'error') return true;
    if (!lambda)
      return node.kind !== 'lambda' && isAssignable(this.#inference.expression(node), type);
    if (node.kind !== 'lambda') return this.#inference.expression(node).kind === 'any';
    const count = node.parameters.length;
    if (count < lambda.min || count > lambda.max) return false;
    return isAssignable(this.#inference.expression(node.body), type);
  }

  #describe(argument: Expression): string {
    const node = unwrap(argument);
    if (node.kind !== 'lambda') return describeType(this.#inference.expression(node));
    const types = this.#inference.lambdaParameters(node).map(describeType);
    const [only, ...others] = types;
    const parameters = only !== undefined && others.length === 0 ? only : `(${types.join(', ')})`;
    return `${parameters} => ${describeType(this.#inference.expression(node.body))}`;
  }

  #report(argument: Expression, { text }: Taken): void {
    this.#model.sink.report(argument.span, 'BCP070', this.#describe(argument), text);
  }

  #reportOverloads(argument: Expression, closest: readonly Mismatch[]): void {
    const given = this.#describe(argument);
    const count = closest.length;
    const overloads = closest.map(
      ({ signature, taken }, index) =>
        `\n  Overload ${index + 1} of ${count}, "${signature.text}", gave the following error:\n    Argument of type "${given}" is not assignable to parameter of type "${taken.text}".`,
    );
    this.#model.sink.report(argument.span, 'BCP048', overloads.join(''));
  }
}

function takes({ required, taken, rest }: Signature, count: number): boolean {
  return count >= required && (rest !== undefined || count <= taken.length);
}
