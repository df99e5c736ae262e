import type { ShellWord } from './shell-commands.js';

/** The arguments of a command: values by option, and the rest in order. */
export interface Options {
  all(...names: string[]): ShellWord[];
  first(...names: string[]): ShellWord | undefined;
  has(...names: string[]): boolean;
  rest: ShellWord[];
}

/**
 * Reads `--name value`, `--name=value`, `-n value` and flags. What is not known to take a value is a flag,
 * unless it carries one behind `=`.
 *
 * @param withValue names of the options that take a value, e.g. `['-t', '--tag']`
 */
export function readOptions(words: readonly ShellWord[], withValue: readonly string[]): Options {
  const values = new Map<string, ShellWord[]>();
  const rest: ShellWord[] = [];
  const add = (name: string, word: ShellWord): void => {
    values.set(name, [...(values.get(name) ?? []), word]);
  };
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (word === undefined) break;
    const { text, offset } = word;
    const equals = /^(--?[A-Za-z][\w-]*)=([\s\S]*)$/.exec(text);
    const next = words[index + 1];
    if (equals?.[1] !== undefined) {
      add(equals[1], { text: equals[2] ?? '', offset: offset + equals[1].length + 1 });
    } else if (withValue.includes(text) && next) {
      add(text, next);
      index++;
    } else if (text.startsWith('-') && text.length > 1) add(text, { text: '', offset });
    else rest.push(word);
  }
  const all = (...names: string[]): ShellWord[] => names.flatMap((name) => values.get(name) ?? []);
  return {
    all,
    first: (...names) => all(...names)[0],
    has: (...names) => names.some((name) => values.has(name)),
    rest,
  };
}
