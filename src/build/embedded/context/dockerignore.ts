/** Which paths of a context are left out. */
export interface IgnoreRules {
  /** @param path relative, with slashes, e.g. `'src/a.ts'` */
  excludes(path: string): boolean;
  /** Whether a path in an excluded directory may be taken in again by a `!` rule. */
  readonly hasExceptions: boolean;
}

interface Rule {
  expression: RegExp;
  exception: boolean;
}

/**
 * Reads a `.dockerignore`: one pattern a line, `#` comments, `*`, `?`, `[…]`, `**` over directories, `!`
 * for exceptions; the last rule that matches a path or one of its parents decides.
 *
 * @see https://github.com/moby/patternmatcher/blob/v0.6.0/patternmatcher.go
 */
export function parseIgnoreRules(text: string): IgnoreRules {
  const rules: Rule[] = [];
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const rule = line.startsWith('#') ? undefined : parseRule(line.trim());
    if (rule) rules.push(rule);
  }
  return {
    hasExceptions: rules.some((rule) => rule.exception),
    excludes: (path) => excludes(rules, path),
  };
}

function parseRule(line: string): Rule | undefined {
  const exception = line.startsWith('!');
  const pattern = cleanPattern(exception ? line.slice(1).trim() : line);
  if (pattern === '' || pattern === '.') return undefined;
  try {
    return { exception, expression: new RegExp(`^${patternSource(pattern)}$`, 's') };
  } catch {
    return undefined; // an unfinished character class matches nothing
  }
}

/** As Go's `filepath.Clean` does, without a leading slash. */
function cleanPattern(pattern: string): string {
  const result: string[] = [];
  for (const part of pattern.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') result.pop();
    else result.push(part);
  }
  return result.join('/');
}

/** A glob as the source of a regular expression; a single star stops at a slash. */
export function patternSource(pattern: string): string {
  let source = '';
  for (let index = 0; index < pattern.length; index++) {
    const char = pattern[index] ?? '';
    if (char === '*' && pattern[index + 1] === '*') {
      index++;
      if (pattern[index + 1] === '/') index++;
      source += index + 1 >= pattern.length ? '.*' : '(?:.*/)?';
    } else if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '[') {
      const end = pattern.indexOf(']', index + 2);
      if (end < 0) throw new SyntaxError(`unfinished [ in ${pattern}`);
      source += `[${pattern.slice(index + 1, end).replace(/[\\[]/g, '\\$&')}]`;
      index = end;
    } else if (char === '\\' && index + 1 < pattern.length)
      source += escaped(pattern[++index] ?? '');
    else source += escaped(char);
  }
  return source;
}

function escaped(char: string): string {
  return char.replace(/[.*+?^${}()|[\]\\/]/, '\\$&');
}

function excludes(rules: readonly Rule[], path: string): boolean {
  let excluded = false;
  for (const { expression, exception } of rules) {
    if (exception === excluded && matchesPathOrParent(expression, path)) excluded = !exception;
  }
  return excluded;
}

function matchesPathOrParent(expression: RegExp, path: string): boolean {
  if (expression.test(path)) return true;
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    if (expression.test(path.slice(0, slash))) return true;
  }
  return false;
}
