import { emptyContents, type TargetContents } from '../contents.js';
import type { ImageUse } from '../image-use.js';
import type { CommandContext, Script } from './command-context.js';
import { COMMANDS } from './image-commands.js';
import { splitCommands, type ShellCommand, type ShellWord } from './shell-commands.js';
import { expandShell, imageNameOf } from './variables.js';

/** The images that the commands of a script build, push, pull and deploy. */
export function readScript(script: Script): TargetContents {
  const contents = emptyContents();
  const own = new Map<string, string>();
  const lookup = (name: string): string | undefined => own.get(name) ?? script.lookup(name);
  const expand = ({ text }: ShellWord): string => expandShell(script.expand(text), lookup);
  const context: CommandContext = {
    script,
    contents,
    built: () => [...(script.earlier ?? []), ...contents.builds],
    expand,
    use: (word, command, more) => {
      if (word === undefined) return;
      contents.uses.push(makeUse(script, word, expand(word), command, more));
    },
  };
  for (const command of splitCommands(script.text)) {
    const words = takeAssignments(command, expand, own);
    for (const { names, read } of COMMANDS) {
      const rest = afterNames(words, names);
      if (rest) read(rest, context);
      if (rest) break;
    }
  }
  return contents;
}

function makeUse(
  { place, owner, machine }: Script,
  word: ShellWord,
  text: string,
  command: string,
  { puller, platform, because, anyContent }: Parameters<CommandContext['use']>[2],
): ImageUse {
  const wanted = platform ?? machine;
  return {
    image: imageNameOf(text),
    position: place(word.offset),
    owner: `${owner}, ${command}`,
    puller,
    needs: anyContent ? [] : [{ platform: wanted, because: because ?? 'the machine that runs it' }],
    ...(anyContent && { anyContent }),
  };
}

const ASSIGNMENT = /^(?:\$(?:env:)?)?([A-Za-z_]\w*)=([\s\S]*)$/;
/** In front of a command, they change nothing about it. */
const PREFIXES = new Set([
  'sudo',
  'exec',
  'time',
  'then',
  'do',
  'else',
  'if',
  '!',
  'export',
  'set',
  '-',
]);

/** `NAME=value` alone sets a variable; in front of a command it belongs to that command alone. */
function takeAssignments(
  command: ShellCommand,
  expand: (word: ShellWord) => string,
  into: Map<string, string>,
): ShellCommand {
  let at = 0;
  for (; at < command.length; at++) {
    const word = command[at];
    if (!word) break;
    const match = ASSIGNMENT.exec(word.text);
    if (match?.[1] !== undefined) {
      const value = expand({ ...word, text: match[2] ?? '' });
      // What a command prints is not known; the name must not keep an older value.
      if (/\$\(|`/.test(value)) into.delete(match[1]);
      else into.set(match[1], value);
    } else if (!PREFIXES.has(word.text)) break;
  }
  return command.slice(at);
}

/** The words behind a command's names, which options may stand between (`docker --context x build`). */
function afterNames(words: ShellCommand, names: readonly string[]): ShellCommand | undefined {
  const [program, ...subcommands] = names;
  const first = words[0]?.text.replace(/^.*[\\/]/, '').replace(/\.exe$/i, '');
  if (first !== program) return undefined;
  let at = 1;
  for (const name of subcommands) {
    if (words[at]?.text !== name) return undefined;
    at++;
  }
  return words.slice(at);
}
