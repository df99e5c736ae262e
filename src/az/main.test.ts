import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useScriptedAzure } from '../../test/support/scripted-azure.js';
import { allCommands } from './catalogue.js';
import { runAz } from './main.js';

const { azure, folder } = useScriptedAzure();
describe('runAz', () => {
  it.each<[string, string[], number, RegExp]>([
    ['an unknown group', ['grup', 'list'], 2, /'grup' is misspelled.*\nDid you mean 'group' \?/],
    [
      'an unknown command',
      ['group', 'crate'],
      2,
      /'crate' is misspelled.*\nDid you mean 'create' \?/,
    ],
    ['an unknown word', ['xyzzy'], 2, /'xyzzy' is misspelled or not recognized by the system\./],
    [
      'a group without a command',
      ['group'],
      2,
      /the following arguments are required: _subcommand/,
    ],
    [
      'a query that does not parse',
      ['group', 'list', '--query', '['],
      2,
      /--query: invalid jmespath_type value: '\['/,
    ],
    [
      'another subscription',
      ['group', 'list', '--subscription', 'other'],
      1,
      /The subscription of 'other' doesn't exist/,
    ],
  ])('refuses %s', async (_name, argv, code, message) => {
    const outcome = await azure.az(...argv);
    expect(outcome.stderr).toMatch(message);
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(azure.requests).toEqual([]);
  });

  it('says in three parts that no Lazurite is running', async () => {
    let stderr = '';
    const code = await runAz(['group', 'list'], {
      stdout: () => undefined,
      stderr: (text) => (stderr += text),
      colour: false,
      environment: { LAZURITE_HOME: join(folder, 'nowhere') },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ERROR: no Lazurite is running\nWhy: .*\nHelp: lazurite up/);
  });

  it('tells which field of a damaged connection file is missing', async () => {
    const home = join(folder, 'damaged');
    mkdirSync(join(home, 'run'), { recursive: true });
    writeFileSync(join(home, 'run', 'connection.json'), '{"gateway":"https://localhost"}');
    let stderr = '';
    await runAz(['group', 'list'], {
      stdout: () => undefined,
      stderr: (text) => (stderr += text),
      colour: false,
      environment: { LAZURITE_HOME: home },
    });
    expect(stderr).toContain('it has no "ca"');
  });

  it('helps with every command, group and example without a Lazurite', async () => {
    for (const command of await allCommands()) {
      const help = await azure.az(...command.path.split(' '), '--help');
      expect(help.code, command.path).toBe(0);
      expect(help.stdout).toContain(`az ${command.path} : `);
      for (const line of help.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
      for (const example of command.examples ?? []) expect(example.command).toContain(command.path);
    }
    expect((await azure.az('containerapp', '--help')).stdout).toMatch(
      /Subgroups:[\s\S]*revision[\s\S]*Commands:/,
    );
    expect((await azure.az()).stdout).toContain('containerapp');
  });
});
