import type { FileModel } from '../semantics/symbols.js';
import type { Inference } from '../types/inference.js';
import type { LintConfiguration } from './configuration.js';
import { PRACTICE_RULES } from './practice-rules.js';
import type { Rule } from './rule.js';
import { SECURITY_RULES } from './security-rules.js';
import { STYLE_RULES } from './style-rules.js';
import { UNUSED_RULES } from './unused-rules.js';

/** Every rule there is. Others of the real linter are not looked for, whatever a configuration says of them. */
export const RULES: readonly Rule[] = [
  ...UNUSED_RULES,
  ...STYLE_RULES,
  ...SECURITY_RULES,
  ...PRACTICE_RULES,
];

/** Applies the rules to a file; findings go to its sink. */
export function lint(
  model: FileModel,
  inference: Inference,
  { enabled, levels }: LintConfiguration,
): void {
  if (!enabled) return;
  const linted = { model, inference };
  for (const { code, level: usual, find } of RULES) {
    const level = levels.get(code) ?? usual;
    if (level === 'Off') continue;
    for (const { span, message } of find(linted)) model.sink.add(span, code, level, message);
  }
}
