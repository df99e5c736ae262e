import type { Position } from '../source/position.js';
import { CATALOGUE, type FindingCode, type Severity } from './catalogue.js';

/** What a judge found, before the run knows whether it is allowed. */
export interface FindingDraft {
  code: FindingCode;
  /** One sentence with the names in it. */
  message: string;
  /** What was seen, a line each. */
  evidence?: string[];
  /** The command that helps. */
  fix?: string;
  /** The image as its target names it. */
  image?: string;
  /** Every place it is about. */
  positions?: Position[];
}

/** A finding of a report. */
export interface Finding extends Required<Omit<FindingDraft, 'fix' | 'image'>> {
  severity: Severity;
  fix?: string;
  image?: string;
  /** Why the configuration allows it; absent when it does not. */
  allowed?: string;
}

export function finding(draft: FindingDraft): Finding {
  return {
    evidence: [],
    positions: [],
    ...draft,
    severity: CATALOGUE[draft.code].severity,
  };
}
