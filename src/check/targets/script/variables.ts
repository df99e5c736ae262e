import type { ImageName } from '../image-use.js';

/** Values of variables; undefined for one that is known only when the script runs. */
export type VariableLookup = (name: string) => string | undefined;

const SHELL_VARIABLE = /\$(?:\{([A-Za-z_]\w*)(?::?-([^}]*))?\}|([A-Za-z_]\w*)|env:([A-Za-z_]\w*))/g;
/** What is left of expansions after everything known was put in. */
const UNKNOWN = /\$\{\{[^}]*\}\}|\$\([^)]*\)|\$\[[^\]]*\]|\$\{[^}]*\}|\$[A-Za-z_]\w*|\{\{[^}]*\}\}/;
/** Values may refer to values, but not for ever. */
const MAX_ROUNDS = 5;

/** Replaces `$NAME`, `${NAME}`, `${NAME:-default}` and PowerShell's `$env:NAME`. */
export function expandShell(text: string, lookup: VariableLookup): string {
  return rounds(text, (current) =>
    current.replace(
      SHELL_VARIABLE,
      (whole, braced?: string, fallback?: string, plain?: string, env?: string) =>
        lookup(braced ?? plain ?? env ?? '') ?? fallback ?? whole,
    ),
  );
}

/** Replaces Azure Pipelines' `$(name)`; names ignore letter case. */
export function expandMacros(text: string, lookup: VariableLookup): string {
  return rounds(text, (current) =>
    current.replace(/\$\(([\w.-]+)\)/g, (whole, name: string) => lookup(name) ?? whole),
  );
}

/** Replaces `${{ context.name }}` expressions that are a look-up and nothing more. */
export function expandExpressions(text: string, lookup: VariableLookup): string {
  return rounds(text, (current) =>
    current.replace(/\$\{\{\s*([\w.-]+)\s*\}\}/g, (whole, name: string) => lookup(name) ?? whole),
  );
}

function rounds(text: string, replace: (text: string) => string): string {
  let current = text;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const next = replace(current);
    if (next === current) break;
    current = next;
  }
  return current;
}

/** The name of an image, and what of it is still open. */
export function imageNameOf(text: string): ImageName {
  const trimmed = text.trim();
  const open = UNKNOWN.exec(trimmed)?.[0];
  return open === undefined ? { text: trimmed } : { text: trimmed, unknown: open };
}
