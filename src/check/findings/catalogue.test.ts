import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { CATALOGUE } from './catalogue.js';

const FILE = fileURLToPath(new URL('../../../docs/reference/check-findings.md', import.meta.url));

it('docs/reference/check-findings.md lists the catalogue (LAZURITE_UPDATE_DOCS=1 rewrites it)', () => {
  const rows = Object.entries(CATALOGUE).map(
    ([code, { severity, name, summary, remedy }]) =>
      `### ${code} ${name}\n\n${severity}. ${summary}\n\n${remedy}\n`,
  );
  const text = [
    '# Findings of lazurite check',
    '',
    'Written from the catalogue in `src/check/findings/`; do not edit. A code keeps its meaning for ever. An error is',
    'something that would make a target fail, and makes the command exit with 1; a warning may, or says that something',
    'could not be told; a note is worth knowing.',
    '',
    ...rows,
  ].join('\n');
  if (process.env['LAZURITE_UPDATE_DOCS'] === '1') writeFileSync(FILE, text);
  expect(readFileSync(FILE, 'utf8')).toBe(text);
});

it('names are kebab case and used once', () => {
  const names = Object.values(CATALOGUE).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
});
