import type { DiagnosticLevel } from './diagnostic.js';

/** What a diagnostic says, and how bad it is. */
export interface Message {
  readonly level: DiagnosticLevel;
  /** `{0}` and so on are the places of the arguments. */
  readonly message: string;
}

export const error = (message: string): Message => ({ level: 'Error', message });
export const warning = (message: string): Message => ({ level: 'Warning', message });
