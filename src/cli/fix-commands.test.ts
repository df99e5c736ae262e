import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { runBicep } from './bicep.js';
import { createProgram } from './program.js';

const SOURCES = fileURLToPath(new URL('../check/', import.meta.url));
/** At the beginning of a proposal, or behind the pipe of one. */
const COMMAND = /(?:^|\| )lazurite (\S+ \S.*)$/;

/** What the findings propose to run, with a name in the place of what is put in. */
function proposedCommands(): string[] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
  );
  return files.flatMap((file) => {
    const text = readFileSync(join(SOURCES, file), 'utf8');
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    const found: string[] = [];
    const visit = (node: ts.Node): void => {
      const command = COMMAND.exec(textOf(node) ?? '')?.[1];
      if (command !== undefined) found.push(command.replace(/\s+#.*$/, ''));
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  });
}

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  const spans = node.templateSpans.map(({ literal }) => `r.io/app:v1${literal.text}`);
  return node.head.text + spans.join('');
}

/** The program itself, except that it does nothing. */
async function idleProgram(): Promise<Command> {
  const program = await createProgram();
  const idle = (command: Command): void => {
    command.configureOutput({ writeErr: () => undefined });
    if (command.commands.length === 0) command.action(() => undefined);
    for (const inner of command.commands) idle(inner);
  };
  idle(program);
  return program;
}

it('finds the commands that are proposed', () => {
  const commands = proposedCommands().map((text) => text.split(' ').slice(0, 3).join(' '));
  expect(commands).toContain('image index annotate');
  expect(commands).toContain('check -');
  expect(commands.length).toBeGreaterThan(8);
});

it.each([...new Set(proposedCommands())])(
  'lazurite %s is a command that there is',
  async (text) => {
    const argv = text.split(' ');
    if (argv[0] === 'bicep') {
      let usage = '';
      await runBicep(argv.slice(1), {
        stdout: () => undefined,
        stderr: (line) => (usage += line),
      });
      expect(usage).not.toContain('usage:');
      return;
    }
    await expect((await idleProgram()).parseAsync(argv, { from: 'user' })).resolves.toBeDefined();
  },
);

it('would notice an option that there is not', async () => {
  const argv = ['image', 'index', 'annotate', 'r.io/app:v1', '--machine', 'arm64'];
  await expect((await idleProgram()).parseAsync(argv, { from: 'user' })).rejects.toThrow(
    /unknown option/,
  );
});
