import { commandArgv } from './config-instructions.js';
import type { RunInstruction } from './dockerfile/instructions.js';
import type { PlannedMount } from './plan-mounts.js';
import type { StageState } from './stage-state.js';

/** How a RUN is started, and the script that has to be there for it. */
export interface CommandLine {
  argv: string[];
  script?: PlannedMount;
}

/** Where a here-document with an interpreter of its own is put while it runs. */
const SCRIPT_PATH = '/.lazurite-script';

/** Here-documents: a script for the shell, a script with `#!`, or input of a command. */
export function commandLineOf(instruction: RunInstruction, state: StageState): CommandLine {
  const { command, heredocs } = instruction;
  const first = heredocs[0];
  if (command.form === 'exec' || first === undefined) {
    return { argv: commandArgv(command, state.shell) };
  }
  const isAlone = /^<<-?["']?[\w.-]+["']?$/.test(command.text);
  if (isAlone && first.content.startsWith('#!')) {
    const content = { type: 'text' as const, value: first.content, mode: 0o755, uid: 0, gid: 0 };
    return {
      argv: [SCRIPT_PATH],
      script: { target: SCRIPT_PATH, identity: ['script', first.content], content },
    };
  }
  if (isAlone) return { argv: [...state.shell, first.content] };
  const bodies = heredocs.map((heredoc) => `${heredoc.content}${heredoc.name}\n`);
  return { argv: [...state.shell, `${command.text}\n${bodies.join('')}`] };
}
