import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface IgnoreRule {
  pattern: RegExp;
  ignore: boolean;
}

/** Says of a path inside the context whether it is left out; parents come first and pass theirs on. */
export interface IgnoreDecision {
  ignored: boolean;
  /** Only rules before this index, which are later lines of the file, may still decide otherwise. */
  ruleIndex: number;
}

/** `.dockerignore`, read as the stock client reads it: the last matching line wins, `!` makes exceptions. */
export class IgnoreRules {
  readonly #rules: readonly IgnoreRule[];

  constructor(text: string) {
    this.#rules = text
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/)
      .map((line) => line.trimEnd())
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map(parseRule)
      .reverse();
  }

  /** `<Dockerfile>.dockerignore` in the context, else `.dockerignore`; undefined when there is neither. */
  static load(context: string, dockerfile: string): IgnoreRules | undefined {
    const own = join(context, `${dockerfile}.dockerignore`);
    if (existsSync(own)) return new IgnoreRules(`${readFileSync(own, 'utf8')}\n.dockerignore`);
    const common = join(context, '.dockerignore');
    return existsSync(common) ? new IgnoreRules(readFileSync(common, 'utf8')) : undefined;
  }

  get start(): IgnoreDecision {
    return { ignored: false, ruleIndex: this.#rules.length };
  }

  decide(path: string, parent: IgnoreDecision): IgnoreDecision {
    for (const [index, rule] of this.#rules.entries()) {
      if (index >= parent.ruleIndex) break;
      if (rule.pattern.test(path)) return { ignored: rule.ignore, ruleIndex: index };
    }
    return parent;
  }
}

function parseRule(line: string): IgnoreRule {
  const ignore = !line.startsWith('!');
  const rule = ignore ? line : line.slice(1).replace(/^\//, '').replace(/\/+$/, '');
  const pattern = rule
    .split('/')
    .map((token) =>
      token === '**'
        ? '.*'
        : token
            .replace(/[+^${}()|[\]\\.]/g, '\\$&')
            .replaceAll('*', '[^/]*')
            .replaceAll('?', '[^/]'),
    )
    .join('/');
  return { ignore, pattern: new RegExp(`^${pattern}$`) };
}
