import { parseArguments } from '../arguments.js';
import type { Session } from '../session.js';
import type { CommandSpec } from '../spec.js';

/** One command as a step of another, with these words; what it would print is left out. */
export async function runCommand(
  session: Session,
  command: CommandSpec,
  words: readonly string[],
): Promise<void> {
  await command.run(session, parseArguments(command, words, {}));
}

export function commandIn(commands: readonly CommandSpec[], path: string): CommandSpec {
  const found = commands.find((command) => command.path === path);
  if (found === undefined) throw new Error(`no command ${path}`);
  return found;
}

/** `--name VALUE…`, or nothing when there is no value. */
export function option(name: string, ...values: (string | undefined)[]): string[] {
  const given = values.filter((value) => value !== undefined);
  return given.length === 0 ? [] : [name, ...given];
}
