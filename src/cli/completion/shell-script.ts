import type { CommandWords } from './command-words.js';

export type CompletionShell = 'bash' | 'zsh' | 'fish';

/** A script for the shell; it holds all words, so that pressing Tab starts nothing. */
export function completionScript(
  shell: CompletionShell,
  commands: readonly CommandWords[],
): string {
  switch (shell) {
    case 'bash':
      return bashScript(commands);
    case 'zsh':
      return `autoload -U +X bashcompinit && bashcompinit\n${bashScript(commands)}`;
    case 'fish':
      return fishScript(commands);
  }
}

/** Follows the words that are typed as long as they name commands, then offers what may come next. */
function bashScript(commands: readonly CommandWords[]): string {
  const paths = commands.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`);
  const offers = commands.map(
    ({ path, commands: inner, options }) =>
      `    '${path}') commands='${inner.join(' ')}' options='${options.join(' ')}' ;;`,
  );
  return `_lazurite() {
  local current=\${COMP_WORDS[COMP_CWORD]} at='' next commands='' options='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="\${at:+$at }\${COMP_WORDS[i]}"
    case "$next" in
      ${paths.join(' | ')}) at=$next ;;
    esac
  done
  case "$at" in
${offers.join('\n')}
  esac
  if [[ $current == -* ]]; then COMPREPLY=($(compgen -W "$options" -- "$current"))
  else COMPREPLY=($(compgen -W "$commands" -- "$current")); fi
}
complete -o default -F _lazurite lazurite
`;
}

function fishScript(commands: readonly CommandWords[]): string {
  const paths = commands.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`);
  const offers = commands.flatMap(({ path, commands: inner, options }) => {
    const condition = `complete -c lazurite -n "__lazurite_at '${path}'"`;
    const long = options.filter((option) => option.startsWith('--'));
    return [
      ...(inner.length > 0 ? [`${condition} -f -a '${inner.join(' ')}'`] : []),
      ...long.map((option) => `${condition} -l ${option.slice(2)}`),
    ];
  });
  return `function __lazurite_at
  set -l at
  for word in (commandline -opc)[2..-1]
    contains -- (string join ' ' $at $word) ${paths.join(' ')}; and set at $at $word
  end
  test (string join ' ' $at) = "$argv[1]"
end
${offers.join('\n')}
`;
}
