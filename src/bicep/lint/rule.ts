import type { DiagnosticLevel, Span } from '../diagnostics/diagnostic.js';
import type { FileModel } from '../semantics/symbols.js';
import type { Inference } from '../types/inference.js';

/** A level of a rule as a configuration names it. */
export type RuleLevel = DiagnosticLevel | 'Off';

export interface Finding {
  readonly span: Span;
  readonly message: string;
}

/** What a rule looks at. */
export interface Linted {
  readonly model: FileModel;
  readonly inference: Inference;
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
