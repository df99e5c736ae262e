import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { guide } from '../seeds/guide.js';
import { mismatch } from '../seeds/mismatch.js';
import { pullFailure } from '../seeds/pull-failure.js';

const reference = readFileSync(
  new URL('../../docs/reference/seed-steps.md', import.meta.url),
  'utf8',
);
const steps = [mismatch, pullFailure, guide].flatMap((document) => document.steps);

const numbered = (letter: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `${letter}${at + 1}`);

describe('the reference of the documents’ steps', () => {
  it('has every one of the 47 steps', () => {
    const wanted = [...numbered('A', 7), ...numbered('B', 19), ...numbered('C', 21)];
    expect([...new Set(steps.map(({ id }) => id))].sort()).toEqual(wanted.sort());
  });

  it.each(steps)('$id $title: was seen in the run that is told of', ({ id, title }) => {
    const row = reference
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .find((cells) => cells[1] === id && cells[2] === title);
    expect(row?.at(-2)).toMatch(/^seen( ¹)?$/);
  });
});
