import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const rows = readFileSync('docs/reference/failure-states.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, what = '', where = '', test = '']) => ({ what, where, test }));

it.each(rows)('$what: $where', ({ where, test }) => {
  if (where.startsWith('labs/')) expect(existsSync(`${where}/lab.yaml`)).toBe(true);
  else expect(readFileSync(where, 'utf8')).toContain(`'${test}'`);
});
