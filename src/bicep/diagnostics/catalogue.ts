import { CHECK_MESSAGES } from './check-messages.js';
import { DECLARATION_MESSAGES } from './declaration-messages.js';
import { SYNTAX_MESSAGES } from './syntax-messages.js';

/**
 * Every diagnostic of the compiler. A `BCP` code means the rule that has this code in the Bicep language, and says what
 * it says there.
 * @see https://github.com/Azure/bicep/blob/9beb0fee60/src/Bicep.Core/Diagnostics/DiagnosticBuilder.cs
 */
export const CATALOGUE = {
  ...SYNTAX_MESSAGES,
  ...DECLARATION_MESSAGES,
  ...CHECK_MESSAGES,
} as const;

export type DiagnosticCode = keyof typeof CATALOGUE;
