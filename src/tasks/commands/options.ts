import { closest } from '../../base/closest.js';
import { CommandLineError } from './words.js';

/** Options of a command by name: whether a value follows. */
export type OptionTable = Readonly<Record<string, OptionKind>>;

/** `ignored` and `ignored-value` are taken and mean nothing here. */
export type OptionKind = 'flag' | 'value' | 'ignored' | 'ignored-value';

export interface ReadOptions {
  /** All values in order, by the option's long name without dashes. */
  values: ReadonlyMap<string, string[]>;
  flags: ReadonlySet<string>;
  operands: string[];
}

/**
 * Reads options as Docker's commands do: `--name value`, `--name=value`, `-n value`, `-nvalue`.
 *
 * @param short long name by letter, e.g. `{ t: 'tag' }`
 * @throws CommandLineError for an option that is not known, or lacks its value
 */
export function readOptions(
  command: string,
  words: readonly string[],
  table: OptionTable,
  short: Readonly<Record<string, string>> = {},
): ReadOptions {
  const values = new Map<string, string[]>();
  const flags = new Set<string>();
  const operands: string[] = [];
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') {
      operands.push(...rest.splice(0));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      operands.push(word);
      continue;
    }
    const { name, given } = nameOf(word, short);
    const kind = Object.hasOwn(table, name) ? table[name] : undefined;
    if (kind === undefined) throw unknownOption(command, word, table);
    if (kind === 'flag' || kind === 'ignored') {
      if (kind === 'flag' && given !== 'false') flags.add(name);
      continue;
    }
    const value = given ?? rest.shift();
    if (value === undefined) throw new CommandLineError(`${command}: ${word} needs a value`);
    if (kind === 'value') values.set(name, [...(values.get(name) ?? []), value]);
  }
  return { values, flags, operands };
}

function nameOf(
  word: string,
  short: Readonly<Record<string, string>>,
): { name: string; given: string | undefined } {
  const [, long, longValue] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
  if (long !== undefined) return { name: long, given: longValue };
  const letter = word[1] ?? '';
  const given = word.length > 2 ? word.slice(2).replace(/^=/, '') : undefined;
  return { name: short[letter] ?? letter, given };
}

function unknownOption(command: string, word: string, table: OptionTable): CommandLineError {
  const name = word.replace(/^-+/, '').replace(/=.*$/s, '');
  const near = closest(name, Object.keys(table), { slipsOnly: true });
  const help = near === undefined ? '' : `; did you mean --${near}?`;
  return new CommandLineError(`${command}: the option ${word} is not implemented${help}`);
}
