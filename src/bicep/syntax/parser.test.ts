import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileBicep } from '../compile.js';
import { DiagnosticSink } from '../diagnostics/sink.js';
import { lex } from './lexer.js';
import { parseBicep } from './parser.js';
import { printProgram } from './printer.js';

const sinkFor = (text: string): DiagnosticSink => new DiagnosticSink('main.bicep', text);

/** Texts that look like Bicep to the lexer and make little sense to the parser. */
const soup = fc
  .array(
    fc.constantFrom(
      'param',
      'var',
      'resource',
      'module',
      'output',
      'type',
      'func',
      'import',
      'for',
      'in',
      'if',
      'existing',
      'string',
      'a',
      'b',
      '1',
      "'x'",
      "'x${",
      "}y'",
      "'''",
      "$'''",
      '{',
      '}',
      '[',
      ']',
      '(',
      ')',
      '=',
      '=>',
      ':',
      ',',
      '.',
      '?',
      '!',
      '|',
      '*',
      '...',
      '::',
      '@',
      '#',
      '"',
      '\\',
      '/*',
      '*/',
      '//',
      '\n',
      '\r\n',
      ' ',
      '<',
      '>',
      '&&',
      '??',
      '-',
      '^',
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(' ').replaceAll(' \n ', '\n'));

const values = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(
      'true',
      'null',
      '42',
      "'text'",
      "'in ${1 + 2} side'",
      'resourceGroup().location',
      '-1',
      'x.?y[0]!',
      "'''m'''",
    ),
    fc.tuple(tie('value'), tie('value')).map(([a, b]) => `(${a} == ${b})`),
    fc.tuple(tie('value'), tie('value'), tie('value')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    fc
      .array(tie('value'), { maxLength: 3 })
      .map((items) => `{\n${items.map((item, i) => `k${i}: ${item}\n`).join('')}}`),
    tie('value').map((body) => `map([1], x => ${body})`),
  ),
})).value;

describe('the lexer and the parser', () => {
  it('keep every character of any text but white space in a token', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), soup), (text) => {
        const tokens = lex(text, sinkFor(text));
        const gaps = tokens.map(({ start }, index) => text.slice(tokens[index - 1]?.end, start));
        expect(gaps.join('')).toMatch(/^[ \t\f\v\u00a0\ufeff]*$/);
        expect(tokens.map((token, index) => `${gaps[index] ?? ''}${token.text}`).join('')).toBe(
          text,
        );
      }),
      { numRuns: 300 },
    );
  });

  it('never throw and always end, and neither does the whole compiler', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), soup), (text) => {
        parseBicep(text, sinkFor(text));
        parseBicep(text, sinkFor(text), 'parameters');
        compileBicep('main.bicep', () => new TextEncoder().encode(text));
      }),
      { numRuns: 500 },
    );
  });

  it('read what the printer writes: printing is a fixed point', () => {
    fc.assert(
      fc.property(values, (value) => {
        const text = `var v = ${value}\n`;
        const sink = sinkFor(text);
        const printed = printProgram(parseBicep(text, sink));
        expect(sink.diagnostics).toEqual([]);
        expect(printProgram(parseBicep(printed, sinkFor(printed)))).toBe(printed);
      }),
    );
  });

  it.each([
    ['deep brackets', `var a = ${'['.repeat(5000)}`],
    ['deep parentheses', `var a = ${'('.repeat(5000)}1`],
    ['deep unary operators', `var a = ${'!'.repeat(5000)}true`],
    ['deep types', `param a ${'('.repeat(5000)}string`],
    ['an interpolation that never ends', "var a = 'x${'y${'z${"],
    ['a broken string at the start of a line', "var a = 'x${1 +}y'\nvar b = 1\n"],
    ['an array that is never closed', 'var a = [1, 2\nvar b = {\n  c: 1\n'],
    ['only a byte-order mark', '\ufeff'],
  ])('survive %s', (_, text) => {
    expect(() => compileBicep('main.bicep', () => new TextEncoder().encode(text))).not.toThrow();
  });
});
