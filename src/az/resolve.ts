import { closest } from '../base/closest.js';
import { usageError } from './az-error.js';
import { GROUPS } from './catalogue.js';
import type { CommandSpec } from './spec.js';

export type Resolved =
  | { kind: 'command'; command: CommandSpec; rest: string[] }
  /** Help of a group, `''` for all of `az`. */
  | { kind: 'group'; path: string; commands: readonly CommandSpec[]; asked: boolean };

const REFERENCE = ['', 'https://aka.ms/cli_ref', 'Read more about the command in reference docs'];

/**
 * Finds the command that the words name.
 *
 * @throws AzError exit code 2 for a word that no group knows, with the nearest one if there is.
 */
export async function resolveCommand(words: readonly string[]): Promise<Resolved> {
  const path = words.slice(0, firstOption(words));
  const asksHelp = words.some((word) => word === '--help' || word === '-h');
  const [first] = path;
  if (first === undefined) return { kind: 'group', path: '', commands: [], asked: true };
  const group = GROUPS.find((candidate) => candidate.name === first);
  if (!group)
    throw unknownWord(
      first,
      GROUPS.map((candidate) => candidate.name),
    );
  const commands = (await group.load()).filter(
    (command) => command.path === first || command.path.startsWith(`${first} `),
  );
  for (let length = path.length; length > 0; length -= 1) {
    const name = path.slice(0, length).join(' ');
    const command = commands.find((candidate) => candidate.path === name);
    if (command) return { kind: 'command', command, rest: [...words.slice(length)] };
    const below = commands.filter((candidate) => candidate.path.startsWith(`${name} `));
    if (below.length === 0) continue;
    const next = path[length];
    if (next === undefined) return { kind: 'group', path: name, commands: below, asked: asksHelp };
    throw unknownWord(
      next,
      below.map((candidate) => candidate.path.split(' ')[length] ?? ''),
    );
  }
  throw unknownWord(first, []);
}

function firstOption(words: readonly string[]): number {
  const index = words.findIndex((word) => word.startsWith('-'));
  return index === -1 ? words.length : index;
}

function unknownWord(word: string, known: readonly string[]): Error {
  const nearest = closest(word, known, { slipsOnly: true });
  return usageError(
    `'${word}' is misspelled or not recognized by the system.`,
    nearest === undefined
      ? [...REFERENCE, 'Commands that Lazurite has: az --help']
      : [`Did you mean '${nearest}' ?`, ...REFERENCE],
  );
}
