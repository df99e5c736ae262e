import { Argument, type Command } from 'commander';
import { commandWords } from './completion/command-words.js';
import { completionScript, type CompletionShell } from './completion/shell-script.js';

/** Adds `completion`. @param createWhole makes the program with every command */
export function registerCompletionCommand(
  program: Command,
  createWhole: () => Promise<Command>,
): void {
  program
    .command('completion')
    .description('print a script that completes commands and options in your shell')
    .addArgument(new Argument('<shell>', 'whose syntax').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      `
Examples:
  source <(lazurite completion bash)                     in ~/.bashrc
  source <(lazurite completion zsh)                      in ~/.zshrc
  lazurite completion fish > ~/.config/fish/completions/lazurite.fish`,
    )
    .action(async (shell: CompletionShell) => {
      process.stdout.write(completionScript(shell, await commandWords(await createWhole())));
    });
}
