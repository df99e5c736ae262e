import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../base/failure.js';
import { finding } from '../findings/finding.js';
import { applyConfig, parseConfig } from './check-config.js';
import { CONFIG_SCHEMA } from './config-schema.js';

const parse = (text: string) => parseConfig({ path: 'lazurite-check.yaml', text });

const FOUND = [
  finding({
    code: 'LZ1301',
    message: 'tag',
    image: 'ghcr.io/shop/web:v1',
    positions: [{ file: 'k8s/web.yaml', line: 1, column: 1 }],
  }),
  finding({
    code: 'LZ1101',
    message: 'platform',
    image: 'ghcr.io/other/api:v1',
    positions: [
      { file: 'k8s/api.yaml', line: 1, column: 1 },
      { file: 'compose.yaml', line: 1, column: 1 },
    ],
  }),
];

describe('what an entry allows', () => {
  const cases: [string, string, string[]][] = [
    ['a code', '{ code: LZ1301, reason: r }', ['LZ1301']],
    ['several codes', '{ code: [LZ1301, LZ1101], reason: r }', ['LZ1301', 'LZ1101']],
    ['an image', '{ code: [LZ1301, LZ1101], image: "ghcr.io/shop/*", reason: r }', ['LZ1301']],
    ['a star stops at a slash', '{ code: LZ1301, image: "ghcr.io/*", reason: r }', []],
    ['two stars do not', '{ code: LZ1301, image: "ghcr.io/**", reason: r }', ['LZ1301']],
    ['a path', '{ code: [LZ1301, LZ1101], path: "k8s/**", reason: r }', ['LZ1301']],
    ['a path from here', '{ code: LZ1301, path: "./k8s/*", reason: r }', ['LZ1301']],
    ['a day to come', '{ code: LZ1301, expires: 2026-11-26, reason: r }', ['LZ1301']],
    ['a day gone by', '{ code: LZ1301, expires: 2026-11-25, reason: r }', []],
  ];
  it.each(cases)('%s', (_name, entry, allowed) => {
    const { findings } = applyConfig(FOUND, parse(`allow: [${entry}]`), '2026-11-26');
    expect(findings.filter((one) => one.allowed === 'r').map(({ code }) => code)).toEqual(allowed);
  });
});

describe('entries that allow nothing', () => {
  it.each([
    ['{ code: LZ1302, reason: r }', 'LZ1601'],
    ['{ code: LZ1301, expires: 2020-01-01, reason: r }', 'LZ1602'],
  ])('%s is %s', (entry, code) => {
    const { about } = applyConfig(FOUND, parse(`allow: [${entry}]`), '2026-11-26');
    expect(about.map((one) => [one.code, one.positions?.[0]?.line])).toEqual([[code, 1]]);
  });
});

describe('configurations that are none', () => {
  it.each([
    ['allow: {', /lazurite-check.yaml:\d/],
    ['allowed: []', /"allowed" is not known/],
    ['allow: nothing', /must be a list/],
    ['allow: [{ code: LZ9999, reason: r }]', /"LZ9999" is not the code/],
    ['allow: [{ code: LZ1301 }]', /needs a "reason"/],
    ['allow: [{ reason: r }]', /needs a "code"/],
    ['allow: [{ code: LZ1301, reason: r, until: x }]', /"until" is not known/],
    ['allow: [{ code: LZ1301, reason: r, expires: 2026-02-30 }]', /not a day/],
    ['allow: [{ code: LZ1301, reason: r, image: "a[b" }]', /"a\[b" is no pattern/],
    ['allow: [{ code: LZ1301, reason: r, path: "[z-a]" }]', /"\[z-a\]" is no pattern/],
  ])('%s', (text, message) => {
    const failure = catchFailure(() => parse(text));
    expect(failure.toString()).toMatch(message);
    expect(failure.exitCode).toBe(2);
  });
  it('an empty file allows nothing', () => {
    expect(parse('')).toEqual({ allow: [] });
    expect(parse('# nothing\n')).toEqual({ allow: [] });
  });
});

describe('whatever the pattern', () => {
  const allowsImage = (pattern: string, image: string): boolean => {
    const text = `allow: [{ code: LZ1301, reason: r, image: ${JSON.stringify(pattern)} }]`;
    const found = finding({ code: 'LZ1301', message: 'tag', image });
    return applyConfig([found], parse(text), '').findings[0]?.allowed === 'r';
  };
  const name = fc.stringMatching(/^[a-z0-9][a-z0-9.:/@_+()|^$-]{0,20}$/);

  it('a name allows itself and no other', () => {
    fc.assert(
      fc.property(name, name, (one, other) => {
        expect(allowsImage(one, one)).toBe(true);
        expect(allowsImage(one, other)).toBe(one === other);
      }),
    );
  });

  it('one star stands for a segment, two for all', () => {
    fc.assert(
      fc.property(name, name, (start, rest) => {
        expect(allowsImage(`${start}*`, start + rest)).toBe(!rest.includes('/'));
        expect(allowsImage(`${start}**`, start + rest)).toBe(true);
      }),
    );
  });

  it('it is taken, or refused with the place', () => {
    const odd = fc.string({ unit: fc.constantFrom(...'a*?[]\\/-^!(){}+|'.split('')) });
    fc.assert(
      fc.property(odd, (pattern) => {
        try {
          allowsImage(pattern, 'a/b');
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

function catchFailure(work: () => unknown): Failure {
  try {
    work();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('did not fail');
}

it('docs/reference/lazurite-check.schema.json is the schema (LAZURITE_UPDATE_DOCS=1 rewrites it)', () => {
  const url = new URL('../../../docs/reference/lazurite-check.schema.json', import.meta.url);
  const file = fileURLToPath(url);
  if (process.env['LAZURITE_UPDATE_DOCS'] === '1') {
    writeFileSync(file, `${JSON.stringify(CONFIG_SCHEMA, undefined, 2)}\n`);
  }
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(CONFIG_SCHEMA);
});
