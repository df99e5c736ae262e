import type { SourceText } from './source-text.js';

/** `$ID` and its like: the word after the sign is letters and digits, as ACR's are. */
const ALIAS = /\$\$|\$([A-Za-z][A-Za-z0-9]*)/g;

/**
 * Puts aliases into a task file of version v1.1.0. `$$` stands for one dollar sign; `${X}`, `$(x)` and
 * `$1` belong to the shell.
 *
 * @param own the file's own aliases, which may use the others
 * @throws TaskYamlError for an alias that is not defined, or is defined by itself
 * @see https://learn.microsoft.com/azure/container-registry/container-registry-tasks-reference-yaml#aliases
 */
export function replaceAliases(
  source: SourceText,
  run: Readonly<Record<string, string>>,
  own: ReadonlyMap<string, string>,
): SourceText {
  return source.replace(ALIAS, ([whole, name], offset) =>
    whole === '$$' || name === undefined ? '$' : valueOf(name, [], offset),
  );

  function valueOf(name: string, inside: readonly string[], offset: number): string {
    if (inside.includes(name)) {
      throw source.errorAt(
        offset,
        `the alias '${name}' is defined by itself: ${inside.join(' → ')}`,
      );
    }
    const text = own.get(name);
    if (text !== undefined) {
      return text.replaceAll(ALIAS, (whole: string, inner: string | undefined) =>
        whole === '$$' || inner === undefined ? '$' : valueOf(inner, [...inside, name], offset),
      );
    }
    const value = Object.hasOwn(run, name) ? run[name] : undefined;
    if (value !== undefined) return value;
    throw source.errorAt(
      offset,
      `the alias '${name}' is not defined; for a variable of a shell write '$$${name}'`,
    );
  }
}
