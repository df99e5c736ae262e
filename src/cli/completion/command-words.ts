import type { Command } from 'commander';
import { allCommands } from '../../az/catalogue.js';
import { GLOBAL_ARGUMENTS } from '../../az/global-arguments.js';

/** What may follow a command. */
export interface CommandWords {
  /** Without the program's name, e.g. `'registry serve'`; empty for the program itself. */
  path: string;
  /** Commands below it, e.g. `['serve', 'export', 'import']`. */
  commands: string[];
  /** e.g. `['--port', '--help']` */
  options: string[];
}

/** Every command of the program, and of its `az`. */
export async function commandWords(program: Command): Promise<CommandWords[]> {
  return [...wordsOf(program, ''), ...(await azWords())];
}

function wordsOf(command: Command, path: string): CommandWords[] {
  const options = command.options.map(({ long, short }) => long ?? short ?? '');
  const inner = command.commands.map((child) => child.name());
  return [
    { path, commands: inner, options: [...options, '--help'] },
    ...command.commands
      .filter((child) => child.name() !== 'az')
      .flatMap((child) => wordsOf(child, `${path} ${child.name()}`.trim())),
  ];
}

async function azWords(): Promise<CommandWords[]> {
  const words = new Map<string, CommandWords>();
  const at = (path: string): CommandWords => {
    const known = words.get(path);
    if (known !== undefined) return known;
    const made = { path, commands: [], options: ['--help'] };
    words.set(path, made);
    return made;
  };
  for (const command of await allCommands()) {
    const parts = ['az', ...command.path.split(' ')];
    for (let end = 1; end < parts.length; end++) {
      const group = at(parts.slice(0, end).join(' '));
      const next = parts[end] ?? '';
      if (!group.commands.includes(next)) group.commands.push(next);
    }
    const specs = [...command.arguments, ...GLOBAL_ARGUMENTS];
    const options = specs.flatMap((spec) => spec.options.slice(0, 1));
    at(parts.join(' ')).options.push(...options);
  }
  return [...words.values()].map((each) => ({ ...each, options: [...new Set(each.options)] }));
}
