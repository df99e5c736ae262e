import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../program.js';
import { commandWords } from './command-words.js';
import { completionScript } from './shell-script.js';

const words = await commandWords(await createProgram());

/** What bash offers after the words, of which the last is the one that is being typed. */
function offered(typed: readonly string[]): string[] {
  const line = ['lazurite', ...typed].map((word) => `'${word}'`).join(' ');
  const script = `${completionScript('bash', words)}
COMP_WORDS=(${line}) COMP_CWORD=${typed.length}
_lazurite
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\n').filter(Boolean);
}

const hasBash = spawnSync('bash', ['--version']).status === 0;

describe.skipIf(!hasBash)('completion in bash', () => {
  it.each([
    [['regi'], ['registry']],
    [['registry', 's'], ['serve']],
    [['registry', 'serve', '--htp'], ['--htpasswd']],
    [['registry', 'serve', '--port', '5000', '--webh'], ['--webhook']],
    [['image', 'index', 'ann'], ['annotate']],
    [['az', 'contain'], ['containerapp']],
    [['az', 'containerapp', 'logs', ''], ['show']],
    [['az', 'acr', 'create', '--adm'], ['--admin-enabled']],
    [['nonsense', 'x'], []],
  ])('lazurite %j offers %j', (typed, expected) => {
    expect(offered(typed)).toEqual(expected);
  });

  it('offers every command at the start', () => {
    const expected = words.find(({ path }) => path === '')?.commands;
    expect(offered([''])).toEqual(expected);
    expect(expected).toContain('completion');
  });
});

it('has the same words for fish', () => {
  const script = completionScript('fish', words);
  expect(script).toContain(
    `complete -c lazurite -n "__lazurite_at 'registry'" -f -a 'serve list export import'`,
  );
  expect(script).toContain(`complete -c lazurite -n "__lazurite_at 'registry serve'" -l port`);
});

it('gives zsh the functions of bash', () => {
  expect(completionScript('zsh', words)).toMatch(/^autoload -U \+X bashcompinit/);
});
