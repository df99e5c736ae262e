import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { expect, it } from 'vitest';
import { REGISTRY_ERRORS } from './errors.js';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const FILE = fileURLToPath(new URL('../../docs/reference/registry-errors.md', import.meta.url));

it('docs/reference/registry-errors.md lists the catalogue (LAZURITE_UPDATE_DOCS=1 rewrites it)', async () => {
  const rows = Object.entries(REGISTRY_ERRORS).map(
    ([code, { status, message, when }]) => `| \`${code}\` | ${status} | ${message} | ${when} |`,
  );
  const text = [
    '# Errors of the registry',
    '',
    'Written from the catalogue in `src/registry/errors.ts`; do not edit. Every refusal has this body, whatever the',
    'address, and never more of the inside than this:',
    '',
    '```json',
    '{ "errors": [{ "code": "MANIFEST_UNKNOWN", "message": "manifest tagged by \\"v2\\" is not found", "detail": { "Tag": "v2" } }] }',
    '```',
    '',
    'Where more is known, `message` says it instead of the text below, in the words of Azure Container Registry where it',
    'has some. Every answer carries `x-ms-correlation-request-id`, under which the log has the request.',
    '',
    '| code | status | message | when, and what helps |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
  const formatted = await format(text, { parser: 'markdown' });
  if (process.env['LAZURITE_UPDATE_DOCS'] === '1') writeFileSync(FILE, formatted);
  expect(readFileSync(FILE, 'utf8')).toBe(formatted);
});

it('the catalogue holds nothing that is never answered', () => {
  const sources = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(FOLDER + name, 'utf8'));
  const isAnswered = (code: string): boolean =>
    sources.some((source) => source.includes(`RegistryError('${code}'`));
  expect(Object.keys(REGISTRY_ERRORS).filter((code) => !isAnswered(code))).toEqual([]);
});
