const CODES = {
  orange: '\u001b[38;5;208m',
  green: '\u001b[38;5;77m',
  purple: '\u001b[38;5;141m',
  blue: '\u001b[38;5;39m',
  grey: '\u001b[38;5;246m',
  red: '\u001b[38;5;203m',
  yellow: '\u001b[38;5;136m',
  plain: '\u001b[0m',
} as const;

export type Colour = keyof typeof CODES;

/** Text that grows, in colours that nest: after an inner one the outer one is back. */
export class ColouredText {
  readonly #coloured: boolean;
  readonly #open: Colour[] = [];
  #text = '';

  /** @param coloured without it the text has no escape sequences */
  constructor(coloured: boolean) {
    this.#coloured = coloured;
  }

  add(text: string, colour?: Colour): this {
    if (colour === undefined) this.#text += text;
    else this.within(colour, () => this.add(text));
    return this;
  }

  line(text = '', colour?: Colour): this {
    return this.add(text, colour).add('\n');
  }

  /** @param level two spaces each */
  indent(level: number): this {
    return this.add('  '.repeat(level));
  }

  within(colour: Colour, write: () => unknown): this {
    this.#open.push(colour);
    this.#switch();
    write();
    this.#open.pop();
    this.#switch();
    return this;
  }

  toString(): string {
    return this.#text;
  }

  #switch(): void {
    if (this.#coloured) this.#text += CODES[this.#open.at(-1) ?? 'plain'];
  }
}
