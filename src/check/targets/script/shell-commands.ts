/** A word of a command, quotes taken out. */
export interface ShellWord {
  text: string;
  /** Where it begins in the script. */
  offset: number;
}

/** One simple command: words, without the redirections and operators around it. */
export type ShellCommand = ShellWord[];

/** A script is read so far; what is longer is no script. */
const MAX_SCRIPT = 256 * 1024;

/**
 * Cuts a shell script into simple commands. Enough for finding the commands that name images: quotes,
 * continued lines (of sh, PowerShell and cmd), comments and operators are understood; expansions are left
 * in the words; the commands inside `$( )` are not looked at.
 */
export function splitCommands(script: string): ShellCommand[] {
  return new Splitter(script.slice(0, MAX_SCRIPT)).run();
}

class Splitter {
  readonly #text: string;
  readonly #commands: ShellCommand[] = [];
  #command: ShellCommand = [];
  #word: ShellWord | undefined;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): ShellCommand[] {
    while (this.#at < this.#text.length) this.#step(this.#text[this.#at] ?? '');
    this.#endCommand();
    return this.#commands;
  }

  #step(char: string): void {
    const next = this.#text[this.#at + 1] ?? '';
    if (isContinuation(this.#text, this.#at)) {
      this.#endWord();
      this.#at = this.#text.indexOf('\n', this.#at) + 1;
    } else if (char === '\\' && next !== '') {
      this.#append(next);
      this.#at += 2;
    } else if (char === "'" || char === '"') this.#quoted(char);
    else if (char === '$' && next === '(') this.#nested('(', ')');
    else if (char === '$' && next === '{') this.#nested('{', '}');
    else if (char === '#' && this.#word === undefined) {
      const end = this.#text.indexOf('\n', this.#at);
      this.#at = end < 0 ? this.#text.length : end;
    } else if (/[;&|\n()]/.test(char)) {
      this.#endCommand();
      this.#at++;
    } else if (/\s/.test(char)) {
      this.#endWord();
      this.#at++;
    } else {
      this.#append(char);
      this.#at++;
    }
  }

  #append(text: string): void {
    this.#word ??= { text: '', offset: this.#at };
    this.#word.text += text;
  }

  #quoted(quote: string): void {
    this.#append('');
    this.#at++;
    while (this.#at < this.#text.length && this.#text[this.#at] !== quote) {
      const char = this.#text[this.#at] ?? '';
      const escapes =
        quote === '"' && char === '\\' && /["\\$`]/.test(this.#text[this.#at + 1] ?? '');
      if (escapes) this.#at++;
      this.#append(this.#text[this.#at] ?? '');
      this.#at++;
    }
    this.#at++;
  }

  /** An expansion stays in the word as it is written, blanks included. */
  #nested(open: string, close: string): void {
    let depth = 0;
    do {
      const char = this.#text[this.#at] ?? '';
      if (char === open) depth++;
      if (char === close) depth--;
      this.#append(char);
      this.#at++;
    } while (this.#at < this.#text.length && (depth > 0 || this.#text[this.#at - 1] === '$'));
  }

  #endWord(): void {
    if (this.#word) this.#command.push(this.#word);
    this.#word = undefined;
  }

  #endCommand(): void {
    this.#endWord();
    if (this.#command.length > 0) this.#commands.push(this.#command);
    this.#command = [];
  }
}

/** A backslash (sh), backtick (PowerShell) or caret (cmd) at the end of a line. */
function isContinuation(text: string, at: number): boolean {
  return (
    /^[\\`^][ \t]*\r?\n/.test(text.slice(at, at + 80)) &&
    (at === 0 || /[\s"']/.test(text[at - 1] ?? ''))
  );
}
