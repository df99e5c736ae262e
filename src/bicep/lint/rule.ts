import type { DiagnosticLevel, Span } from '../diagnostics/diagnostic.js';
import type { FileModel } from '../semantics/symbols.js';
import type { Expression } from '../syntax/nodes.js';
import type { Inference } from '../types/inference.js';

/** A level of a rule as a configuration names it. */
export type RuleLevel = DiagnosticLevel | 'Off';

export interface Finding {
  readonly span: Span;
  readonly message: string;
}

type NodeOf<Kind extends Expression['kind']> = Extract<Expression, { kind: Kind }>;

/** Expressions by what they are: most rules look at few of them. */
export interface LintedNodes {
  readonly calls: readonly NodeOf<'call' | 'instanceCall'>[];
  readonly indexes: readonly NodeOf<'arrayAccess'>[];
  readonly objects: readonly NodeOf<'object'>[];
  readonly strings: readonly NodeOf<'string'>[];
}

/** What a rule looks at. */
export interface Linted {
  readonly model: FileModel;
  readonly inference: Inference;
  /** The expressions of the file that some rule looks at. */
  readonly nodes: LintedNodes;
}

/** A rule of the linter: what is legal and still better written in another way. */
export interface Rule {
  /** e.g. `'no-unused-params'` */
  readonly code: string;
  /** When no configuration names another one. */
  readonly level: RuleLevel;
  find(linted: Linted): Iterable<Finding>;
}

/** A rule that says the same of all that it finds. */
export function saying(
  code: string,
  message: string,
  find: (linted: Linted) => Iterable<Span>,
  level: RuleLevel = 'Warning',
): Rule {
  return {
    code,
    level,
    *find(linted) {
      for (const span of find(linted)) yield { span, message };
    },
  };
}
