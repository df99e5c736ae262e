/** A command line that cannot be read, or asks for what only a shell can do. */
export class CommandLineError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CommandLineError';
  }
}

/** What stands between one command and the next. */
export type Separator = ';' | '&&' | '||';

export interface Command {
  words: string[];
  /** How it is joined to the command before it; `;` for a new line. */
  after: Separator;
}

/** The words of one command as Docker takes them: quotes and backslashes, no variables, lines are blanks. */
export function splitWords(text: string): string[] {
  const scanner = new Scanner(text, undefined);
  return scanner.run().flatMap(({ words }) => words);
}

/**
 * The commands of a script: one a line or joined by `;`, `&&`, `||`; a backslash at the end of a line
 * joins it to the next; `#` begins a comment; `$NAME` and `${NAME}` stand for variables.
 *
 * @throws CommandLineError for pipes, redirections and what else only a shell can do
 */
export function splitScript(text: string, variables: ReadonlyMap<string, string>): Command[] {
  return new Scanner(text, variables).run();
}

const VARIABLE = /^\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/;
const SHELL_ONLY = new Set(['|', '<', '>', '&', '(', ')', '`']);

class Scanner {
  readonly #text: string;
  readonly #variables: ReadonlyMap<string, string> | undefined;
  readonly #commands: Command[] = [];
  #at = 0;
  #words: string[] = [];
  #word: string | undefined;
  #after: Separator = ';';

  /** @param variables undefined where the text is no script */
  constructor(text: string, variables: ReadonlyMap<string, string> | undefined) {
    this.#text = text.replaceAll('\r\n', '\n');
    this.#variables = variables;
  }

  run(): Command[] {
    while (this.#at < this.#text.length) this.#step(this.#text[this.#at] ?? '');
    this.#endCommand(';');
    return this.#commands;
  }

  #step(character: string): void {
    if (character === '\\') this.#backslash();
    else if (character === "'") this.#quoted();
    else if (character === '"') this.#doubleQuoted();
    else if (/\s/.test(character)) this.#blank(character);
    else if (this.#variables !== undefined) this.#scriptCharacter(character);
    else this.#add(character);
  }

  #scriptCharacter(character: string): void {
    const two = this.#text.slice(this.#at, this.#at + 2);
    if (two === '&&' || two === '||') {
      this.#at += 2;
      this.#endCommand(two);
    } else if (character === ';') {
      this.#at += 1;
      this.#endCommand(';');
    } else if (character === '#' && this.#word === undefined) {
      const end = this.#text.indexOf('\n', this.#at);
      this.#at = end < 0 ? this.#text.length : end;
    } else if (character === '$') this.#variable();
    else if (SHELL_ONLY.has(character)) {
      throw new CommandLineError(
        `'${character}' needs a shell: write the command as bash -c '…', or quote it`,
      );
    } else this.#add(character);
  }

  #add(text: string): void {
    this.#word = (this.#word ?? '') + text;
    this.#at += text.length;
  }

  #blank(character: string): void {
    this.#at += 1;
    if (character === '\n' && this.#variables !== undefined) this.#endCommand(';');
    else this.#endWord();
  }

  #backslash(): void {
    const next = this.#text[this.#at + 1] ?? '';
    this.#at += 2;
    if (next !== '\n') this.#word = (this.#word ?? '') + next;
  }

  #quoted(): void {
    const end = this.#text.indexOf("'", this.#at + 1);
    if (end < 0) throw new CommandLineError("a ' has no end");
    this.#word = (this.#word ?? '') + this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
  }

  #doubleQuoted(): void {
    this.#word ??= '';
    this.#at += 1;
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined) throw new CommandLineError('a " has no end');
      if (character === '"') break;
      if (character === '$' && this.#variables !== undefined) this.#variable();
      else if (character === '\\' && /["\\$`\n]/.test(this.#text[this.#at + 1] ?? '')) {
        this.#backslash();
      } else this.#add(character);
    }
    this.#at += 1;
  }

  #variable(): void {
    const match = VARIABLE.exec(this.#text.slice(this.#at));
    const name = match?.[1] ?? match?.[2];
    if (match === null || name === undefined) {
      throw new CommandLineError(
        "'$' needs a shell here: write the command as bash -c '…', or quote it",
      );
    }
    this.#word = (this.#word ?? '') + (this.#variables?.get(name) ?? '');
    this.#at += match[0].length;
  }

  #endWord(): void {
    if (this.#word !== undefined) this.#words.push(this.#word);
    this.#word = undefined;
  }

  #endCommand(next: Separator): void {
    this.#endWord();
    if (this.#words.length > 0) this.#commands.push({ words: this.#words, after: this.#after });
    else if (next !== ';') throw new CommandLineError(`there is no command before '${next}'`);
    this.#words = [];
    this.#after = next;
  }
}
